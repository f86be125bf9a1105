"""Polls the desk every few seconds and records in the store what people changed there.

A lease lets one daemon poll at a time. Polling twice does no harm: each snapshot of a ticket is
compared with the last one in the store, under a lock on the ticket's row.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from intake.context import Context
from intake.net.backoff import Backoff, Pace, pause
from intake.notify.effects import follow_up_soon
from intake.ports.desk_snapshots import (
    DeskChanges,
    DeskSnapshot,
    Traces,
    client_at_first,
    differences,
    touched,
)
from intake.store.client_contacts import keep_client_contacts
from intake.store.database import Connection
from intake.store.desk_changes import (
    KnownTicket,
    load_known,
    looked_until,
    open_refs,
    record_looked,
    record_snapshot,
)
from intake.store.error_words import words_of
from intake.store.followups import add_note, heard_until, record_heard
from intake.store.leases import Leases
from intake.store.transient_errors import is_transient

log = structlog.get_logger()

NAME = "odoo"
"""The desk's name in the store and in the lease."""
PAGE = 200
"""Tickets in one transaction, and in one request to the desk."""
SWEEP_SECONDS = 600.0
"""Seconds between two looks at all open tickets. They find what polling by time has missed, such as
a ticket that was moved to another project, or one that the desk had before the store knew it."""
MOST_MISTAKES = 3
"""Polls that failed by a mistake, after which the desk is polled no more."""
AFTER_FAILURE = Pace(first=2, longest=60)


