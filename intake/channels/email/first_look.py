"""Decides how to treat mail that was in a mailbox before the daemon first looked into it.

Only mail that arrives after the first look is answered, unless the settings say otherwise. The time
of that look is stored before any mail is. A mail's age is that of its arrival (INTERNALDATE,
RFC 3501, 2.3.3; in a Maildir the file's time), never that of the Date header, which the sender
writes.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

import structlog

from intake.ports.arrivals import Cursor
from intake.settings.listeners import ImportExisting

log = structlog.get_logger(__name__)

CLOCKS_DIFFER = timedelta(hours=1)
"""Maximum difference between a mail server's clock and ours.

A message that appears in a folder after the first look, but is dated earlier than that look by more
than this, was moved there and is old.
"""


class Treatment(Enum):
    """How a message is stored."""

    AS_NEW = auto()
    SILENTLY = auto()
    """It becomes a ticket, but nobody is answered."""
    NOT_AT_ALL = auto()


def in_folder(
    cursor: Cursor, uid: int, received_at: datetime | None, wanted: ImportExisting
) -> Treatment:
    """How to treat a message in an IMAP folder. `received_at` is its INTERNALDATE, if known."""
    if not _was_there(cursor, uid, received_at):
        return Treatment.AS_NEW
    return _of_existing(cursor, received_at, wanted, tolerance=CLOCKS_DIFFER)


def in_maildir(cursor: Cursor, modified_at: datetime, wanted: ImportExisting) -> Treatment:
    """How to treat a file in a Maildir. `looked_at` and `modified_at` are by the same clock."""
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
    # The server assigned new UIDs: only its dates tell what was there at the look.
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
    # The database was restored, and may have lost what came since the very first look.
    left_out = received_at is not None and received_at < first - tolerance
    return Treatment.NOT_AT_ALL if left_out else Treatment.SILENTLY


_MEANS = {
    ImportExisting.SILENT: "become tickets, nobody is answered and no alarm rings",
    ImportExisting.NO: "are left alone",
    ImportExisting.ACKNOWLEDGE: "become tickets and every sender is answered",
}


def in_words(messages: int, wanted: ImportExisting) -> str:
    """One line for operators: what is done with the messages that exist at the first start."""
    there = (
        f'messages already there: {messages}; they {_MEANS[wanted]} (import_existing = "{wanted}")'
        if messages
        else "no message is there yet"
    )
    return f"{there}; what arrives from then on is answered"


def announce(source: str, messages: int, wanted: ImportExisting) -> None:
    """Log the first look, and print one line if there are any messages."""
    log.info("listener.first_look", source=source, messages=messages, import_existing=wanted.value)
    if messages:
        print(f"{source}: first start: {in_words(messages, wanted)}", flush=True)
