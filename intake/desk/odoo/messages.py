"""What was said on a ticket, as `mail.message`.

They are created as records, not posted: so Odoo notifies nobody, and a repeat creates nothing.
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
"""A note is doubly internal: by its subtype, and by itself. No client's portal shows it."""
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

    What a client wrote is theirs alone: by their contact, or by an address that is nobody's.
    """
    by_client = entry.kind == "message"
    sender = mailbox(entry.author, entry.author_name) or "?"
    # Odoo's default is its own user's contact, and costs no look at it for every row.
    written_by = {"author_id/.id": str(author.partner_id or "") or False} if by_client else {}
    return {
        "model": model,
        "res_id": str(record),
        "body": entry.body_html,
        **KINDS[entry.kind],
        "email_from": sender if by_client else mailbox(entry.author, entry.author_name),
        **written_by,
        "date": instant(entry.at),
        # Nothing is ever sent from it; left out, Odoo would work one out, as long as all the rest.
        "reply_to": False,
        "attachment_ids/.id": ",".join(map(str, files)) or False,
    }
