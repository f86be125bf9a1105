"""Odoo as the desk: writes tickets, files and messages in batches, each under an external id."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any

import structlog

from intake.desk.odoo.activities import OdooActivities
from intake.desk.odoo.attachments import Attached, Carrier, attach
from intake.desk.odoo.client_contacts import contacts_of_tickets
from intake.desk.odoo.desk_notes import notes_of_files, notes_of_the_desk
from intake.desk.odoo.layout import external
from intake.desk.odoo.loading import CONTEXT, load
from intake.desk.odoo.lookup import Around, Lookup
from intake.desk.odoo.messages import MODEL as MESSAGES
from intake.desk.odoo.messages import message_row
from intake.desk.odoo.place import Place
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk import DeskEntry, DeskFiles, DeskRef, DeskTicket, PutResult
from intake.ports.desk_activities import DeskTodo
from intake.ports.desk_tags import DeskTag
from intake.settings.desk import Odoo
from intake.settings.odoo_profiles import PROFILES

log = structlog.get_logger()

SILENT: Mapping[str, Any] = {"tracking_disable": True, "mail_auto_subscribe_no_notify": True}
"""Context that keeps Odoo from sending mail and from logging our changes on the ticket."""
ELSEWHERE = "the ticket is at another desk"


class OdooDesk:
    """Implements the `Desk` port. `tags` are the tags of channels, request types and levels."""

    def __init__(
        self,
        sessions: OdooSessions,
        odoo: Odoo,
        *,
        files: DeskFiles,
        tags: Callable[[], Sequence[DeskTag]],
        zone: Callable[[], tzinfo],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._odoo = odoo
        self._files = files
        self._zone = zone
        self.profile = PROFILES[odoo.profile].overlaid(odoo.fields)
        self._activities = OdooActivities(sessions, self.profile.model)
        self._lookup = Lookup(sessions, odoo, self.profile, tags=tags, zone=zone, clock=clock)

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        """See `Desk.put`."""
        there = await self._still_there(tickets)
        new = [ticket for ticket in tickets if ticket.external_id not in there]
        around = await self._lookup.around(tickets, new, entries)
        made, refused = await self._write(tickets, there, around)
        if refused and self._lookup.forget():
            # A stage, tag or user may have been deleted since it was looked up: look it up again.
            around = await self._lookup.around(tickets, new, entries)
            again = [ticket for ticket in tickets if ticket.external_id in refused]
            more, refused = await self._write(again, there, around)
            made |= more
        records = there | made
        attached = await self._attach(new, entries, records)
        notes = notes_of_the_desk(tickets, made, around.client, self._zone())
        said = [*notes, *notes_of_files(attached.refused), *entries]
        refused |= await self._say(said, records, attached, around)
        wrote = bool(new) or any(entry.kind == "message" for entry in entries)
        contacts = await self._contacts(records) if wrote else {}
        return PutResult(
            refs={
                external_id: DeskRef(ref=str(record), url=self._odoo.url + self._path(str(record)))
                for external_id, record in records.items()
            },
            refused=refused,
            strangers=around.strangers,
            client_tags=around.client_tags,
            client_contacts=contacts,
        )

    async def remind(self, todos: Sequence[DeskTodo]) -> Mapping[str, str]:
        """See `DeskTodos.remind`."""
        ours = [todo for todo in todos if self._has(todo.ticket_ref, todo.ticket_url)]
        elsewhere = {todo.external_id: ELSEWHERE for todo in todos if todo not in ours}
        return {**elsewhere, **await self._activities.remind(ours)}

    async def settle(self, external_ids: Sequence[str]) -> None:
        """See `DeskTodos.settle`."""
        await self._activities.settle(external_ids)

    async def ping(self) -> None:
        """See `Desk.ping`."""
        user = await self._sessions.user_id()
        await self._sessions.call("res.users", "read", [user], ["id"])

    async def check(self) -> str:
        """See `Desk.check`."""
        version = await self._sessions.version()
        await self.place()
        return f"{self._odoo.url}: Odoo {version}, {self._odoo.profile} in {self._odoo.project!r}"

    async def place(self) -> Place:
        """Where tickets are created. Raises OdooNotSetUp, OdooAway and other DeskUnavailable
        errors."""
        return await self._lookup.place()

    async def _still_there(self, tickets: Sequence[DeskTicket]) -> dict[str, int]:
        """The tickets that Odoo has, as external id → database id.

        A ticket that was deleted there is created again when something new arrives for it; so is
        one that was at another desk or in another model.
        """
        refs = {
            int(ticket.ref): ticket.external_id
            for ticket in tickets
            if ticket.ref and self._has(ticket.ref, ticket.url)
        }
        if not refs:
            return {}
        rows = await self._sessions.call(
            self.profile.model,
            "search_read",
            [("id", "in", sorted(refs))],
            ["id"],
            context={"active_test": False},
        )
        return {refs[row["id"]]: row["id"] for row in rows}

    async def _write(
        self, tickets: Sequence[DeskTicket], there: Mapping[str, int], around: Around
    ) -> tuple[dict[str, int], dict[str, str]]:
        """Returns the database ids of new tickets, and Odoo's messages about those that it
        refuses."""
        new = [ticket for ticket in tickets if ticket.external_id not in there]
        made, refused = await self._create(new, around)
        for ticket in tickets:
            if ticket.external_id in there:
                words = await self._change(ticket, there[ticket.external_id], around)
                if words:
                    refused[ticket.external_id] = words
        return made, refused

    async def _create(
        self, new: Sequence[DeskTicket], around: Around
    ) -> tuple[dict[str, int], dict[str, str]]:
        if not new:
            return {}, {}
        ids = {external(f"ticket_{_hex(t.external_id)}"): t.external_id for t in new}
        rows = {
            external_id: around.rows.new(
                ticket,
                around.client(ticket),
                around.owner(ticket),
            )
            for external_id, ticket in zip(ids, new, strict=True)
        }
        loaded = await load(self._sessions, self.profile.model, rows, self._context())
        made = {ids[name]: record for name, record in loaded.ids.items()}
        if made and self.profile.follows_creator:
            await self._unfollow(sorted(made.values()), around.ourselves.partner)
        return made, {ids[name]: words for name, words in loaded.refused.items()}

    async def _unfollow(self, records: list[int], partner: int) -> None:
        try:
            await self._sessions.call(self.profile.model, "message_unsubscribe", records, [partner])
        except OdooRefused as error:
            # Somebody has moved a ticket to where we may not write. We keep getting its mail;
            # nothing else is affected.
            log.warning("odoo.still_following", tickets=len(records), reason=error.words[:200])

    async def _change(self, ticket: DeskTicket, record: int, around: Around) -> str:
        """Write the fields that we changed. Returns Odoo's message if it refuses, else an empty
        string."""
        values = around.rows.changes(ticket, around.owner(ticket))
        if not values:
            return ""
        try:
            await self._sessions.call(
                self.profile.model, "write", [record], values, context=self._context()
            )
        except OdooRefused as error:
            return error.words
        return ""

    async def _contacts(self, records: Mapping[str, int]) -> dict[str, frozenset[str]]:
        """Addresses of each ticket's current client in Odoo: somebody may have chosen another."""
        found = await contacts_of_tickets(
            self._sessions, self.profile.model, self.profile["client"], list(records.values())
        )
        return {each: found[record] for each, record in records.items() if record in found}

    async def _attach(
        self,
        new: Sequence[DeskTicket],
        entries: Sequence[DeskEntry],
        records: Mapping[str, int],
    ) -> Attached:
        carrying: list[DeskTicket | DeskEntry] = [*new, *entries]
        carriers = [
            Carrier(
                external_id=each.external_id,
                ticket=ticket,
                record=records[ticket],
                message=each.message,
                attachments=each.attachments,
                file=each.file if isinstance(each, DeskEntry) else None,
            )
            for each in carrying
            if each.message is not None
            and (ticket := each.ticket if isinstance(each, DeskEntry) else each.external_id)
            in records
        ]
        return await attach(self._sessions, self.profile.model, self._files, carriers)

    async def _say(
        self,
        said: Sequence[DeskEntry],
        records: Mapping[str, int],
        attached: Attached,
        around: Around,
    ) -> dict[str, str]:
        rows = {
            external(f"message_{_hex(entry.external_id)}"): (
                entry,
                message_row(
                    entry,
                    model=self.profile.model,
                    record=records[entry.ticket],
                    author=around.author(entry),
                    files=attached.ids.get(entry.external_id, ()),
                ),
            )
            for entry in said
            if entry.ticket in records
        }
        if not rows:
            return {}
        loaded = await load(
            self._sessions, MESSAGES, {name: row for name, (_, row) in rows.items()}
        )
        return {rows[name][0].ticket: words for name, words in loaded.refused.items()}

    def _context(self) -> dict[str, Any]:
        """Context for writing tickets. If the settings want it, Odoo mails the new owner."""
        return {**CONTEXT, **({} if self._odoo.notify else SILENT)}

    def _has(self, ref: str, url: str | None) -> bool:
        """Whether this reference is of our model in this Odoo, and not of another desk or model."""
        return (url or "").endswith(self._path(ref))

    def _path(self, ref: str) -> str:
        return f"/odoo/{self.profile.model}/{ref}"


def _hex(external_id: str) -> str:
    return external_id.replace("-", "")
