"""The kinds of reply, whom each is for, and what it needs beside the ticket.

The keys of `ReplyFacts.extra`: `previous_number`, the closed ticket that this one is linked to;
`sender`, the address of whoever wrote; `excerpt`, the start of what they wrote; `desk_url`, where
the ticket stands at the desk; `reopened`, not empty where the message reopened it; `recipient` and
`detail`, whom a reply did not reach and what the server said, or with what words the desk refused a
ticket; `tried_for`, a length of time in words, where the server did not refuse it but put it off;
`failure`, what `intake failed show` takes; `reason`, `source` and `subject`, why a message failed,
and which it was; `level_before` and `owner_before`, who had a ticket that was escalated, and there
`reason`, why it was; `date` and `date_before`, what a ticket is scheduled for, in words; `what` and
`todo`, what happened on a ticket and what its people should do.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyKind:
    """One kind of reply. `extra` and `optional` name the keys of `ReplyFacts.extra`."""

    name: str
    audience: Literal["client", "desk"]
    numbered: bool = True
    """True where the subject must carry the ticket's number, so that answers find it."""
    always_ticket: bool = True
    """False where a numbered kind may also be about no ticket, and then has no number."""
    extra: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


KINDS: dict[str, ReplyKind] = {
    kind.name: kind
    for kind in (
        ReplyKind(name="acknowledgement", audience="client"),
        ReplyKind(name="reopened", audience="client"),
        ReplyKind(name="linked", audience="client", extra=("previous_number",)),
        ReplyKind(name="received", audience="client"),
        ReplyKind(name="scheduled", audience="client", extra=("date",)),
        ReplyKind(name="deadline-moved", audience="client", extra=("date", "date_before")),
        ReplyKind(name="closed-done", audience="client"),
        ReplyKind(name="closed-cancelled", audience="client"),
        ReplyKind(name="greeting", audience="client", numbered=False),
        ReplyKind(
            name="owner-reply",
            audience="desk",
            optional=("sender", "excerpt", "desk_url", "reopened"),
        ),
        ReplyKind(
            name="escalated",
            audience="desk",
            extra=("level_before",),
            optional=("owner_before", "reason", "desk_url"),
        ),
        ReplyKind(
            name="undeliverable",
            audience="desk",
            extra=("recipient", "detail"),
            optional=("desk_url", "tried_for"),
            always_ticket=False,
        ),
        ReplyKind(
            name="failed",
            audience="desk",
            numbered=False,
            extra=("failure", "reason"),
            optional=("source", "sender", "subject"),
        ),
        ReplyKind(
            name="attention", audience="desk", extra=("what", "todo"), optional=("desk_url",)
        ),
        # Its alarms stand in `ReplyFacts.alarms`; several tickets' have no number of their own.
        ReplyKind(name="alarm", audience="desk", always_ticket=False),
        # Its sections stand in `ReplyFacts.digest`.
        ReplyKind(name="digest", audience="desk", numbered=False),
        ReplyKind(name="desk-refused", audience="desk", extra=("detail",), optional=("desk_url",)),
    )
}
"""Every kind that the daemon sends; each has a template in every shipped language."""
