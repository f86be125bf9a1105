"""Looks up what is needed before tickets are written: clients, owners, stages and tags."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from intake.desk.odoo.client_tags import tags_of_clients
from intake.desk.odoo.layout import LAYOUTS
from intake.desk.odoo.messages import Ourselves
from intake.desk.odoo.more_tags import MoreTags
from intake.desk.odoo.partners import ClientMatch, Requester, find_clients
from intake.desk.odoo.place import Place, find_whole_place
from intake.desk.odoo.requesters import NOBODY, author_of, requester_of
from intake.desk.odoo.rpc import OdooAway, OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.ticket_rows import TicketRows
from intake.desk.odoo.users import Users
from intake.ports.desk import DeskEntry, DeskTicket
from intake.ports.desk_tags import DeskTag
from intake.settings.desk import Odoo
from intake.settings.odoo_profiles import Profile

FRESH = 300.0
"""Seconds for which the place, with its stages and tags, is cached."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Around:
    """What was looked up for a batch."""

    rows: TicketRows
    ourselves: Ourselves
    clients: Mapping[Requester, ClientMatch]
    client_tags: Mapping[str, frozenset[str]]
    owners: Mapping[str, int | None]
    strangers: frozenset[str]
    """Logins that Odoo does not know."""

    def client(self, ticket: DeskTicket) -> ClientMatch:
        """The client that was already chosen, or else the requester's contact in Odoo."""
        if ticket.client_ref is not None:
            return ClientMatch(partner_id=int(ticket.client_ref))
        return self._match(requester_of(ticket))

    def author(self, entry: DeskEntry) -> ClientMatch:
        """The contact of a client's message's author."""
        return self._match(author_of(entry))

    def _match(self, requester: Requester) -> ClientMatch:
        match = self.clients.get(requester, NOBODY)
        # A message that names our own address as its sender is not from us: match nobody.
        return NOBODY if match.partner_id == self.ourselves.partner else match

    def owner(self, ticket: DeskTicket) -> int | None:
        """The owner's `res.users` id; None without an owner, or if Odoo does not know the login."""
        return self.owners.get(ticket.owner) if ticket.owner else None


class Lookup:
    """Asks Odoo, and caches what seldom changes."""

    def __init__(
        self,
        sessions: OdooSessions,
        odoo: Odoo,
        profile: Profile,
        *,
        tags: Callable[[], Sequence[DeskTag]],
        zone: Callable[[], tzinfo],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._odoo = odoo
        self._profile = profile
        self._tags = tags
        self._zone = zone
        self._clock = clock
        self._layout = LAYOUTS[odoo.profile]
        self._users = Users(sessions, clock=clock)
        self._more_tags = MoreTags(sessions, self._layout.tag_model)
        self._place: tuple[float, Place] | None = None
        self._ourselves: Ourselves | None = None

    async def around(
        self,
        tickets: Collection[DeskTicket],
        new: Collection[DeskTicket],
        entries: Collection[DeskEntry],
    ) -> Around:
        """Look up what a batch needs; `new` are its tickets that Odoo does not have yet. Raises
        OdooAway and other DeskUnavailable errors."""
        try:
            return await self._around(tickets, new, entries)
        except OdooRefused as error:
            raise OdooAway(f"{self._odoo.url}: {error}; see intake doctor") from error

    async def place(self) -> Place:
        """Where tickets are created. Raises OdooNotSetUp, OdooAway and other DeskUnavailable
        errors."""
        now = self._clock()
        if self._place is None or now - self._place[0] > FRESH:
            found = await find_whole_place(
                self._sessions, self._layout, self._odoo.project, self._tags()
            )
            self._place = (now, found)
        return self._place[1]

    def forget(self) -> bool:
        """Clear the cached place, tags and users. Returns False if all were looked up within the
        last second."""
        users_too = self._users.forget()
        if self._place is None or self._clock() - self._place[0] < 1:
            return users_too
        self._place = None
        self._more_tags.forget()
        return True

    async def _around(
        self,
        tickets: Collection[DeskTicket],
        new: Collection[DeskTicket],
        entries: Collection[DeskEntry],
    ) -> Around:
        asked = [requester_of(ticket) for ticket in new if ticket.client_ref is None]
        asked += [author_of(entry) for entry in entries if entry.kind == "message"]
        owners = sorted({ticket.owner for ticket in tickets if ticket.owner})
        clients: Mapping[Requester, ClientMatch] = {}
        client_tags: Mapping[str, frozenset[str]] = {}
        if asked:
            clients = await find_clients(self._sessions, asked, create=self._odoo.create_contacts)
            client_tags = await tags_of_clients(self._sessions, clients)
        place = await self.place()
        lacking = {tag for each in tickets for tag in each.labels if tag.key not in place.tags}
        more = await self._more_tags.ids(lacking)
        known = place.external_ids
        return Around(
            rows=TicketRows(
                profile=self._profile,
                place=place,
                tags={**place.tags, **more},
                external_ids={
                    **known,
                    "tags": {**known.get("tags", {}), **self._more_tags.external_ids},
                },
                stars=self._odoo.priorities,
                zone=self._zone(),
            ),
            ourselves=await self._us(),
            clients=clients,
            client_tags=client_tags,
            owners=await self._users.ids_of(owners) if owners else {},
            strangers=self._users.strangers,
        )

    async def _us(self) -> Ourselves:
        if self._ourselves is None:
            [row] = await self._sessions.call(
                "res.users", "search_read", [("login", "=", self._odoo.user)], ["partner_id"]
            )
            self._ourselves = Ourselves(user=row["id"], partner=row["partner_id"][0])
        return self._ourselves
