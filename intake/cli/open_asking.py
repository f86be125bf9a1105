"""The questions of `intake open` at a terminal, with derived values as defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from intake.active_config import build_config
from intake.cli.rules_chosen import surroundings_of
from intake.content.requester import RequesterUnreadable, requester
from intake.ports.manual_request import LONGEST_TEXT
from intake.settings.model import Settings
from routing.message import Message
from routing.roster import Load
from routing.stated import PRIORITIES
from routing.triage import triage
from routing.vocabulary import Channel

PRIORITY_NAMES = [each for each in PRIORITIES if each in ("high", "medium", "low")]


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """The values from the command line and from the answers."""

    text: str
    title: str
    requester: str
    fields: Mapping[str, str]


def ask(
    settings: Settings, text: str, title: str, requester: str, fields: Mapping[str, str]
) -> Answers:
    """Ask for what is missing. If a default is accepted, the value is left to the rules.

    Raises click.Abort if the person cancels.
    """
    requester = requester or click.prompt(
        "Requester (name / telephone or e-mail)", value_proc=_requester
    )
    text = text or _text()
    derived = _derived(settings, text, title, fields)
    title = title or click.prompt("Title", default=derived["title"])
    said = dict(fields)
    types = list(settings.sla.build().types)
    for key, label, choices in (
        ("request_type", "Request type", types),
        ("priority", "Priority", PRIORITY_NAMES),
    ):
        if key not in said:
            answer = click.prompt(label, default=derived[key], type=click.Choice(choices))
            if answer != derived[key]:
                said[key] = answer
    click.confirm("Open the ticket?", default=True, abort=True)
    return Answers(text=text, title=title, requester=requester, fields=said)


def _requester(written: str) -> str:
    try:
        requester(written)
    except RequesterUnreadable as error:
        raise click.BadParameter(str(error)) from error
    return written


def _text() -> str:
    """Read lines up to an empty one."""
    click.echo("What is asked? End with an empty line.")
    lines: list[str] = []
    while True:
        line = click.prompt("", default="", prompt_suffix="> ", show_default=False)
        if not line.strip() and lines:
            return "\n".join(lines)[:LONGEST_TEXT]
        if line.strip():
            lines.append(line)


def _derived(
    settings: Settings, text: str, title: str, fields: Mapping[str, str]
) -> dict[str, str]:
    """What the rules and the SLA table would decide with the values so far."""
    policy, now = build_config(settings).policy, datetime.now(UTC)
    message = Message(
        channel=Channel.MANUAL, received_at=now, subject=title, text=text, fields=fields
    )
    found = triage(
        message,
        policy.rules.classify(message, surroundings_of(settings)),
        procedure=policy.procedure,
        load=Load(),
        now=now,
    )
    return {
        "title": found.title,
        "request_type": found.request_type,
        "priority": found.priority.value,
    }
