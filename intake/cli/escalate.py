"""`intake tickets escalate`: hands a ticket to another level without changing its due times."""

import click

from intake.actions.escalate import escalate_ticket
from intake.app.opening import opened
from intake.settings.model import Settings
from routing.roster import Escalation


class NotEscalated(click.ClickException):
    """The answer is no: one line, exit code 1."""

    exit_code = 1


async def escalated(
    settings: Settings, number: str, why: str, *, to: str | None = None
) -> Escalation:
    """See `escalate_ticket`."""
    async with opened(settings) as application:
        return await escalate_ticket(application.context, number, why, to=to)


def escalation_as_json(number: str, done: Escalation) -> dict[str, object]:
    """The output of `--json`."""
    due = done.resolution_due
    return {
        "number": number,
        "from": {"level": done.level_before, "owner": done.owner_before},
        "to": {"level": done.assignment.level, "owner": done.assignment.owner},
        "reason": done.assignment.reason,
        "why": done.why,
        "first_response_due": done.first_response_due.isoformat(),
        "resolution_due": due.isoformat() if due else None,
    }
