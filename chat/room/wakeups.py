"""Messages between processes: newer revisions, who is typing, whose sign-ins may have ended.

They may be lost, late or out of order without harm, because each room reads the database once a
second. So no fault here ever reaches a person.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

GROUP = "rooms"
JOIN_EVERY = 20.0  # seconds
PAUSE = 1.0
CANCEL_EVERY, MOST_CANCELLATIONS = 0.2, 10
MOST_TYPISTS = 50


class Wakeups:
    """One channel for the whole process in the group of all processes.

    Calls `on_revision(session id, revision)`, `on_typing(session id, person id)` and
    `on_recheck(person id)` for what other processes send.
    """

    def __init__(
        self,
        on_revision: Callable[[int, int], None],
        on_typing: Callable[[int, int], None],
        on_recheck: Callable[[int], None],
    ) -> None:
        self.on_revision = on_revision
        self.on_typing = on_typing
        self.on_recheck = on_recheck
        self.layer = get_channel_layer()
        self.revisions: dict[int, int] = {}
        self.typists: set[tuple[int, int]] = set()
        self.rechecks: set[int] = set()
        self.pending = asyncio.Event()
        self.is_failing = False
        self.tasks = (
            [
                asyncio.create_task(self.receive_messages()),
                asyncio.create_task(self.send_messages()),
            ]
            if self.layer is not None
            else []
        )

    def send_revision(self, session_id: int, revision: int) -> None:
        """Send it soon; while a message is under way only the newest revision is kept."""
        if self.tasks:
            self.revisions[session_id] = max(revision, self.revisions.get(session_id, 0))
            self.pending.set()

    def send_typing(self, session_id: int, person_id: int) -> None:
        """That somebody types is worth nothing in a few seconds, so much of it is dropped."""
        if self.tasks and len(self.typists) < MOST_TYPISTS:
            self.typists.add((session_id, person_id))
            self.pending.set()

    def send_recheck(self, person_id: int) -> None:
        """That person's sign-ins may have ended."""
        if self.tasks:
            self.rechecks.add(person_id)
            self.pending.set()

    async def send_messages(self) -> None:
        assert self.layer is not None
        while True:
            await self.pending.wait()
            self.pending.clear()
            for message in self.take_pending():
                try:
                    await self.layer.group_send(GROUP, {"type": "wake", **message})
                except Exception as fault:
                    self.log_loss(fault)

    def take_pending(self) -> list[dict[str, int]]:
        revisions, self.revisions = self.revisions, {}
        typists, self.typists = self.typists, set()
        rechecks, self.rechecks = self.rechecks, set()
        return [
            *({"session": session, "rev": rev} for session, rev in revisions.items()),
            *({"session": session, "person": person} for session, person in typists),
            *({"doubted": person} for person in rechecks),
        ]

    async def receive_messages(self) -> None:
        """Receive from the group, joined again every 20 s, as the layer may have forgotten us."""
        assert self.layer is not None
        while True:
            joining: asyncio.Task[None] | None = None
            try:
                channel = await self.layer.new_channel()
                joining = asyncio.create_task(self.stay_joined(channel))
                while True:
                    message = await self.layer.receive(channel)
                    if self.is_failing:
                        self.is_failing = False
                        log.warning("Wake-ups come through again")
                    self.handle_message(message)
            except Exception as fault:
                if is_cancelled():  # the layer may put an error of its own in its place
                    raise asyncio.CancelledError from fault
                self.log_loss(fault)
                await asyncio.sleep(PAUSE)
            finally:
                if joining is not None:
                    joining.cancel()

    def handle_message(self, message: dict[str, Any]) -> None:
        if "rev" in message:
            self.on_revision(int(message["session"]), int(message["rev"]))
        elif "doubted" in message:
            self.on_recheck(int(message["doubted"]))
        else:
            self.on_typing(int(message["session"]), int(message["person"]))

    async def stay_joined(self, channel: str) -> None:
        assert self.layer is not None
        while True:
            try:
                await self.layer.group_add(GROUP, channel)
                await asyncio.sleep(JOIN_EVERY)
            except Exception as fault:
                self.log_loss(fault)
                await asyncio.sleep(PAUSE)

    def log_loss(self, fault: Exception) -> None:
        """Once, until messages come through again."""
        if not self.is_failing:
            self.is_failing = True
            log.warning("Wake-ups are lost, the rooms look once a second instead: %s", fault)

    async def stop(self) -> None:
        """End both tasks. The layer may lose a cancellation while it connects, so it gets more."""
        for _ in range(MOST_CANCELLATIONS):
            running = [task for task in self.tasks if not task.done()]
            if not running:
                return
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=CANCEL_EVERY)


def is_cancelled() -> bool:
    """Was the current task told to end?"""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