class DeskWatch:
    """Polls one desk. `poll`: seconds between two polls; `mistake_pause`: after one that failed by
    a mistake."""

    def __init__(
        self,
        context: Context,
        desk: DeskChanges,
        leases: Leases,
        *,
        poll: float,
        mistake_pause: float = 60.0,
    ) -> None:
        self._context = context
        self._desk = desk
        self._leases = leases
        self._poll = poll
        self._last: dict[str, DeskSnapshot] = {}
        self._sweep_at = 0.0
        self._mistakes = 0
        self._mistake_pause = mistake_pause

    async def run(self, stopping: asyncio.Event) -> None:
        """Poll until `stopping`. A failed poll is tried again after waits that grow."""
        self._context.metrics.desk_looked()
        backoff = Backoff(AFTER_FAILURE)
        while not stopping.is_set():
            try:
                async with self._leases.lease(f"desk:{NAME}") as ours:
                    while ours and not stopping.is_set():
                        await self._leases.check(f"desk:{NAME}")
                        await self.look()
                        backoff.succeeded()
                        await pause(self._poll, stopping)
                # Another daemon polls: for our metrics that is as good.
                self._context.metrics.desk_looked()
                await pause(self._poll, stopping)
            except Exception as error:
                if not is_transient(error):
                    log.exception("desk.look_failed")
                    if await self._has_had_enough(error, stopping):
                        return
                    continue
                reason = " ".join(str(error).split()) or type(error).__name__
                self._context.metrics.desk_not_looked(reason)
                wait = backoff.failed(error)
                log.warning("desk.not_looked", reason=reason, again_in=round(wait, 1))
                await pause(wait, stopping)

    async def _has_had_enough(self, error: Exception, stopping: asyncio.Event) -> bool:
        """After a mistake of ours, unlike a desk that is away, nothing is tried for ever."""
        self._mistakes += 1
        self._context.metrics.job_failed("desk_watch")
        reason = f"looking at the desk failed by a mistake: {words_of(error)}"
        self._context.metrics.desk_not_looked(reason)
        if self._mistakes >= MOST_MISTAKES:
            log.error("desk.not_looked_any_more", so="mend what desk.look_failed says; restart")
            return True
        await pause(self._mistake_pause, stopping)
        return False

    async def look(self) -> None:
        """Poll once: tickets written to since the last poll, and now and then all open tickets.

        Raises DeskUnavailable, and what a database that is away raises.
        """
        await self._listen()
        async with self._context.database.transaction() as connection:
            before = await looked_until(connection, NAME)
        look = await self._desk.since(before)
        new = [each for each in look.snapshots if self._last.get(each.ref) != each]
        noted = await self._note(new)
        if look.until is not None and look.until != before:
            async with self._context.database.transaction() as connection:
                await record_looked(connection, NAME, look.until)
        # Forget tickets that the store does not know yet: the next poll must treat them as new.
        self._last = {
            each.ref: each for each in look.snapshots if each.ref in noted or each.ref in self._last
        }
        loop = asyncio.get_running_loop()
        if loop.time() >= self._sweep_at:
            await self._sweep()
            self._sweep_at = loop.time() + SWEEP_SECONDS
        self._context.metrics.desk_looked()

    async def _listen(self) -> None:
        """Store new messages written at the desk.

        Before the changes: whoever writes a note and then closes must not be asked for the note.
        """
        async with self._context.database.transaction() as connection:
            before = await heard_until(connection, NAME)
        heard = await self._desk.heard(before)
        if not heard.spoken and heard.last == before:
            return
        async with self._context.database.transaction() as connection:
            refs = sorted({each.ticket_ref for each in heard.spoken})
            tickets = {ref: one.id for ref, one in (await load_known(connection, refs)).items()}
            spoken = [each for each in heard.spoken if each.ticket_ref in tickets]
            new = {
                tickets[each.ticket_ref]
                for each in spoken
                if await add_note(
                    connection,
                    tickets[each.ticket_ref],
                    ref=f"{NAME}:{each.id}",
                    who=each.who,
                    internal=each.internal,
                    body=each.text,
                    at=each.at,
                )
            }
            await record_heard(connection, NAME, heard.last)
            for ticket in sorted(new):
                await follow_up_soon(self._context, connection, ticket)

    async def _sweep(self) -> None:
        last = ""
        while True:
            async with self._context.database.transaction() as connection:
                refs = await open_refs(connection, last, PAGE)
            if not refs:
                return
            await self._note(await self._desk.of(refs))
            # Contacts may have been added to a client since.
            await self._keep_contacts(refs)
            last = refs[-1]

    async def _keep_contacts(self, refs: Sequence[str]) -> None:
        """Store the other contacts of these tickets' clients: triage never asks the desk."""
        found = await self._desk.contacts(refs) if refs else {}
        if not found:
            return
        async with self._context.database.transaction() as connection:
            known = await load_known(connection, list(found))
            await keep_client_contacts(
                connection, {known[ref].id: some for ref, some in found.items() if ref in known}
            )

    async def _note(self, snapshots: Sequence[DeskSnapshot]) -> set[str]:
        """Record what changed. Returns the desk's ids of the snapshots that are our tickets."""
        noted: set[str] = set()
        for at in range(0, len(snapshots), PAGE):
            some = [self._in_our_spelling(each) for each in snapshots[at : at + PAGE]]
            async with self._context.database.transaction() as connection:
                known = await load_known(connection, [each.ref for each in some])
            news = [each for each in some if each.ref in known and _is_news(known, each)]
            odd = [each.ref for each in news if any(touched(known[each.ref].known, each))]
            traces = await self._desk.traces(odd) if odd else {}
            if news:
                async with self._context.database.transaction() as connection:
                    await self._write(connection, news, traces)
                await self._keep_contacts([each.ref for each in news if _other_client(known, each)])
            noted |= known.keys()
        return noted

    async def _write(
        self, connection: Connection, news: Sequence[DeskSnapshot], traces: Mapping[str, Traces]
    ) -> None:
        """Compare again under a lock: a client may have written or somebody escalated meanwhile."""
        known = await load_known(connection, [each.ref for each in news], lock=True)
        for snapshot in sorted(news, key=lambda each: known[each.ref].id):
            ticket = known[snapshot.ref]
            changes = differences(ticket.known, snapshot, traces.get(snapshot.ref, Traces()))
            client = client_at_first(ticket.known, snapshot)
            await record_snapshot(connection, ticket, snapshot, changes, client)
            if changes:
                await follow_up_soon(self._context, connection, ticket.id)
            for change in changes:
                log.info("desk.changed", ticket=ticket.number, field=change.field, who=change.who)

    def _in_our_spelling(self, snapshot: DeskSnapshot) -> DeskSnapshot:
        """The snapshot with logins spelt as in the roster."""
        people = self._context.config.policy.procedure.roster.people
        spelling = {person.login.casefold(): person.login for person in people}
        owners = tuple(
            spelling.get(each.casefold(), each) if isinstance(each, str) else each
            for each in snapshot.values["owner"]
        )
        return replace(snapshot, values={**snapshot.values, "owner": owners})


def _other_client(known: Mapping[str, KnownTicket], snapshot: DeskSnapshot) -> bool:
    seen = known[snapshot.ref].known.seen
    return seen is None or seen.get("client") != snapshot.raw.get("client")


def _is_news(known: Mapping[str, KnownTicket], snapshot: DeskSnapshot) -> bool:
    return dict(snapshot.raw) != known[snapshot.ref].known.seen
