"""The job `digest`: mail each level its digest, on the morning of each business day.

The record that a level's digest was written, and its mails, are one transaction. So everybody gets
it once, also with several daemons and after a crash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.notify.acknowledgements import reply_facts
from intake.notify.digest_schedule import morning_of, wait_for_morning
from intake.notify.staff import TeamMessages, add_message, send
from intake.replies.facts import DigestLine, DigestSection, ReplyFacts
from intake.store.database import Connection
from intake.store.digests import open_tickets, record_written
from routing.roster import Person, Roster
from routing.roster.person import Way
from routing.vocabulary import Priority
from routing.watch.audience import Route
from routing.watch.digest import DigestTicket, Line, Section, digest, for_level

log = structlog.get_logger()

KIND = "digest"


async def write_digests(context: Context) -> None:
    """Write this morning's digest for each level that has not got it, and queue the next job.

    A digest that an outage delayed still goes out on its day, but not on a later one.
    """
    now, config = context.clock(), context.config
    due = morning_of(config, now)
    async with context.database.transaction() as connection:
        if due is not None and due <= now:
            await _write_all(context, connection)
        await wait_for_morning(context, connection)


async def _write_all(context: Context, connection: Connection) -> None:
    now, config = context.clock(), context.config
    roster, calendar = config.policy.procedure.roster, config.policy.procedure.calendar
    day = now.astimezone(calendar.zone).date()
    readers = readers_of(roster)
    wanted = [level for level in readers if await record_written(connection, day, level, at=now)]
    tickets = await open_tickets(connection) if wanted else []
    team_messages = TeamMessages()
    for level in wanted:
        sections = sections_for(level, tickets, config, at=now)
        if not sections:
            continue
        facts = _facts(sections, level, config, now)
        for person in readers[level]:
            theirs = replace(facts, requester_name=person.name)
            add_message(
                team_messages, person, KIND, Route(way=Way.EMAIL, at=now), theirs, None, config
            )
    await send(context, connection, team_messages)
    if wanted:
        log.info("digest.written", levels=len(wanted), mails=len(team_messages.replies))


def readers_of(roster: Roster) -> dict[str, list[Person]]:
    """Level → who gets its digest by mail.

    A person on several levels gets one digest, the widest: the first and the last level's have all
    tickets, the others those of their level.
    """
    first, last = roster.levels[0], roster.levels[-1]
    order = dict.fromkeys((first, last, *roster.levels))
    told: set[str] = set()
    found: dict[str, list[Person]] = {}
    for level in order:
        people = [each for each in roster.on(level) if each.email and each.login not in told]
        told |= {each.login for each in people}
        found[level] = people
    return found


def sections_for(
    level: str, tickets: Iterable[DigestTicket], config: ActiveConfig, *, at: datetime
) -> tuple[Section, ...]:
    """The sections of a level's digest."""
    procedure = config.policy.procedure
    return digest(
        for_level(tickets, level, procedure.roster.levels),
        now=at,
        calendar=procedure.calendar,
        policy=config.settings.watch.digest.build(),
    )


def _facts(
    sections: Sequence[Section], level: str, config: ActiveConfig, now: datetime
) -> ReplyFacts:
    facts = reply_facts(config, now, None, requester_name="", received_at=now, extra={})
    roster = config.policy.procedure.roster
    return replace(facts, level=level, digest=tuple(_section(each, roster) for each in sections))


def _section(section: Section, roster: Roster) -> DigestSection:
    return DigestSection(
        topic=section.topic.value,
        total=section.total,
        lines=tuple(_line(each, roster) for each in section.lines),
    )


def _line(line: Line, roster: Roster) -> DigestLine:
    state = line.ticket.state
    owner = roster.person(state.owner) if state.owner else None
    return DigestLine(
        number=state.number,
        at=line.at,
        title=state.title,
        owner_name=owner.name if owner else state.owner or "",
        level=state.level,
        urgent=state.priority is Priority.HIGH,
        desk_url=state.desk_url or "",
    )
