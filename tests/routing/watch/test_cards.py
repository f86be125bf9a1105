"""What stands on a card: nothing of the client's unless the policy says so."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from routing.watch.cards import CardPolicy, OnTicket, card_of, mark_of, of_a_card

ZONE = ZoneInfo("America/Sao_Paulo")
TICKET = OnTicket(
    number="R3-2026-000123",
    title="Nota da paciente Carla",
    request_type="Dúvida Fiscal – Regime, dedução, categoria",
    level="N1",
    priority="high",
    client="Clínica Sol",
    text="Bom dia,\n\naqui é a Ana.",
    resolution_due=datetime(2026, 11, 26, 21, 0, tzinfo=UTC),
    url="https://odoo.exemplo/chamado/7",
)
words = st.text(st.characters(codec="utf-8"), max_size=40_000)


def test_by_default_only_what_the_desk_decided_is_on_it() -> None:
    card = card_of(TICKET, CardPolicy(), ZONE, "abc")
    assert card.name == "R3-2026-000123 · Dúvida Fiscal – Regime, dedução, categoria"
    assert card.description == (
        "Chamado R3-2026-000123: https://odoo.exemplo/chamado/7\n"
        "Solicitação: Dúvida Fiscal – Regime, dedução, categoria\n"
        "Nível: N1 · Prioridade: Alta\n"
        "Solução até: quinta-feira, 26/11/2026, às 18:00\n\n"
        "O andamento fica no chamado.\n"
        "central-intake:abc"
    )


def test_the_policy_lets_title_client_and_text_go() -> None:
    card = card_of(TICKET, CardPolicy(title=True, text=True), ZONE, "abc")
    assert card.name == "R3-2026-000123 · Nota da paciente Carla"
    assert "Cliente: Clínica Sol" in card.description
    assert "\n\nBom dia,\n\naqui é a Ana.\n\n" in card.description


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(TICKET, request_type="", resolution_due=None, url="")
    card = card_of(bare, CardPolicy(), ZONE, "abc")
    assert card.name == "R3-2026-000123"
    assert card.description.startswith("Chamado R3-2026-000123\nNível: N1 · Prioridade: Alta\n\n")


@given(words, words, words)
def test_whatever_clients_write_it_fits_and_the_mark_stands_alone_on_the_last_line(
    title: str, client: str, text: str
) -> None:
    ticket = replace(TICKET, title=title, client=client[:200], text=text)
    card = card_of(ticket, CardPolicy(title=True, text=True), ZONE, "abc")
    assert len(card.name) <= 200
    assert len(card.description) <= 16_384
    assert card.description.splitlines()[-1] == mark_of("abc")


@given(words, words, words)
def test_by_default_nothing_that_clients_write_changes_the_card(
    title: str, client: str, text: str
) -> None:
    ticket = replace(TICKET, title=title, client=client, text=text)
    assert card_of(ticket, CardPolicy(), ZONE, "abc") == card_of(TICKET, CardPolicy(), ZONE, "abc")


def test_the_ticket_says_of_earlier_cards() -> None:
    said = [of_a_card(board="Fiscal", url="https://x", others=n) for n in range(3)]
    assert said == [
        "Cartão no Trello, quadro Fiscal: https://x",
        "Cartão no Trello, quadro Fiscal: https://x Este chamado já tinha um cartão nesse quadro.",
        "Cartão no Trello, quadro Fiscal: https://x Este chamado já tinha 2 cartões nesse quadro.",
    ]
