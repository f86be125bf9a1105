"""Tells clients about their ticket after it is opened, by the way they were answered first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from intake.notify.acknowledgements import reply_facts, reply_row
from intake.notify.effects import TicketEffects
from intake.ports.reply_kinds import KINDS
from intake.ports.sender import Outgoing
from intake.replies import wording
from intake.store.database import Connection
from intake.store.replies import last_to_client
from routing.vocabulary import Channel

CLIENT_KINDS = sorted(kind.name for kind in KINDS.values() if kind.audience == "client")
OPENING_KINDS = ["acknowledgement", "linked"]
"""Kinds of the reply that the requester got, or would have got, when the ticket was opened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How the requester of a ticket was last answered on it."""

    channel: Channel
    last: Outgoing


async def way_to_client(connection: Connection, ticket_id: int) -> Way | None:
    """How the requester was answered when the ticket was opened.

    It is never the address of others who wrote on the ticket since, nor a Reply-To of theirs. None
    where nobody was answered: the ticket was opened by a program, or by a channel without answers.
    Also None where it was opened by hand for somebody who has only a telephone number.
    """
    found = await last_to_client(
        connection, ticket_id, opening_kinds=OPENING_KINDS, kinds=CLIENT_KINDS
    )
    if found is None:
        return None
    way = Way(channel=found[0], last=found[1])
    return None if way.channel is Channel.EMAIL and "@" not in way.last.recipient else way


def tell_client(
    effects: TicketEffects,
    way: Way,
    kind: str,
    *,
    text: str = "",
    dates: Mapping[str, datetime] | None = None,
) -> None:
    """Add a reply in the client's language, in the same conversation.

    `text`: what a person wrote for the client. `dates`: entries of `extra` that are instants, which
    are put into words.
    """
    config, now = effects.config, effects.now
    settings = config.settings.replies
    language = wording.supported(effects.summary.language, settings.default_language)
    zone = config.policy.procedure.calendar.zone
    last = way.last
    facts = reply_facts(
        config,
        now,
        effects.summary,
        requester_name=last.recipient_name,
        received_at=effects.ticket.received_at,
        extra={
            name: wording.instant(at, now=now, zone=zone, language=language)
            for name, at in (dates or {}).items()
        },
    )
    effects.said(
        reply_row(
            config,
            kind=kind,
            facts=replace(facts, text=text),
            ticket_id=effects.ticket.id,
            recipient=(last.recipient, last.recipient_name),
            language=language,
            channel=way.channel,
            in_reply_to=last.message_id,
            references=(*last.references, last.message_id),
        )
    )
