"""Routed messages with the decision made then, for replay by a backtest."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

from intake.ports.messages import ChannelUnknown, StoredMessage
from intake.store.database import Database
from intake.store.messages import MessageStore
from routing.burst import BURSTING, fold
from routing.calendar import BusinessCalendar
from routing.disposition import dispose
from routing.message import Message
from routing.rules.backtest import RoutedMessage
from routing.rules.classification import Candidate, Classification, Evidence, Surroundings
from routing.vocabulary import UNCLASSIFIED, Kind, Priority

_ROUTED = ("opened", "linked", "recorded")
"""Outcomes of messages whose classification mattered; the others joined a ticket."""


class PastMessages:
    """Reads routed messages from the store.

    `surroundings` are those of now, except whether a message came in business hours.
    """

    def __init__(
        self,
        database: Database,
        *,
        read: Callable[[StoredMessage], Message],
        calendar: BusinessCalendar,
        surroundings: Surroundings,
        own_addresses: frozenset[str],
    ) -> None:
        self._database = database
        self._read = read
        self._calendar = calendar
        self._surroundings = surroundings
        self._own_addresses = own_addresses

    async def count(self, start: datetime) -> int:
        """How many there are from `start` on."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """SELECT count(*) AS n FROM messages
                    WHERE received_at >= %s AND outcome = ANY(%s) AND folded_into IS NULL""",
                [start, list(_ROUTED)],
            )
            row = await cursor.fetchone()
        return int(row["n"]) if row else 0

    async def since(self, start: datetime) -> AsyncIterator[RoutedMessage]:
        """Messages received from `start` on, oldest first.

        Leaves out messages of channels without a reader, and mail sent by a program, because no
        rule can make a ticket of it.
        """
        store = MessageStore(self._database)
        async for stored in store.since(start, outcomes=_ROUTED):
            burst = [stored]
            if stored.channel in BURSTING:
                burst += await store.folded_into(stored.id)
            try:
                message = fold([self._read(each) for each in burst])
            except ChannelUnknown:
                continue
            if not dispose(message, own_addresses=self._own_addresses).opens_ticket:
                continue
            row = await self._ticket(stored.ticket_id) if stored.ticket_id else None
            yield RoutedMessage(
                id=row["number"] if row else f"mensagem {stored.id}",
                message=message,
                surroundings=Surroundings(
                    own_domains=self._surroundings.own_domains,
                    people=self._surroundings.people,
                    business_hours=self._calendar.is_open(message.received_at),
                ),
                decided=_as_decided(row) if row else None,
            )

    async def _ticket(self, ticket_id: int) -> Mapping[str, Any] | None:
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """SELECT number, request_type, kind, priority, service, tags, language, trace,
                          rules_fingerprint FROM tickets WHERE id = %s""",
                [ticket_id],
            )
            return await cursor.fetchone()


def _as_decided(row: Mapping[str, Any]) -> Classification:
    """The rules' own result. Level and owner come from the trace, since triage set the ticket's."""
    trace = row["trace"]
    request_type = row["request_type"]
    return Classification(
        request_type=None if request_type == UNCLASSIFIED else request_type,
        kind=Kind(row["kind"]),
        priority=Priority(row["priority"]),
        service=row["service"],
        level=trace.get("level"),
        owner=trace.get("owner"),
        tags=tuple(row["tags"]),
        language=row["language"],
        candidates=tuple(Candidate(**each) for each in trace.get("candidates", ())),
        evidence=tuple(_evidence(*each) for each in trace.get("evidence", ())),
        fingerprint=row["rules_fingerprint"],
    )


def _evidence(
    rule: str, label: str, words: list[str], where: str, effect: str, weight: float
) -> Evidence:
    return Evidence(rule, label, tuple(words), where, effect, weight)
