"""The kinds of replies, whom each is for, and what each needs in addition to the ticket.

The keys of `ReplyFacts.extra`:

- `previous_number`: the closed ticket that this one is linked to
- `sender`: the address of whoever wrote
- `excerpt`: the start of what they wrote
- `desk_url`: the ticket's URL at the desk
- `reopened`: not empty if the message reopened the ticket
- `recipient`: whom a reply did not reach
- `detail`: what the server said, or with what words the desk refused a ticket
- `tried_for`: a length of time in words, if the server did not refuse the reply but put it off
- `failure`: the argument for `intake failed show`
- `reason`: why a message failed; for an escalation, why it was made
- `source`, `subject`: the message that failed
- `level_before`, `owner_before`: who had a ticket that was escalated
- `date`, `date_before`: what a ticket is scheduled for, in words
- `what`, `todo`: what happened on a ticket, and what its people should do
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyKind:
    """One kind of reply. `extra` and `optional` name the keys of `ReplyFacts.extra`."""

    name: str
    audience: Literal["client", "desk"]
    numbered: bool = True
    """Whether the subject must contain the ticket's number, so that answers find the ticket."""
    always_ticket: bool = True
    """False if a numbered kind may also be about no ticket; then it has no number."""
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
        # Its alarms are in `ReplyFacts.alarms`. An alarm about several tickets has no number.
        ReplyKind(name="alarm", audience="desk", always_ticket=False),
        # Its sections are in `ReplyFacts.digest`.
        ReplyKind(name="digest", audience="desk", numbered=False),
        ReplyKind(name="desk-refused", audience="desk", extra=("detail",), optional=("desk_url",)),
    )
}
"""Every kind that the daemon sends. Each has a template in every shipped language."""
