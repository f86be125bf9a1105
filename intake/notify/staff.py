"""Messages to people of the team, by the ways that the roster gives for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.notify.acknowledgements import reply_row
from intake.notify.outbox import Outbox
from intake.replies.facts import ReplyFacts
from intake.store.batch import Batch, EntryRow, ReplyRow
from intake.store.database import Connection
from intake.store.desk_activities import TodoRow, add_todos
from routing.roster import Person
from routing.roster.person import Way
from routing.vocabulary import Channel
from routing.watch.audience import Route, routes

LANGUAGE = "pt-BR"
CHANNELS: Mapping[Way, Channel] = {Way.EMAIL: Channel.EMAIL, Way.WHATSAPP: Channel.WHATSAPP}


@dataclass(kw_only=True, slots=True)
class TeamMessages:
    """Replies, entries and to-dos to write into the store, by which people are told."""

    replies: list[ReplyRow] = field(default_factory=list)
    entries: list[EntryRow] = field(default_factory=list)
    todos: list[TodoRow] = field(default_factory=list)
    later: dict[str, datetime] = field(default_factory=dict)
    """Reply uid → the instant before which it is not sent."""


def ways_to(
    person: Person, config: ActiveConfig, at: datetime, *, urgent: bool = False
) -> tuple[Route, ...]:
    """The ways by which a person is told, of those that the settings make possible."""
    available = {Way.ODOO, Way.EMAIL}
    if config.settings.twilio is not None:
        available.add(Way.WHATSAPP)
    calendar = config.policy.procedure.calendar
    return routes(person, at=at, calendar=calendar, available=available, urgent=urgent)


def add_message(
    team_messages: TeamMessages,
    person: Person,
    kind: str,
    route: Route,
    facts: ReplyFacts,
    ticket_id: int | None,
    config: ActiveConfig,
) -> None:
    """Add a message to a person, by mail or WhatsApp."""
    row = reply_row(
        config,
        kind=kind,
        facts=facts,
        ticket_id=ticket_id,
        recipient=(person.email if route.way is Way.EMAIL else person.phone, person.name),
        language=LANGUAGE,
        channel=CHANNELS[route.way],
    )
    team_messages.replies.append(row)
    if route.at > facts.now:
        team_messages.later[str(row.uid)] = route.at


async def send(context: Context, connection: Connection, team_messages: TeamMessages) -> None:
    """Write all of it. It is sent, and synced to the desk, when the transaction ends."""
    if team_messages.todos:
        await add_todos(connection, team_messages.todos, at=context.clock())
    await Outbox(context, connection).write(
        Batch(replies=team_messages.replies, entries=team_messages.entries),
        later=team_messages.later,
        also_sync={todo.ticket_id for todo in team_messages.todos},
    )
