"""Whatever a mail cites: who takes no part in a ticket neither joins nor reopens it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.ledger import Ledger
from routing.message import Address, Message
from routing.threading import KnownTicket, Part, Team, Thread, ThreadMatch, find_thread, part_of
from routing.vocabulary import Authentication, Channel, Stage

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
TEAM = Team(addresses=frozenset({"ana@parceira.com.br"}), domains=frozenset({"r3izzy.com.br"}))
IDS = [f"<{n}@exemplo.com.br>" for n in range(5)]
NAMES = [f"{name}@gmail.com" for name in ("bia", "caio", "davi", "eva", "fe")]
INSIDE = (ThreadMatch.JOINS, ThreadMatch.REOPENS)


def ticket(number: int, **more: object) -> KnownTicket:
    values: dict[str, object] = {
        "id": number,
        "number": f"R3-2026-{number:06}",
        "stage": Stage.NEW,
        "closed_at": None,
        "people": frozenset(),
        "requester": "bia@gmail.com",
        **more,
    }
    return KnownTicket(**values)  # type: ignore[arg-type]


def mail(sender: str | None, *ids: str, **more: object) -> Message:
    values: dict[str, object] = {"channel": Channel.EMAIL, "received_at": NOW, **more}
    return Message(
        sender=Address(address=sender) if sender else None,
        in_reply_to=ids[:1],
        references=ids[1:],
        **values,  # type: ignore[arg-type]
    )


def decide(message: Message, ledger: Ledger, *, automatic: bool = False) -> Thread:
    return find_thread(
        message,
        by_reference=ledger.cited(message),
        by_tag=(),
        team=TEAM,
        automatic=automatic,
        now=NOW,
        reopen=timedelta(days=7),
    )


some = st.frozensets(st.sampled_from(NAMES), max_size=2)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    ledger = Ledger()
    for number in range(1, draw(st.integers(1, 4)) + 1):
        stage = draw(st.sampled_from(list(Stage)))
        closed = NOW - timedelta(days=draw(st.integers(0, 20)))
        ledger.tickets[number] = ticket(
            number,
            stage=stage,
            closed_at=closed if stage.is_closed else None,
            requester=draw(st.sampled_from(["", *NAMES])),
            people=draw(some),
            copied=draw(some),
            same_client=draw(some),
            for_strangers=draw(st.booleans()),
        )
    numbers = st.sampled_from(sorted(ledger.tickets))
    for identifier in IDS:
        ledger.by_message_id[identifier] = draw(st.dictionaries(numbers, st.booleans(), max_size=2))
    ledger.by_provider_id = {IDS[0]: {1: True}}
    for parent in draw(st.frozensets(numbers)):
        ledger.strangers[parent] = draw(numbers)
    return ledger


@given(
    ledger=ledgers(),
    sender=st.sampled_from([None, "fe@gmail.com", "rui@r3izzy.com.br", "x@alheio.com.br"]),
    ids=st.lists(st.sampled_from([*IDS, "<pedido-1234@app:site>"]), max_size=4),
    authentication=st.sampled_from(list(Authentication)),
    reply_to=st.sampled_from([None, *NAMES]),
)
def test_who_takes_no_part_neither_joins_nor_reopens(
    ledger: Ledger,
    sender: str | None,
    ids: list[str],
    authentication: Authentication,
    reply_to: str | None,
) -> None:
    message = mail(
        sender,
        *ids,
        authentication=authentication,
        reply_to=Address(address=reply_to) if reply_to else None,
    )
    thread = decide(message, ledger)
    if thread.match_kind in INSIDE:
        assert thread.ticket is not None
        assert sender is not None
        assert authentication is not Authentication.FAIL
        assert part_of(sender, thread.ticket, TEAM) is not None
    if thread.match_kind is ThreadMatch.FOLDS:
        assert thread.ticket is not None
        assert thread.ticket.for_strangers or thread.ticket.id in ledger.strangers.values()


@pytest.mark.parametrize(
    ("sender", "part", "words"),
    [
        ("bia@gmail.com", Part.REQUESTER, "é quem pediu"),
        ("caio@gmail.com", Part.PEOPLE, "já participa dele"),
        ("davi@gmail.com", Part.COPIED, "estava em cópia"),
        ("eva@gmail.com", Part.SAME_CLIENT, "é do mesmo cliente, segundo o Odoo"),
        ("ana@parceira.com.br", Part.STAFF, "é da equipe"),
        ("rui@fiscal.r3izzy.com.br", Part.STAFF, "é da equipe"),
    ],
)
def test_the_reason_says_as_what_somebody_takes_part(sender: str, part: Part, words: str) -> None:
    known = ticket(
        1,
        people=frozenset({"caio@gmail.com"}),
        copied=frozenset({"davi@gmail.com"}),
        same_client=frozenset({"eva@gmail.com"}),
    )
    ledger = Ledger(tickets={1: known}, by_message_id={IDS[0]: {1: False}})
    assert part_of(sender, known, TEAM) is part
    thread = decide(mail(sender, IDS[0]), ledger)
    assert thread.match_kind is ThreadMatch.JOINS
    assert words in thread.reason


@pytest.mark.parametrize(
    "sender", ["fe@gmail.com", "BIA@gmail.com.br", "rui@nao-r3izzy.com.br", "r3izzy.com.br", ""]
)
def test_a_domain_that_people_share_makes_nobody_one(sender: str) -> None:
    known = ticket(1, same_client=frozenset({"eva@gmail.com"}))
    assert part_of(sender, known, TEAM) is None


def test_a_mail_is_not_led_by_what_a_provider_of_telephones_calls_a_message() -> None:
    ledger = Ledger(tickets={1: ticket(1)}, by_provider_id={"SM1": {1: False}})
    assert decide(mail("bia@gmail.com", "SM1"), ledger).match_kind is ThreadMatch.NEW
    told = mail("+5511987654321", "SM1", channel=Channel.WHATSAPP)
    assert decide(told, ledger).match_kind is ThreadMatch.JOINS


def test_the_nearest_ticket_in_which_somebody_takes_part_counts() -> None:
    ledger = Ledger(
        tickets={1: ticket(1, requester="caio@gmail.com"), 2: ticket(2)},
        by_message_id={IDS[0]: {1: True}, IDS[1]: {2: True}},
    )
    thread = decide(mail("bia@gmail.com", IDS[0], IDS[1]), ledger)
    assert (thread.match_kind, thread.ticket) == (ThreadMatch.JOINS, ledger.tickets[2])
    thread = decide(mail("eva@gmail.com", IDS[0], IDS[1]), ledger)
    assert (thread.match_kind, thread.ticket) == (ThreadMatch.CITES, ledger.tickets[1])
