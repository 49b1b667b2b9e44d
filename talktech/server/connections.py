"""How many connections this process holds, in all and from one address, and for how long idle ones.

Whoever comes when there is no more room is closed before anything is read. Without such a bound a
process that has no file descriptor left turns everybody away and can't open its own files either.
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

# Kept for databases, Redis, files and threads.
OWN_DESCRIPTORS = 128
MOST_FILES = 2**20
# Sockets of one address that were refused and have not answered yet: more of them are cut.
MOST_REFUSED = 500
# Seconds. Twisted cuts a connection that is silent for 60; this is for those that trickle.
LONGEST_PAUSE = 75.0
LONGEST_HEAD = 20.0
LONGEST_REQUEST = 180.0
SAY_EVERY = 60.0
MOST_SUBJECTS = 200


def open_files() -> int:
    """How many files this process may have open: raised to as many as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


@lru_cache(maxsize=10_000)
def counted_address(address: str) -> str:
    """What counts as one address: of IPv6 the network, for one machine has as many as it likes."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return "an unknown address"
    return str(known) if known.version == 4 else str(ip_network((known, 64), strict=False))


def client_address(forwarded: str, peer: str, proxies: int) -> str:
    """Where a client is, as so many proxies of ours say; else where its connection comes from.

    `forwarded` is what X-Forwarded-For says: a proxy adds the address that it was asked from.
    """
    hops = [hop.strip() for hop in forwarded.split(",")]
    told = hops[-proxies] if 0 < proxies <= len(hops) else ""
    return counted_address(told or peer)


class ThrottledLog:
    """Lines of the log that a flood must not repeat: one a minute for each subject, counted."""

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

    Behind a proxy all come from one address, and only sockets are counted by address.
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

    # Sockets go by the address that a proxy tells

    def may_open_socket(self, address: str) -> bool:
        if self.sockets[address] < self.most_sockets:
            return True
        self.throttled_log.warn(
            address, "No more than %s sockets from %s", self.most_sockets, address
        )
        return False

    def was_refused(self, address: str, socket: Any) -> None:
        """A socket was told why it is refused; it may read that for a while, but not many may."""
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
        """Cut whoever keeps a connection open and asks for nothing, a byte now and then aside."""
        now = time.monotonic()
        for peer in list(self.all):
            if peer.is_http and not peer.requests and now - peer.idle_since > LONGEST_PAUSE:
                peer.abortConnection()  # type: ignore[no-untyped-call]


class ClientConnection(tcp.Server):
    """One accepted connection, whatever is spoken over it."""

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
