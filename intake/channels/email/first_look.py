"""Which mail was there before we first looked, and what becomes of it.

Only what arrives after the first look into a mailbox is answered. The instant of that look is in
the journal before anything is taken in. Age is the arrival (INTERNALDATE, RFC 3501, 2.3.3; the time
of a Maildir's file), never the Date header, which the sender writes.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

import structlog

from intake.ports.arrivals import Cursor
from intake.settings.listeners import ImportExisting

log = structlog.get_logger(__name__)

CLOCKS_DIFFER = timedelta(hours=1)
"""By how much a mail server's clock may differ from ours. A message that came into a folder after
the first look, but by its date this long before it, was moved there and is old."""


class Treatment(Enum):
    """How a message is taken in."""

    AS_NEW = auto()
    SILENTLY = auto()
    """As a ticket, but nobody is answered."""
    NOT_AT_ALL = auto()


def in_folder(
    cursor: Cursor, uid: int, received_at: datetime | None, wanted: ImportExisting
) -> Treatment:
    """Of a message in an IMAP folder. `received_at` is its INTERNALDATE, where it is known."""
    if not _was_there(cursor, uid, received_at):
        return Treatment.AS_NEW
    return _of_existing(cursor, received_at, wanted, tolerance=CLOCKS_DIFFER)


def in_maildir(cursor: Cursor, modified_at: datetime, wanted: ImportExisting) -> Treatment:
    """Of a file in a Maildir. The look's instant is by the same clock as `modified_at`."""
    if cursor.looked_at is None or modified_at >= cursor.looked_at:
        return Treatment.AS_NEW
    return _of_existing(cursor, modified_at, wanted, tolerance=timedelta())


def _was_there(cursor: Cursor, uid: int, received_at: datetime | None) -> bool:
    if uid <= cursor.first_uid:
        return True
    if cursor.looked_at is None or received_at is None:
        return False
    if received_at < cursor.looked_at - CLOCKS_DIFFER:
        return True
    # New UIDs were given out: only the server's own dates tell what was there at the look.
    renumbered, newest = cursor.first_uid == 0, cursor.newest_existing
    return renumbered and newest is not None and received_at <= newest


def _of_existing(
    cursor: Cursor, received_at: datetime | None, wanted: ImportExisting, *, tolerance: timedelta
) -> Treatment:
    if wanted is ImportExisting.ACKNOWLEDGE:
        return Treatment.AS_NEW
    if wanted is ImportExisting.SILENT:
        return Treatment.SILENTLY
    first = cursor.first_look_at
    if first is None or cursor.looked_at == first:
        return Treatment.NOT_AT_ALL
    # The database was restored: what came since the very first look may have been lost with it.
    left_out = received_at is not None and received_at < first - tolerance
    return Treatment.NOT_AT_ALL if left_out else Treatment.SILENTLY


_MEANS = {
    ImportExisting.SILENT: "become tickets, nobody is answered and no alarm rings",
    ImportExisting.NO: "are left alone",
    ImportExisting.ACKNOWLEDGE: "become tickets and every sender is answered",
}


def in_words(messages: int, wanted: ImportExisting) -> str:
    """What becomes of the messages that are there at the first start, in one line."""
    there = (
        f'messages already there: {messages}; they {_MEANS[wanted]} (import_existing = "{wanted}")'
        if messages
        else "no message is there yet"
    )
    return f"{there}; what arrives from then on is answered"


def announce(source: str, messages: int, wanted: ImportExisting) -> None:
    """Log the first look, and say it in one plain line where there is anything to say."""
    log.info("listener.first_look", source=source, messages=messages, import_existing=wanted.value)
    if messages:
        print(f"{source}: first start: {in_words(messages, wanted)}", flush=True)
