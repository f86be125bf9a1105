"""A reply's whole way: facts, words, bytes, and out through each sender."""

import email.policy
from email import message_from_bytes
from pathlib import Path

from intake.channels.email.maildir_sender import MaildirSender
from intake.ports.memory_sender import MemorySender
from intake.ports.reply_kinds import KINDS
from intake.ports.sender import Delivery, Outcome, Outgoing
from intake.replies.mail_bytes import message_id
from intake.replies.sample_facts import sample
from intake.replies.templates import Templates
from routing.vocabulary import Channel


def acknowledgement(uid: str = "r1") -> Outgoing:
    facts = sample(KINDS["acknowledgement"])
    composed = Templates.load().compose("acknowledgement", Channel.EMAIL, "pt-BR", facts)
    return Outgoing(
        message_id=message_id(uid, "r3izzy.com.br"),
        sender="suporte@r3izzy.com.br",
        sender_name="R3izzy – Central de Ajuda",
        recipient="mariana@exemplo.com.br",
        recipient_name="Mariana Lopes",
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        in_reply_to="<1@exemplo.com.br>",
        references=("<0@exemplo.com.br>", "<1@exemplo.com.br>"),
        ticket_number=facts.number,
    )


def content_of(path: str) -> bytes:
    return Path(path).read_bytes()


async def test_a_maildir_gets_one_file_for_the_same_mail_sent_twice(tmp_path: Path) -> None:
    sender = MaildirSender(tmp_path)
    first, again = await sender.send(acknowledgement()), await sender.send(acknowledgement())
    other = await sender.send(acknowledgement("r2"))
    assert {first.outcome, again.outcome, other.outcome} == {Outcome.SENT}
    assert len(list((tmp_path / "new").iterdir())) == 2
    assert list((tmp_path / "tmp").iterdir()) == []
    parsed = message_from_bytes(content_of(first.detail), policy=email.policy.default)
    assert parsed["Subject"] == "[R3-2026-000123] Não consigo emitir nota fiscal"
    assert parsed["Auto-Submitted"] == "auto-replied"


async def test_the_twin_answers_as_it_is_told() -> None:
    sender = MemorySender([Delivery(outcome=Outcome.LATER, detail="450")])
    assert (await sender.send(acknowledgement())).outcome is Outcome.LATER
    assert sender.sent == []
    assert (await sender.send(acknowledgement())).outcome is Outcome.SENT
    assert [m.ticket_number for m in sender.sent] == ["R3-2026-000123"]
