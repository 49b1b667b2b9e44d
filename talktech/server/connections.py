"""Limits on this process's connections: in all, for each address, and how long one may be idle.

A connection over a limit is closed before anything is read. Without limits a process could run out
of file descriptors; then it accepts nobody and can't open its own files.
"""

import logging
import resource
import time
from collections import Counter, OrderedDict
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from twisted.internet import tcp

log = logging.getLogger(__name__)

# Reserved for databases, Redis, files and threads.
OWN_DESCRIPTORS = 128
MOST_FILES = 2**20
# Refused sockets of one address that have not closed yet; beyond it the oldest is cut off.
MOST_REFUSED = 500
# Seconds. Twisted closes a connection that is silent for 60; these are for clients that trickle.
LONGEST_PAUSE = 75.0
LONGEST_HEAD = 20.0
LONGEST_REQUEST = 180.0
SAY_EVERY = 60.0
MOST_SUBJECTS = 200


def open_files() -> int:
    """Raise the limit of open files as far as the system allows, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


@lru_cache(maxsize=10_000)
def counted_address(address: str) -> str:
    """What counts as one address: for IPv6 the /64 network, as one machine may use all of it."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return "an unknown address"
    return str(known) if known.version == 4 else str(ip_network((known, 64), strict=False))


def client_address(forwarded: str, peer: str, proxies: int) -> str:
    """Return the address of a client behind so many trusted proxies, else that of the peer.

    `forwarded` is the X-Forwarded-For header: each proxy adds the address that connected to it.
    """
    hops = [hop.strip() for hop in forwarded.split(",")]
    client = hops[-proxies] if 0 < proxies <= len(hops) else ""
    return counted_address(client or peer)


class ThrottledLog:
    """A log with at most one line a minute for each subject, and a count of the others."""

    def __init__(self) -> None:
        self.said: dict[str, float] = {}
        self.unsaid: Counter[str] = Counter()

    def warn(self, subject: str, text: str, *details: object) -> None:
        now = time.monotonic()
        if now - self.said.get(subject, -SAY_EVERY) < SAY_EVERY:
            self.unsaid[subject] += 1
            return
        if len(self.said) >= MOST_SUBJECTS:
            self.said = {one: at for one, at in self.said.items() if now - at < SAY_EVERY}
            self.unsaid = Counter({one: self.unsaid[one] for one in self.said})
            if len(self.said) >= MOST_SUBJECTS:
                return
        self.said[subject] = now
        times = self.unsaid.pop(subject, 0)
        log.warning(f"{text}%s", *details, f" ({times} more before)" if times else "")


class Connections:
    """All connections of this process.

    Behind a proxy they all come from one address, so only sockets are counted by address.
    """

    def __init__(self, most: int, most_of_one: int, *, is_behind_a_proxy: bool) -> None:
        self.most = most
        self.most_of_one = most if is_behind_a_proxy else most_of_one
        self.most_sockets = most_of_one
        self.all: set[ClientConnection] = set()
        self.by_address: Counter[str] = Counter()
        self.sockets: Counter[str] = Counter()
        self.refused: dict[str, OrderedDict[Any, None]] = {}
        self.throttled_log = ThrottledLog()

    def has_room_for(self, address: str) -> bool:
        if len(self.all) >= self.most:
            self.throttled_log.warn(
                "", "No more than %s connections: raise the limit of open files", self.most
            )
            return False
        if self.by_address[address] >= self.most_of_one:
            self.throttled_log.warn(
                address, "No more than %s connections from %s", self.most_of_one, address
            )
            return False
        return True

    def add(self, peer: "ClientConnection") -> None:
        self.all.add(peer)
        self.by_address[peer.address] += 1

    def remove(self, peer: "ClientConnection") -> None:
        if peer in self.all:
            self.all.remove(peer)
            self.by_address[peer.address] -= 1
            if not self.by_address[peer.address]:
                del self.by_address[peer.address]

    # Sockets are counted by the client's address as the proxy reports it

    def may_open_socket(self, address: str) -> bool:
        if self.sockets[address] < self.most_sockets:
            return True
        self.throttled_log.warn(
            address, "No more than %s sockets from %s", self.most_sockets, address
        )
        return False

    def was_refused(self, address: str, socket: Any) -> None:
        """Note a socket that has been refused; it may read why, unless there are too many."""
        there = self.refused.setdefault(address, OrderedDict())
        there[socket] = None
        if len(there) > MOST_REFUSED:
            next(iter(there)).dropConnection(abort=True)

    def socket_closed(self, address: str, socket: Any) -> None:
        self.sockets[address] -= 1
        if not self.sockets[address]:
            del self.sockets[address]
        there = self.refused.get(address)
        if there is not None:
            there.pop(socket, None)
            if not there:
                del self.refused[address]

    def log_cut(self, address: str, why: str) -> None:
        self.throttled_log.warn(address, "A socket from %s was cut off: %s", address, why)

    def cut_idle(self) -> None:
        """Close HTTP connections that have had no request under way for `LONGEST_PAUSE` seconds."""
        now = time.monotonic()
        for peer in list(self.all):
            if peer.is_http and not peer.requests and now - peer.idle_since > LONGEST_PAUSE:
                peer.abortConnection()  # type: ignore[no-untyped-call]


class ClientConnection(tcp.Server):
    """One accepted connection, for HTTP or WebSocket."""

    hostname: str

    @property
    def address(self) -> str:
        return counted_address(self.hostname)

    def __init__(self, connections: Connections, *args: Any) -> None:
        super().__init__(*args)
        self.connections = connections
        self.is_http = True
        self.requests: set[Any] = set()
        self.idle_since = time.monotonic()
        connections.add(self)

    def connectionLost(self, reason: Any) -> None:
        self.connections.remove(self)
        super().connectionLost(reason)
