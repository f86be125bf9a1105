"""What a client is told of their ticket after it is opened: by the way they were answered first."""

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
"""What whoever asked was answered when the ticket was opened, or would have been."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """How whoever asked for this ticket was last answered on it."""

    channel: Channel
    last: Outgoing


async def way_to_client(connection: Connection, ticket_id: int) -> Way | None:
    """The requester's, by which they were answered when the ticket was opened: never that of others
    who wrote on it since, nor where a Reply-To of theirs leads.

    None for a ticket that nobody was answered on: what opened it was sent by a program, or by a
    channel without answers. Also for one that was opened by hand for somebody whose only address is
    a telephone number: no mail goes there."""
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
    """A reply in the client's language, in the same conversation.

    `text`: what a person wrote for them. `dates`: keys of `extra`, put into words.
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
