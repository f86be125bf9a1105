"""Which mail is a person's request, and which is answered."""

from datetime import UTC, datetime

from routing.disposition import Nature, dispose
from routing.message import Address, Message
from routing.vocabulary import Channel

OWN = frozenset(("suporte@r3izzy.com.br",))


def test_a_person_is_answered() -> None:
    message = Message(
        channel=Channel.EMAIL,
        received_at=datetime(2026, 11, 24, 13, tzinfo=UTC),
        sender=Address(address="ana@exemplo.com.br"),
        headers=(("auto-submitted", "no"),),
    )
    decision = dispose(message, own_addresses=OWN)
    assert (decision.nature, decision.opens_ticket, decision.may_acknowledge) == (
        Nature.HUMAN,
        True,
        True,
    )
