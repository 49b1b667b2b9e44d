"""What processes tell each other: that a session has a newer revision, who types in it, and whose
sign-ins may have ended.

It may be lost, late or out of order without harm; the tail reads the database once a second. So
no fault here ever reaches a person.
"""

import asyncio
import logging
from collections.abc import Callable

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

GROUP = "rooms"
JOIN_EVERY = 20.0
PAUSE = 1.0
CANCEL_EVERY, MOST_CANCELLATIONS = 0.2, 10
MOST_TYPISTS = 50


class Wakeups:
    """One channel for the whole process in the group of all processes."""

    def __init__(
        self,
        heard: Callable[[int, int], None],
        typing: Callable[[int, int], None],
        doubt: Callable[[int], None],
    ) -> None:
        self.heard = heard
        self.typing = typing
        self.doubt = doubt
        self.layer = get_channel_layer()
        self.newest: dict[int, int] = {}
        self.typists: set[tuple[int, int]] = set()
        self.doubted: set[int] = set()
        self.something = asyncio.Event()
        self.is_deaf = False
        self.tasks = (
            [asyncio.create_task(self.listen()), asyncio.create_task(self.speak())]
            if self.layer is not None
            else []
        )

    def tell(self, session_id: int, revision: int) -> None:
        """Say so soon; while one telling is under way only the newest revision is kept."""
        if self.tasks:
            self.newest[session_id] = max(revision, self.newest.get(session_id, 0))
            self.something.set()

    def tell_typing(self, session_id: int, person_id: int) -> None:
        """That somebody types: worth nothing in a few seconds, so it is never kept anywhere."""
        if self.tasks and len(self.typists) < MOST_TYPISTS:
            self.typists.add((session_id, person_id))
            self.something.set()

    def tell_doubt(self, person_id: int) -> None:
        """That somebody's sign-ins may have ended."""
        if self.tasks:
            self.doubted.add(person_id)
            self.something.set()

    async def speak(self) -> None:
        assert self.layer is not None
        while True:
            await self.something.wait()
            self.something.clear()
            newest, self.newest = self.newest, {}
            typists, self.typists = self.typists, set()
            doubted, self.doubted = self.doubted, set()
            messages = [{"session": session, "rev": rev} for session, rev in newest.items()]
            messages += [{"session": session, "person": person} for session, person in typists]
            messages += [{"doubted": person} for person in doubted]
            for message in messages:
                try:
                    await self.layer.group_send(GROUP, {"type": "wake", **message})
                except Exception as fault:
                    self.note(fault)

    async def listen(self) -> None:
        """Hear the others; join the group anew every 20 s, as it may have been forgotten."""
        assert self.layer is not None
        while True:
            joining: asyncio.Task[None] | None = None
            try:
                channel = await self.layer.new_channel()
                joining = asyncio.create_task(self.keep_joined(channel))
                while True:
                    message = await self.layer.receive(channel)
                    if self.is_deaf:
                        self.is_deaf = False
                        log.warning("Wake-ups come through again")
                    if "rev" in message:
                        self.heard(int(message["session"]), int(message["rev"]))
                    elif "doubted" in message:
                        self.doubt(int(message["doubted"]))
                    else:
                        self.typing(int(message["session"]), int(message["person"]))
            except Exception as fault:
                if is_cancelled():  # the layer may put an error of its own in its place
                    raise asyncio.CancelledError from fault
                self.note(fault)
                await asyncio.sleep(PAUSE)
            finally:
                if joining is not None:
                    joining.cancel()

    async def keep_joined(self, channel: str) -> None:
        assert self.layer is not None
        while True:
            try:
                await self.layer.group_add(GROUP, channel)
                await asyncio.sleep(JOIN_EVERY)
            except Exception as fault:
                self.note(fault)
                await asyncio.sleep(PAUSE)

    def note(self, fault: Exception) -> None:
        if not self.is_deaf:
            self.is_deaf = True
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
