"""A room in memory that keeps its promises, or breaks one of them if a bug is named.

The schedule decides what happens when, so a bug that a real machine shows once in a thousand runs
shows every time.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.history.checker import sha256
from tests.faults.history.client_views import instant
from tests.faults.history.evidence import ClientLog, Evidence, Frame, Record, Row

START = datetime(2026, 11, 26, 13, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Client:
    """Applies frames as the protocol says, and asks again where posts are missing."""

    def __init__(self, room: "Room", person: int) -> None:
        self.room, self.client_log = room, ClientLog(person)
        self.rev = 0
        self.waiting: list[Frame] = []
        self.is_reading = True

    def receive(self, frame: Frame) -> None:
        if not self.is_reading:
            if self.room.bug != "drops when a queue is full" or len(self.waiting) < 2:
                self.waiting.append(frame)
            return
        self.client_log.record_received(frame)
        if frame["type"] in ("welcome", "posts"):
            since = frame["since"] if frame["type"] == "posts" else frame["after"]
            if since > self.rev:
                self.room.welcome(self, self.rev)
            else:
                self.rev = max(self.rev, frame["rev"])

    def read_on(self) -> None:
        self.is_reading = True
        waiting, self.waiting = self.waiting, []
        for frame in waiting:
            self.receive(frame)


class Room:
    def __init__(self, bug: str | None = None) -> None:
        self.bug = bug
        self.records: list[Record] = []
        self.live: list[Client] = []
        self.clients: list[Client] = []
        self.next_id = 0
        self.cursor = 0
        self.told = 0
        self.topic_by_timer = 1

    # Coming in

    def enter(self, person: int, between: Any = None) -> Client:
        """`between` is what happens while the newcomer catches up."""
        client = Client(self, person)
        self.clients.append(client)
        if self.bug == "joins the live set after catching up":
            self.welcome(client, 0)
            if between:
                between()
            self.live.append(client)
        else:
            self.live.append(client)
            if between:
                between()
            self.welcome(client, 0)
        return client

    def welcome(self, client: Client, after: int) -> None:
        posts = [shown(record) for record in self.visible() if record.rev > after]
        client.receive({"type": "welcome", "after": after, "rev": self.told, "posts": posts})

    # Posting: lock, clock, rules, commit; each step at an instant that the schedule gives

    def hand_out(self) -> int:
        """An id from the sequence, before the commit."""
        self.next_id += 1
        return self.next_id

    def post(
        self, client: Client, id: str, *, began: float, asked: float, locked: float, number: int = 0
    ) -> None:
        """`began`: of the transaction; `asked`: before the lock; `locked`: once it is held."""
        client.client_log.record_sent({"type": "post", "id": id, "body": id})
        instant = locked
        if self.bug == "takes the transaction's start":
            instant = began
        if self.bug == "reads the clock before the lock":
            instant = asked
        known = [
            r for r in self.records if (r.author, r.client_id) == (client.client_log.person, id)
        ]
        is_late = self.bug == "refuses a retry after the end" and instant >= 1800
        if known and self.bug != "has no unique constraint" and not is_late:
            answer = {"type": "ack", "ref": id, "seq": known[0].seq, "rev": known[0].rev}
            client.receive(answer)
            return
        if not 0 <= instant < 1800:
            client.receive({"type": "refused", "ref": id, "code": "closed"})
            return
        topic = int(instant // 600) + 1
        if self.bug == "lets a timer turn the topic":
            topic = self.topic_by_timer
        seq = number if self.bug == "takes an autoincrement id as cursor" else len(self.records) + 1
        author = client.client_log.person
        record = Record(seq, seq, topic, author, id, at(instant), id, id, "shown", taken_rev=seq)
        self.records.append(record)
        client.receive({"type": "ack", "ref": id, "seq": seq, "rev": seq})

    def timer_fires(self) -> None:
        self.topic_by_timer += 1

    # Sending

    def visible(self) -> list[Record]:
        return [record for record in self.records if record.rev <= self.told]

    def look(self) -> None:
        """Tell everyone what is new."""
        new = sorted((r for r in self.records if r.rev > self.told), key=lambda r: r.rev)
        if not new:
            return
        since, self.told = self.told, new[-1].rev
        frame = {
            "type": "posts",
            "since": since,
            "rev": self.told,
            "posts": [shown(record) for record in new],
        }
        for client in self.live:
            lie = self.bug == "drops when a queue is full" and not client.is_reading
            client.receive({**frame, "since": 0} if lie else frame)

    def evidence(self) -> Evidence:
        for client in self.clients:
            client.read_on()
        revision = max((record.rev for record in self.records), default=0)
        records = sorted(self.records, key=lambda record: record.seq)
        client_logs = [client.client_log for client in self.clients]
        transcript = [row(record) for record in records]
        page = [(record.seq, f"<article>{record.html}</article>") for record in records]
        return Evidence(START, revision, records, client_logs, transcript, page)


def row(record: Record) -> Row:
    body = sha256(record.body)
    return [record.seq, instant(record.at), record.topic, record.author, record.reply_to, body]


def shown(record: Record) -> Frame:
    return {
        "seq": record.seq,
        "rev": record.rev,
        "id": record.client_id,
        "topic": record.topic,
        "author": {"id": record.author},
        "at": instant(record.at),
        "html": record.html,
        "state": record.state,
        "reactions": {},
    }
