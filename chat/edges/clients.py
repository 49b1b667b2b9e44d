"""What the edges of one process remember: each person's limits, and who takes part by polling."""

import asyncio

from django.db import DatabaseError, InterfaceError

from chat.edges import admission
from chat.edges.person_limits import PersonLimits
from chat.edges.polling_client import PollingClient
from chat.room.connection import Admission
from chat.room.hub import Hub
from chat.room.reader import SessionFacts
from chat.wire.close_codes import SERVICE_RESTART, TOO_MANY, NotAdmitted

ADMITTED_AT_ONCE = 4
FORGET_EVERY = 2.0  # seconds


class Clients:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.admitting = asyncio.Semaphore(ADMITTED_AT_ONCE)
        self.limits: dict[int, PersonLimits] = {}
        # By session and sign-in.
        self.polling: dict[tuple[int, str], PollingClient] = {}
        hub.start_loop(self.forget_unused_limits)

    def limits_of(self, person_id: int) -> PersonLimits:
        """They outlive a person's tabs, so that leaving and coming back gains nothing."""
        if person_id not in self.limits:
            self.limits[person_id] = PersonLimits()
        return self.limits[person_id]

    async def forget_unused_limits(self) -> None:
        await asyncio.sleep(FORGET_EVERY)
        for person, limits in list(self.limits.items()):
            if person not in self.hub.tabs and limits.is_unused:
                del self.limits[person]

    async def admit(
        self, key: str | None, session_id: int, facts: SessionFacts | None
    ) -> Admission:
        """As `admission.admit`; few at a time, so that many arrivals stop no room's reads."""
        async with self.admitting:
            return await self.hub.reader.run(admission.admit, key, session_id, facts)

    async def polling_client(self, key: str | None, session_id: int) -> PollingClient:
        """The client of that sign-in, which is in the room from now on. Raises NotAdmitted."""
        if self.hub.is_stopping:
            raise NotAdmitted(SERVICE_RESTART)
        place = session_id, key or ""
        known = self.polling.get(place)
        if known is not None:
            if not known.rate_limit.may_send():
                raise NotAdmitted(TOO_MANY)
            await known.check_sign_in()
            if self.polling.get(place) is known:
                return known
        try:
            admitted = await self.admit(key, session_id, None)
        except (DatabaseError, InterfaceError):
            raise NotAdmitted(SERVICE_RESTART) from None
        # Another request of theirs may have been quicker.
        if place not in self.polling:
            self.add_polling_client(place, admitted)
        return self.polling[place]

    def add_polling_client(self, place: tuple[int, str], admitted: Admission) -> PollingClient:
        limits = self.limits_of(admitted.person_id)
        client = PollingClient(self.hub, admitted, limits, self.forget_polling_client)
        self.polling[place] = client
        return client

    def forget_polling_client(self, client: PollingClient) -> None:
        """It has been silent for too long, or was sent away. A second call changes nothing."""
        sign_in = client.admission.sign_in
        place = client.room.facts.session_id, sign_in.key if sign_in else ""
        if self.polling.get(place) is client:
            del self.polling[place]
            self.hub.leave(client, client.room)


_clients: dict[Hub, Clients] = {}


def clients_of(hub: Hub) -> Clients:
    """The clients of that hub's process."""
    if hub not in _clients:
        _clients[hub] = Clients(hub)
    return _clients[hub]
