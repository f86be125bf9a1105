"""What a person writes in a row is triaged as a whole: all of it, once they have been silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.journal.database import Connection
from intake.journal.messages import StoredMessage, load_messages
from intake.settings.conversations import Conversations
from intake.work.context import Context
from routing.burst import BURSTING, fold, ready_at
from routing.message import Message

AGAIN = timedelta(seconds=3)
"""After which we look again whether a file has come."""
OF_A_TALK = """
    SELECT id FROM messages WHERE thread = %s AND channel = ANY(%s) AND state = 'new' ORDER BY id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What is decided as one: a message, or several folded into one."""

    stored: StoredMessage
    """The first."""
    message: Message
    rest: tuple[tuple[StoredMessage, Message], ...] = ()


async def whole_talks(
    context: Context, connection: Connection, waiting: Sequence[StoredMessage]
) -> list[StoredMessage]:
    """Short messages are left to wait, or joined by all others of their conversation."""
    found = [each for each in waiting if each.channel not in BURSTING]
    settings, now = context.in_force.settings.conversations, context.clock()
    for conversation in dict.fromkeys(e.thread for e in waiting if e.channel in BURSTING):
        talk = await _talk(connection, conversation)
        if not talk:
            continue
        at = _ready_at(talk, settings)
        if at <= now:
            found += talk
        elif _nobody_else_comes(talk, waiting):
            await context.queue.triage_talk(
                connection, conversation, talk[-1].id, min(at, now + AGAIN)
            )
    return found


async def _talk(connection: Connection, conversation: str) -> list[StoredMessage]:
    channels = [channel.value for channel in BURSTING]
    cursor = await connection.execute(OF_A_TALK, [conversation, channels])
    return await load_messages(connection, [row["id"] async for row in cursor])


def _ready_at(talk: Sequence[StoredMessage], settings: Conversations) -> datetime:
    return ready_at(
        [each.received_at for each in talk],
        silence=timedelta(seconds=settings.silence),
        longest=timedelta(seconds=settings.longest),
        files_pending=any(file.state == "waiting" for each in talk for file in each.files),
    )


def _nobody_else_comes(talk: Sequence[StoredMessage], waiting: Sequence[StoredMessage]) -> bool:
    """Every message has a job of its own; the last one's is ours where we were given it."""
    return talk[-1].id in {each.id for each in waiting}


def units(pairs: Sequence[tuple[StoredMessage, Message]]) -> list[Unit]:
    """Those of one conversation folded into one, in the place of its first."""
    groups: dict[str, list[tuple[StoredMessage, Message]]] = {}
    for stored, message in pairs:
        alone = stored.channel not in BURSTING
        groups.setdefault(stored.key if alone else stored.thread, []).append((stored, message))
    return [
        Unit(stored=some[0][0], message=fold([m for _, m in some]), rest=tuple(some[1:]))
        for some in groups.values()
    ]
