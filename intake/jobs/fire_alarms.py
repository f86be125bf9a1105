"""The job `fire_alarms`: tell people of the alarms that are due, in one message for each person.

The record that an alarm fired, and the messages about it, are written in one transaction. So no
alarm is told twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from intake.actions.escalate import escalate_in
from intake.active_config import ActiveConfig
from intake.context import Context
from intake.notify.acknowledgements import reply_facts
from intake.notify.alarms import queue_for_next_alarm, recompute_alarms, write_alarms
from intake.notify.notes import note
from intake.notify.staff import LANGUAGE, TeamMessages, add_message, send, ways_to
from intake.replies.facts import AlarmFacts, ReplyFacts
from intake.settings.model import Settings
from intake.store import alarms as journal
from intake.store.database import Connection
from intake.store.desk_activities import TodoRow
from routing.roster import NoHigherLevel, UnknownLevel
from routing.roster.person import Way
from routing.vocabulary import Channel
from routing.watch.alarms import Alarm, AlarmKind, still_holds
from routing.watch.audience import URGENT, Told, audience
from routing.watch.state import TicketState
from routing.watch.todos import SUMMARIES

log = structlog.get_logger()

KIND = "alarm"
MOST = 2_000
"""Alarms in one transaction."""
MOST_TOLD = 20
"""At most this many alarms in one message, the gravest first; `intake alarms --fired` lists all."""
WHY_ESCALATED = "o prazo de solução venceu"

_GRAVITY = {kind: number for number, kind in enumerate(AlarmKind)}


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredAlarm:
    """An alarm that fires, with its ticket's state and the people to tell."""

    alarm: Alarm
    state: TicketState
    told: tuple[Told, ...]


async def fire_alarms(context: Context, *, recompute: bool = False) -> None:
    """Fire all alarms that are due now, and queue the job for the next one.

    `wind`: first compute all alarms again if the settings have changed.
    """
    if not context.config.settings.watch.enabled:
        return
    if recompute:
        await recompute_alarms(context)
    while await _ring_some(context):
        pass
    await queue_for_next_alarm(context)


async def _ring_some(context: Context) -> bool:
    """Fire up to `MOST` alarms; none outside opening hours. Returns whether more may be due."""
    config, now = context.config, context.clock()
    calendar = config.policy.procedure.calendar
    if not calendar.is_open(now):
        return False
    async with context.database.transaction() as connection:
        await journal.lock_firing(connection)
        due = await journal.take_due(connection, now, MOST)
        if not due:
            return False
        ids = {alarm.ticket_id for alarm in due}
        states = await journal.load_states(connection, ids)
        fired = _holding(due, states, config, now)
        await journal.mark_fired(
            connection,
            [(each.alarm, [told.person.login for told in each.told]) for each in fired],
            at=now,
        )
        await send(context, connection, letters_of(fired, config, now))
        if config.settings.watch.alarms().escalate_breach:
            await _escalate(context, connection, fired)
        # Sets the next reminders, and removes or moves alarms that no longer hold.
        await write_alarms(connection, ids, config)
    for each in fired:
        context.metrics.fired(each.alarm.kind.value, (now - each.alarm.due_at).total_seconds())
    log.info("alarms.fired", alarms=len(fired), overtaken=len(due) - len(fired))
    return len(due) == MOST


def _holding(
    due: Sequence[Alarm], states: Mapping[int, TicketState], config: ActiveConfig, now: datetime
) -> list[FiredAlarm]:
    procedure, policy = config.policy.procedure, config.settings.watch.alarms()
    return [
        FiredAlarm(
            alarm=alarm,
            state=states[alarm.ticket_id],
            told=audience(
                alarm.kind,
                states[alarm.ticket_id],
                roster=procedure.roster,
                calendar=procedure.calendar,
                at=now,
            ),
        )
        for alarm in sorted(due, key=lambda each: (_GRAVITY[each.kind], each.due_at))
        if still_holds(alarm, states[alarm.ticket_id], procedure.calendar, policy)
    ]


