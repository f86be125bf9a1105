"""Internal notes that Central Intake itself writes on tickets. They never reach a client."""

from intake.ports.description import paragraphs
from intake.store.batch import EntryRow

AUTHOR = "Central Intake"


def note(ticket_id: int, text: str) -> EntryRow:
    """An internal note. `text` is plain and may be untrusted: the desk gets it escaped."""
    return EntryRow(
        ticket_id=ticket_id, kind="note", author=AUTHOR, body=text, body_html=paragraphs(text)
    )
