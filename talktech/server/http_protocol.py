"""Limits on HTTP requests, and refusals that reach the client through a proxy.

A refusal is written at once. What the client still sends is read and discarded for a while: closing
a connection with unread data resets it, so the answer would be lost, and a proxy would count this
healthy server as failed.
"""

import time
from typing import Any

from daphne.http_protocol import WebRequest
from twisted.internet.protocol import connectionDone
from twisted.web.http import HTTPChannel

from talktech.server import security_headers
from talktech.server.connections import LONGEST_HEAD, LONGEST_REQUEST, ClientConnection

LARGEST_BODY = 2_000_000
# How much of a refused request is still read, and for how many seconds.
MOST_TO_DISCARD = 64_000_000
TIME_TO_DISCARD = 5

SENTENCES = {
    400: ("Bad Request", "This request could not be understood."),
    413: ("Content Too Large", "This is more than fits in one request. Send less at a time."),
    414: ("URI Too Long", "This address is too long."),
    431: ("Request Header Fields Too Large", "The headers of this request are too large."),
    500: ("Internal Server Error", "Something broke on our side. Try again in a moment."),
    503: ("Service Unavailable", "This takes too long just now. Try again in a moment."),
}


def page(status: int) -> tuple[security_headers.Headers, bytes]:
    """Return headers and body of an answer that does not come from Django."""
    body = SENTENCES[status][1].encode()
    own = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"server", b"talktech"),
    ]
    return security_headers.add_missing("", own), body


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """A request whose body is read up to `LARGEST_BODY` and refused beyond it."""

    received = 0
    kind: list[bytes] | None = None
    is_whole = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.begun = time.monotonic()
        self.peer: ClientConnection = self.channel.transport
        self.peer.requests.add(self)

    def has_ended(self) -> None:
        self.peer.requests.discard(self)
        self.peer.idle_since = time.monotonic()

    def finish(self) -> None:
        super().finish()
        self.has_ended()

    def connectionLost(self, reason: Any) -> None:
        super().connectionLost(reason)
        self.has_ended()

    def check_timeouts(self) -> None:
        """Close the connection if a request takes too long; Daphne calls it every two seconds."""
        longest = LONGEST_HEAD if self.content is None else LONGEST_REQUEST
        if not self.is_whole and time.monotonic() - self.begun > longest:
            self.peer.abortConnection()

    def requestReceived(self, *line: bytes) -> None:
        self.is_whole = True
        # Twisted would parse forms too, and hang up if it can't; only Django should parse them.
        self.kind = self.requestHeaders.getRawHeaders(b"content-type")
        self.requestHeaders.removeHeader(b"content-type")
        super().requestReceived(*line)

    def handleContentChunk(self, data: bytes) -> None:
        self.received += len(data)
        if self.received > LARGEST_BODY:
            self.channel.refuse(413)
        else:
            super().handleContentChunk(data)

    def process(self) -> Any:
        # A client must not set the root path of our addresses.
        self.requestHeaders.removeHeader(b"daphne-root-path")
        if self.kind is not None:
            self.requestHeaders.setRawHeaders(b"content-type", self.kind)
        return super().process()

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Answer in our words and with our headers instead of Daphne's own page."""
        fields, text = page(status)
        self.handle_reply({"type": "http.response.start", "status": status, "headers": fields})
        self.handle_reply({"type": "http.response.body", "body": text})


class BoundedChannel(HTTPChannel):
    """One HTTP connection. After a refusal it reads and discards for a while."""

    transport: Any
    is_refusing = False
    discarded = 0

    def refuse(self, status: int) -> None:
        """Answer with that status, and serve nothing more over this connection."""
        if self.is_refusing:
            return
        self.is_refusing = True
        self.persistent = False
        self.setTimeout(None)
        fields, body = page(status)
        reason = SENTENCES[status][0].encode()
        lines = [b"HTTP/1.1 %d %s" % (status, reason), b"connection: close"]
        lines += [b"%s: %s" % field for field in fields]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        self.transport.loseWriteConnection()
        self.ending = self.callLater(TIME_TO_DISCARD, self.transport.abortConnection)

    def dataReceived(self, data: bytes) -> None:
        if not self.is_refusing:
            super().dataReceived(data)
            return
        self.discarded += len(data)
        if self.discarded > MOST_TO_DISCARD:
            self.transport.abortConnection()

    def connectionLost(self, reason: Any = connectionDone) -> None:
        if self.is_refusing and self.ending.active():
            self.ending.cancel()
        super().connectionLost(reason)

    # After a refusal, ignore the rest of the same read

    def lineReceived(self, line: bytes) -> None:
        if not self.is_refusing:
            super().lineReceived(line)

    def rawDataReceived(self, data: bytes) -> None:
        if not self.is_refusing:
            super().rawDataReceived(data)

    def allContentReceived(self) -> None:
        if not self.is_refusing:
            super().allContentReceived()

    # Refuse what is too large or malformed

    def allHeadersReceived(self) -> None:
        if not self.is_refusing and (self.length or 0) > LARGEST_BODY:
            self.refuse(413)  # before the client is told to go on and send it
        if not self.is_refusing:
            super().allHeadersReceived()

    def headerReceived(self, line: bytes) -> bool:
        if not self.is_refusing and self._receivedHeaderCount >= self.maxHeaders:
            self.refuse(431)
        return not self.is_refusing and bool(super().headerReceived(line))

    def lineLengthExceeded(self, line: bytes) -> None:
        is_first = not hasattr(self, "_command")  # set by the request line
        self.refuse(414 if is_first else 431)

    def _respondToBadRequestAndDisconnect(self) -> None:
        too_large = self._receivedHeaderSize > self.totalHeadersSize
        self.refuse(431 if too_large else 400)
