"""The job `card`: make the Trello card that a note asked for, exactly once.

Trello has no idempotency keys. So the attempt is committed before the request is sent, and the
card carries a mark. A repeated job first searches the board for that mark, after waiting long
enough for the last request to have arrived.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.notify.notes import note
from intake.notify.staff import TeamMessages, send
from intake.notify.team import first_level, write_to_team
from intake.replies.presentable import one_line
from intake.settings.credential import CredentialMissing
from intake.settings.trello import Trello as TrelloSettings
from intake.store.cards import (
    WantedCard,
    known_to_be_locked_out,
    lock_card,
    others_made,
    record_away,
    record_made,
    record_no_card,
    record_try,
    settle_board,
)
from intake.store.database import Connection
from intake.store.queue import CARD
from intake.store.ticket_summary import load_summaries
from intake.trello.api import MadeCard, TrelloApi, TrelloAway, TrelloLockedOut, TrelloRefused
from intake.trello.place import NoPlace, Place, place_of
from routing.vocabulary import UNCLASSIFIED
from routing.waiting import next_attempt
from routing.watch.cards import (
    GAVE_UP,
    NOT_ALLOWED,
    NOT_SET_UP,
    OnTicket,
    card_of,
    mark_of,
    of_a_card,
    of_a_doubt,
    of_a_lock_out,
    of_a_refusal,
)

log = structlog.get_logger()

PATIENCE = timedelta(days=1)
SETTLE = timedelta(seconds=30)
"""Time after which an interrupted request has reached Trello or never will."""
SKEW = timedelta(minutes=10)
"""The largest expected difference between Trello's clock and ours."""
Trouble = TrelloAway | TrelloRefused | TrelloLockedOut | NoPlace
TROUBLES = (TrelloAway, TrelloRefused, TrelloLockedOut, NoPlace)


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """A card whose row this transaction has locked: nobody else makes it meanwhile."""

    context: Context
    connection: Connection
    config: ActiveConfig
    card: WantedCard
    now: datetime

    async def says(self, text: str, team_messages: TeamMessages | None = None) -> None:
        """Write a note on the ticket, and with it the messages in `letters`."""
        team_messages = team_messages or TeamMessages()
        team_messages.entries.append(note(self.card.ticket_id, text))
        await send(self.context, self.connection, team_messages)

    async def refuse(self, text: str, *, state: str = "refused") -> None:
        """Record that no card is made, and write a note that says why."""
        await record_no_card(self.connection, self.card.id, text, self.now, state=state)
        await self.says(text)

    async def again(self, at: datetime) -> None:
        await self.context.queue.put(self.connection, CARD, at=at, card=self.card.id)


async def make_card(context: Context, card: int) -> None:
    """Make the card, unless it exists. Its row stays locked until the outcome is stored."""
    config = context.config
    settings = config.settings.trello
    try:
        api = TrelloApi(settings) if settings else None
    except CredentialMissing as error:
        async with context.database.transaction() as connection:
            if making := await _taken(context, connection, config, card):
                await _trouble(making, TrelloLockedOut(str(error)))
        return
    if api is None or settings is None:
        async with context.database.transaction() as connection:
            if making := await _taken(context, connection, config, card):
                await making.refuse(of_a_refusal(making.card.spoken, NOT_SET_UP))
        return
    async with api:
        async with context.database.transaction() as connection:
            making = await _taken(context, connection, config, card)
            ready = making is not None and await _prepare(making, api, settings)
        if making is None or not ready:
            return
        before = making
        async with context.database.transaction() as connection:
            making = await _taken(context, connection, config, card)
            # Otherwise another worker has taken over the job meanwhile, and makes the card.
            if making is not None and making.card.tried_at == before.now:
                await _make(making, api, settings, look_first=before.card.tried_at is not None)


async def _taken(
    context: Context, connection: Connection, config: ActiveConfig, card: int
) -> Making | None:
    row = await lock_card(connection, card)
    if row is None:
        return None
    return Making(
        context=context, connection=connection, config=config, card=row, now=context.clock()
    )


