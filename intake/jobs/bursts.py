"""Bursts: short messages that a person sends in a row are triaged together.

A burst is triaged once its sender has written nothing for `conversations.quiet_seconds`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.ports.messages import StoredMessage
from intake.store.claims import release
from intake.store.database import Connection
from routing.burst import BURSTING, fold, ready_at
from routing.message import Message
from routing.reception import GREETING, surroundings

log = structlog.get_logger()

AGAIN = timedelta(seconds=3)
"""Delay before the next check whether a burst's files have been fetched."""
A_MOMENT = timedelta(seconds=1)
"""The shortest delay before the next check: the database's clock may be ahead of ours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What triage decides on as one: a message, or a burst folded into one message."""

    stored: StoredMessage
    """The first message of the burst."""
    message: Message
    """What was read from it, or from all messages of the burst."""
    rest: tuple[tuple[StoredMessage, Message], ...] = ()
    """The further messages of the burst."""


async def whole_bursts(
    context: Context,
    claimed: Sequence[StoredMessage],
    given: Collection[int],
    *,
    ended: bool = False,
) -> list[StoredMessage]:
    """Return the claimed messages that can be triaged now.

    Messages of a burst that may still go on are released, and a job is queued for them where no
    other job will come. `claimed` must hold all waiting messages of a conversation; `given` are
    the ids in the current job. `ended`: no burst goes on, so all messages are returned.
    """
    talks: dict[str, list[StoredMessage]] = {}
    for each in claimed:
        if each.channel in BURSTING:
            talks.setdefault(each.thread, []).append(each)
    if not talks:
        return list(claimed)
    async with context.database.transaction() as connection:
        return await _ripe(context, connection, claimed, talks, given, ended=ended)


async def _ripe(
    context: Context,
    connection: Connection,
    claimed: Sequence[StoredMessage],
    talks: Mapping[str, list[StoredMessage]],
    given: Collection[int],
    *,
    ended: bool,
) -> list[StoredMessage]:
    found = [each for each in claimed if each.channel not in BURSTING]
    now = context.clock()
    for talk in talks.values():
        files_pending = any(file.state == "waiting" for each in talk for file in each.files)
        at = _ready_at(talk, context, now, files_pending=files_pending)
        if ended or at <= now:
            found += talk
            continue
        await release(connection, [each.id for each in talk], context.run.id)
        if _nobody_else_comes(talk, given) or at < _silent_at(talk, context.config):
            again = min(at, now + AGAIN) if files_pending else at
            await context.queue.triage_bursts(connection, [talk[-1].id], max(again, now + A_MOMENT))
    return found


def _ready_at(
    talk: Sequence[StoredMessage], context: Context, now: datetime, *, files_pending: bool
) -> datetime:
    config = context.config
    settings = config.settings.conversations
    longest = timedelta(seconds=settings.max_seconds)
    talking = all("under_way" in each.details for each in talk)
    if talking and config.settings.twilio and config.settings.twilio.voice:
        # A call is going on: its recording and the caller's details arrive when it ends.
        longest += timedelta(seconds=config.settings.twilio.voice.max_seconds)
    at = partial(
        ready_at,
        [each.received_at for each in talk],
        silence=timedelta(seconds=settings.quiet_seconds),
        longest=longest,
        files_pending=files_pending or talking,
    )
    # Reading and classifying is costly: check for a mere greeting only if it changes the result.
    may_matter = at() <= now < at(only_greets=True)
    return at(only_greets=may_matter and _only_greet(talk, context, now))


def _silent_at(talk: Sequence[StoredMessage], config: ActiveConfig) -> datetime:
    """When the last message's own job runs."""
    silence = timedelta(seconds=config.settings.conversations.quiet_seconds)
    return talk[-1].received_at + silence


def _only_greet(talk: Sequence[StoredMessage], context: Context, now: datetime) -> bool:
    config = context.config
    policy = config.policy
    try:
        message = fold(
            [context.read(each, config.settings.mail, policy.own_addresses) for each in talk]
        )
    except Exception:
        # Triage marks an unreadable message as failed, so triage it now.
        log.warning("burst.unreadable", message=talk[0].id, exc_info=True)
        return False
    classification = policy.rules.classify(message, surroundings(policy, now))
    return not classification.opens_ticket and GREETING in classification.tags


def _nobody_else_comes(talk: Sequence[StoredMessage], given: Collection[int]) -> bool:
    """Whether the current job is the burst's last: every message has a job of its own."""
    return talk[-1].id in given


def units(pairs: Sequence[tuple[StoredMessage, Message]]) -> list[Unit]:
    """Fold the messages of each burst into one unit, at the place of its first message.

    Messages that are on a ticket already and are triaged again are kept apart from new ones.
    """
    groups: dict[tuple[str, int | None], list[tuple[StoredMessage, Message]]] = {}
    for stored, message in pairs:
        together = stored.thread if stored.channel in BURSTING else stored.key
        groups.setdefault((together, stored.ticket_id), []).append((stored, message))
    return [
        Unit(stored=some[0][0], message=fold([m for _, m in some]), rest=tuple(some[1:]))
        for some in groups.values()
    ]
