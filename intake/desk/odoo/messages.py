"""Messages and notes on a ticket, as `mail.message`.

They are created as records, not posted, so that Odoo notifies nobody and a repeated call creates
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from intake.desk.odoo.partners import ClientMatch
from intake.desk.odoo.ticket_rows import instant, mailbox
from intake.ports.desk import DeskEntry

MODEL = "mail.message"

CLIENT = {"message_type": "email", "subtype_id/id": "mail.mt_comment", "is_internal": "0"}
OURS = {"message_type": "comment", "subtype_id/id": "mail.mt_comment", "is_internal": "0"}
NOTE = {"message_type": "comment", "subtype_id/id": "mail.mt_note", "is_internal": "1"}
"""A note is marked internal twice, by its subtype and by `is_internal`, so that no client's portal
shows it."""
KINDS = {"message": CLIENT, "reply": OURS, "note": NOTE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Ourselves:
    """The daemon's own user in Odoo."""

    user: int
    partner: int


def message_row(
    entry: DeskEntry,
    *,
    model: str,
    record: int,
    author: ClientMatch,
    files: Sequence[int],
) -> dict[str, Any]:
    """The row of an entry, by `load`'s columns.

    A client's message is attributed to the client's contact, or to an address without a contact;
    never to our user.
    """
    by_client = entry.kind == "message"
    sender = mailbox(entry.author, entry.author_name) or "?"
    # For our own entries Odoo's default, our user's contact, is right and saves a look-up per row.
    written_by = {"author_id/.id": str(author.partner_id or "") or False} if by_client else {}
    return {
        "model": model,
        "res_id": str(record),
        "body": entry.body_html,
        **KINDS[entry.kind],
        "email_from": sender if by_client else mailbox(entry.author, entry.author_name),
        **written_by,
        "date": instant(entry.at),
        # The message is never sent. Without a value Odoo computes one, which takes as long as
        # everything else.
        "reply_to": False,
        "attachment_ids/.id": ",".join(map(str, files)) or False,
    }