async def _prepare(making: Making, api: TrelloApi, settings: TrelloSettings) -> bool:
    """Find the card's board and list, and record the attempt. False: do not make it now."""
    card, connection = making.card, making.connection
    if card.tried_at is not None and making.now < card.tried_at + SETTLE:
        await making.again(card.tried_at + SETTLE)
        return False
    if card.board_id is None:
        try:
            place = await place_of(api, settings, card.spoken)
        except TROUBLES as error:
            await _trouble(making, error)
            return False
        if not isinstance(place, Place):
            await making.refuse(of_a_doubt(card.spoken, place))
            return False
        if not await settle_board(
            connection, card.id, place.board.id, place.board.name, place.list_id
        ):
            await record_no_card(connection, card.id, "", making.now, state="repeated")
            return False
    await record_try(connection, card.id, making.now)
    return True


async def _make(
    making: Making, api: TrelloApi, settings: TrelloSettings, *, look_first: bool
) -> None:
    card = making.card
    assert card.board_id is not None, "the board was settled in the transaction before"
    made: MadeCard | None = None
    try:
        if look_first:
            since = card.asked_at - SKEW
            made = await api.find_card(card.board_id, mark_of(card.uid.hex), since)
        if made is None:
            zone = making.config.policy.procedure.calendar.zone
            made = await api.make_card(
                card.list_id, card_of(_on_ticket(making), settings.policy(), zone, card.uid.hex)
            )
    except TROUBLES as error:
        await _trouble(making, error)
        return
    await record_made(making.connection, card.id, made.id, made.url, making.now)
    others = await others_made(making.connection, card, card.board_id)
    await making.says(of_a_card(board=card.board, url=made.url, others=others))
    log.info("trello.card_made", ticket=card.number, looked_first=look_first)


def _on_ticket(making: Making) -> OnTicket:
    card, types = making.card, making.config.policy.procedure.sla.types
    known = types.get(card.request_type) if card.request_type != UNCLASSIFIED else None
    return OnTicket(
        number=card.number,
        title=one_line(card.title, 300),
        request_type=known.label if known else "",
        level=card.level,
        priority=card.priority,
        client=one_line(card.client, 200),
        text=card.description,
        resolution_due=card.resolution_due,
        url=card.desk_url or "",
    )


async def _trouble(making: Making, error: Trouble) -> None:
    card, why = making.card, one_line(str(error), 300)
    log.warning("trello.no_card", ticket=card.number, trouble=type(error).__name__)
    if isinstance(error, TrelloAway):
        again = next_attempt(
            card.attempts + 1, since=card.asked_at, now=making.now, patience=PATIENCE
        )
        if again is not None:
            await record_away(making.connection, card.id, why)
            await making.again(again)
            return
        await making.refuse(of_a_refusal(card.spoken, GAVE_UP.format(why=why)))
    elif isinstance(error, TrelloLockedOut):
        await _locked_out(making, why)
    elif isinstance(error, TrelloRefused):
        await making.refuse(of_a_refusal(card.spoken, NOT_ALLOWED.format(why=why)))
    else:
        await making.refuse(of_a_refusal(card.spoken, why))


async def _locked_out(making: Making, why: str) -> None:
    """Handle an invalid or missing credential: tell N0 once, and write a note on the ticket.

    N0 is told again only after a card could be made in between.
    """
    card, config = making.card, making.config
    words, team_messages = of_a_lock_out(why), TeamMessages()
    if not await known_to_be_locked_out(making.connection):
        write_to_team(
            team_messages,
            first_level(config.policy.procedure.roster),
            words,
            summary=(await load_summaries(making.connection, [card.ticket_id]))[card.ticket_id],
            received_at=card.received_at,
            config=config,
            now=making.now,
        )
    await record_no_card(making.connection, card.id, why, making.now, locked_out=True)
    await making.says(of_a_refusal(card.spoken, words.note), team_messages)
