"""Prepares a reply for WhatsApp or SMS: opt-outs, WhatsApp's window, template, earlier attempt."""

from dataclasses import replace
from datetime import datetime

from intake.ports.sender import Attempt, Delivery, Outcome, Outgoing, Template
from intake.settings.twilio import Twilio
from intake.settings.whatsapp_templates import ANY_KIND
from intake.store.database import Connection
from intake.store.messages import last_heard
from intake.store.opt_outs import opted_out
from intake.store.replies import QueuedReply, claimed_ids
from routing.phone.ninth_digit import phone_forms
from routing.phone.window import is_open
from routing.vocabulary import Channel

PHONE = frozenset((Channel.WHATSAPP, Channel.SMS))
OPTED_OUT = 21610
"""Twilio's error code for a recipient who opted out; we use it too."""
NO_VALUE = "-"
"""Stands for an empty variable, which WhatsApp refuses."""
LONGEST_VALUE = 700
"""Characters of one variable: Meta allows 1,024 in the whole template."""


def is_by_phone(reply: QueuedReply) -> bool:
    """Whether it goes to a telephone number, by a provider that does not recognise repeats."""
    return reply.outgoing.channel in PHONE


async def prepared(
    connection: Connection,
    reply: QueuedReply,
    settings: Twilio | None,
    *,
    first: bool,
    now: datetime,
) -> Outgoing | Delivery:
    """The reply with all that its sender needs, or a Delivery that says why it must not be sent.

    `first`: this is the first attempt. If not, an attempt began at `begun_at` whose outcome is
    unknown, and the sender must ask the provider about it.
    """
    outgoing = reply.outgoing
    if await opted_out(connection, outgoing.channel, outgoing.recipient):
        words = "a pessoa pediu para não receber mensagens automáticas por aqui"
        return Delivery(outcome=Outcome.REFUSED, code=OPTED_OUT, detail=words)
    unknown_end = None if first else reply.begun_at
    claimed = (
        await claimed_ids(connection, reply.outgoing.recipient) if unknown_end else frozenset[str]()
    )
    attempt = Attempt(
        window_open=not reply.template_only and await _window_open(connection, outgoing, now),
        template=template(reply, settings),
        begun_at=unknown_end,
        claimed=claimed,
    )
    return replace(outgoing, attempt=attempt)


def template(reply: QueuedReply, settings: Twilio | None) -> Template | None:
    """The WhatsApp template in the settings for this kind of reply; None for SMS."""
    outgoing = reply.outgoing
    if settings is None or outgoing.channel is not Channel.WHATSAPP:
        return None
    templates = settings.whatsapp_templates
    chosen = templates.get(reply.kind) or templates.get(ANY_KIND)
    if chosen is None:
        return None
    facts = {
        "name": outgoing.recipient_name,
        "number": outgoing.ticket_number,
        "text": outgoing.text,
    }
    return Template(
        content_sid=chosen.content_sid,
        variables={
            place: _value(words.format(**facts)) for place, words in chosen.variables.items()
        },
    )


def _value(words: str) -> str:
    """The value on one line: WhatsApp refuses line ends and runs of spaces in a variable."""
    return " ".join(words.split())[:LONGEST_VALUE] or NO_VALUE


async def _window_open(connection: Connection, outgoing: Outgoing, now: datetime) -> bool:
    if outgoing.channel is not Channel.WHATSAPP:
        return True
    conversation = f"{Channel.WHATSAPP.value}:{min(phone_forms(outgoing.recipient), default='')}"
    return is_open(await last_heard(connection, conversation), now)
