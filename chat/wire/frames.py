"""A frame on its way to many: its text, and the very bytes of a WebSocket message, made once."""

from struct import pack

TEXT_AND_FINAL = 0x81


class Frame:
    """A text frame to clients. Servers that write bytes share one `message` among all sockets."""

    __slots__ = ("message", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        payload = text.encode()
        # Whole, unfragmented, unmasked (RFC 6455, section 5.2).
        self.message = header(len(payload)) + payload


def header(length: int) -> bytes:
    if length < 126:
        return pack("!BB", TEXT_AND_FINAL, length)
    if length < 2**16:
        return pack("!BBH", TEXT_AND_FINAL, 126, length)
    return pack("!BBQ", TEXT_AND_FINAL, 127, length)