def letters_of(fired: Sequence[FiredAlarm], config: ActiveConfig, now: datetime) -> TeamMessages:
    """Compose one message for each person, and notes or to-dos for those told at the desk."""
    team_messages = TeamMessages()
    at_the_desk: dict[int, dict[AlarmKind, list[Told]]] = {}
    by_person: dict[str, list[tuple[FiredAlarm, Told]]] = {}
    for each in fired:
        for told in each.told:
            by_person.setdefault(told.person.login, []).append((each, told))
    for told_of in by_person.values():
        person = told_of[0][1].person
        facts = _facts(told_of, config, now)
        tickets = {each.alarm.ticket_id for each, _ in told_of}
        ticket_id = tickets.pop() if len(tickets) == 1 else None
        urgencies = {each.alarm.kind in URGENT for each, _ in told_of}
        ways = {
            route.way: route
            for urgent in sorted(urgencies)
            for route in ways_to(person, config, now, urgent=urgent)
        }
        for way, route in ways.items():
            if way is not Way.ODOO:
                add_message(team_messages, person, KIND, route, facts, ticket_id, config)
                continue
            for each, told in told_of:
                kinds = at_the_desk.setdefault(each.alarm.ticket_id, {})
                kinds.setdefault(each.alarm.kind, []).append(told)
    for each in fired:
        told_there = at_the_desk.get(each.alarm.ticket_id, {}).get(each.alarm.kind)
        if not told_there:
            continue
        if has_todos(config.settings):
            team_messages.todos += _todos(each, told_there, config, now)
        else:
            team_messages.entries.append(
                note(each.alarm.ticket_id, _note(each, told_there, config, now))
            )
    return team_messages


def has_todos(settings: Settings) -> bool:
    """Whether alarms are to-dos at the desk rather than notes."""
    return settings.desk.backend == "odoo" and settings.odoo.alarms == "activity"


def _todos(
    fired: FiredAlarm, told: Sequence[Told], config: ActiveConfig, now: datetime
) -> Iterator[TodoRow]:
    """The to-dos of one alarm: one for each person."""
    zone = config.policy.procedure.calendar.zone
    for each in told:
        yield TodoRow(
            ticket_id=fired.alarm.ticket_id,
            kind=fired.alarm.kind,
            login=each.person.login,
            summary=SUMMARIES[fired.alarm.kind].format(number=fired.state.number),
            body=_words(fired, each, config, now),
            due_on=now.astimezone(zone).date(),
        )


def _note(fired: FiredAlarm, told: Sequence[Told], config: ActiveConfig, now: datetime) -> str:
    """The note's text: whom it is for, what is at stake and what they are asked to do."""
    lines = []
    for role in dict.fromkeys(each.role for each in told):
        these = [each for each in told if each.role is role]
        names = ", ".join(f"@{each.person.name}" for each in these)
        lines.append(f"{names}: {_words(fired, these[0], config, now)}")
    return "\n".join(lines)


def _words(fired: FiredAlarm, told: Told, config: ActiveConfig, now: datetime) -> str:
    facts = _around(config, now, (_of(fired, told, config, url=False),))
    return config.templates.compose(KIND, Channel.CHAT, LANGUAGE, facts).text.strip()


def _facts(
    told_of: Sequence[tuple[FiredAlarm, Told]], config: ActiveConfig, now: datetime
) -> ReplyFacts:
    alarms = tuple(_of(each, told, config) for each, told in told_of[:MOST_TOLD])
    person, more = told_of[0][1].person, len(told_of) - len(alarms)
    facts = _around(config, now, alarms)
    only = alarms[0] if len(told_of) == 1 else None
    return replace(
        facts,
        requester_name=person.name,
        more_alarms=more,
        number=only.number if only else "",
        title=only.title if only else "",
    )


def _around(config: ActiveConfig, now: datetime, alarms: tuple[AlarmFacts, ...]) -> ReplyFacts:
    facts = reply_facts(config, now, None, requester_name="", received_at=now, extra={})
    return replace(facts, alarms=alarms)


def _of(fired: FiredAlarm, told: Told, config: ActiveConfig, *, url: bool = True) -> AlarmFacts:
    state = fired.state
    owner = config.policy.procedure.roster.person(state.owner) if state.owner else None
    return AlarmFacts(
        kind=fired.alarm.kind.value,
        about=fired.alarm.about,
        since=state.owned_since,
        role=told.role.value,
        number=state.number,
        title=state.title,
        owner_name=owner.name if owner else state.owner or "",
        level=state.level,
        instead_of=told.instead_of.name if told.instead_of else "",
        desk_url=state.desk_url or "" if url else "",
    )


async def _escalate(context: Context, connection: Connection, fired: Sequence[FiredAlarm]) -> None:
    """Escalate tickets whose resolution is overdue; those on the last level stay there."""
    for each in fired:
        if each.alarm.kind is not AlarmKind.RESOLUTION_BREACH:
            continue
        try:
            await escalate_in(context, connection, each.state.number, WHY_ESCALATED)
        except (NoHigherLevel, UnknownLevel) as error:
            log.info("alarms.not_escalated", ticket=each.state.number, reason=str(error))
