"""The rows that the job `triage` writes for a message and the decision on it. Pure functions."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

from intake.active_config import ActiveConfig
from intake.jobs.bounces import bounce_words
from intake.jobs.message_updates import aside_words
from intake.notify.notes import note
from intake.ports.description import description_html
from intake.ports.messages import StoredMessage
from intake.store.batch import DoneRow, EntryRow, ReplyRow, TicketRow
from intake.store.queue import lane_of
from routing.aside import Aside, Kept, update_effects
from routing.message import Message
from routing.reception import Outcome, Reception
from routing.vocabulary import Authentication, Channel

MOST_EVIDENCE = 60
"""At most this many matching rules are stored with a ticket, the heaviest first. Hundreds of light
ones would add nothing, and `intake rules explain` shows all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A stored message, what was read from it, and the decision on it."""

    stored: StoredMessage
    message: Message
    reception: Reception
    rest: tuple[tuple[StoredMessage, Message], ...] = ()
    """The further messages of the burst that `message` was folded from."""
    earlier_text: str = field(default="", repr=False)
    """The text of the earlier message that this one reacts to, corrects or deletes."""


def message_done(one: Decision) -> DoneRow:
    """The row that records what became of the message."""
    return DoneRow(
        id=one.stored.id,
        outcome=one.reception.outcome.value,
        reasons=one.reception.reasons,
        ticket_id=one.reception.ticket_id,
        message_id=one.message.message_id,
        sender=one.message.sender.address if one.message.sender else "",
        speaks=one.reception.disposition.opens_ticket,
        attachments=len(one.message.attachments) - sum(len(m.attachments) for _, m in one.rest),
        is_mail=one.message.channel is Channel.EMAIL,
        copied=one.reception.copied,
    )


def rest_done(one: Decision) -> list[DoneRow]:
    """The same for the further messages of a burst: they went where its first message went."""
    outcome = Outcome.JOINED if one.reception.ticket_id is not None else one.reception.outcome
    return [
        replace(
            message_done(one),
            id=stored.id,
            outcome=outcome.value,
            message_id=message.message_id,
            attachments=len(message.attachments),
            folded_into=one.stored.id,
        )
        for stored, message in one.rest
    ]


def further_files(one: Decision, ticket_id: int) -> list[EntryRow]:
    """Entries for the files of a burst's further messages.

    The burst's text is one entry, but each file belongs to the message that brought it.
    """
    return [
        EntryRow(
            ticket_id=ticket_id,
            kind="message",
            author=message.sender.address if message.sender else "",
            author_name=message.sender.name if message.sender else "",
            body="\n".join(file.name for file in message.attachments),
            message_id=stored.id,
        )
        for stored, message in one.rest
        if message.attachments
    ]


def ticket_row(one: Decision, number: str, config: ActiveConfig, now: datetime) -> TicketRow:
    """The row of the ticket that the message opens."""
    reception, message = one.reception, one.message
    assert reception.ticket_id is not None
    assert reception.triage is not None
    assert reception.classification is not None
    return TicketRow(
        id=reception.ticket_id,
        number=number,
        lane=lane_of(one.stored.thread, config.settings.work.partitions),
        channel=message.channel.value,
        subject=message.subject,
        description=message.text,
        description_html=description_html(message),
        received_at=message.received_at,
        trace={
            "candidates": [asdict(c) for c in reception.classification.candidates],
            # Each rule is stored as a list of its fields, since there are many.
            "evidence": reception.classification.evidence[:MOST_EVIDENCE],
            "level": reception.classification.level,
            "owner": reception.classification.owner,
            "authentication": message.authentication.value,
        },
        rules_fingerprint=reception.classification.fingerprint,
        linked_ticket_id=reception.thread.ticket.id if reception.thread.ticket else None,
        for_strangers=reception.is_strangers,
        triage=reception.triage,
        assigned_at=now,
        imported_silently=reception.silently,
    )


def answer_entry(ticket_id: int, answer: ReplyRow) -> EntryRow:
    """The ticket's entry for an acknowledgement, or a note that says why none is sent.

    It is written before the reply is sent; if the reply never arrives, a note follows.
    """
    if answer.detail:
        return note(ticket_id, f"Nenhuma confirmação enviada: {answer.detail}.")
    outgoing = answer.outgoing
    return EntryRow(
        ticket_id=ticket_id,
        kind="reply",
        author=outgoing.sender,
        author_name=outgoing.sender_name,
        body=outgoing.text,
    )


STRANGERS = (
    "{reason}. Por isso a mensagem abriu este chamado, ligado àquele. Nada do {number} foi dito a "
    "quem escreveu; a solução de lá vai só a quem a pediu."
)
CITED = (
    "Alguém que não participa deste chamado respondeu a uma mensagem dele: abrimos o {number}, "
    "ligado a este. Aqui nada mudou."
)


def strangers_notes(one: Decision, number: str) -> list[EntryRow]:
    """Notes on two tickets: one opened for a stranger to another ticket, and that other ticket.

    A stranger cites a ticket without taking part in it. Empty in all other cases.
    """
    cited = one.reception.thread.ticket
    if not one.reception.is_strangers or cited is None or one.reception.ticket_id is None:
        return []
    reason = one.reception.thread.reason
    words = STRANGERS.format(reason=reason[:1].upper() + reason[1:], number=cited.number)
    return [note(one.reception.ticket_id, words), note(cited.id, CITED.format(number=number))]


def message_entries(one: Decision, ticket_id: int) -> list[EntryRow]:
    """The entries for a message that joins an existing ticket; none where it says nothing new."""
    if one.reception.is_bounce:
        return [note(ticket_id, bounce_words(one.message))]
    kept = update_effects(one.message.aside).kept
    if kept is Kept.NOT_AT_ALL:
        return []
    if kept is Kept.NOTE:
        return [note(ticket_id, aside_words(one.message, one.earlier_text))]
    entry = _message_entry(one, ticket_id)
    if one.message.aside is not Aside.CORRECTION:
        return [entry]
    return [note(ticket_id, aside_words(one.message, one.earlier_text)), entry]


def _message_entry(one: Decision, ticket_id: int) -> EntryRow:
    return EntryRow(
        ticket_id=ticket_id,
        kind="message",
        author=one.message.sender.address if one.message.sender else "",
        author_name=one.message.sender.name if one.message.sender else "",
        trusted=one.message.authentication is not Authentication.FAIL,
        body=one.message.text,
        body_html=description_html(one.message),
        message_id=one.stored.id,
    )
