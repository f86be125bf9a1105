"""The wording that clients and the desk rely on, in every shipped template."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.ports.reply_kinds import KINDS
from intake.replies.facts import ReplyFacts
from intake.replies.sample_facts import sample, samples
from intake.replies.templates import Composed, Templates
from intake.replies.wording import LANGUAGES
from routing.vocabulary import Channel

ZONE = ZoneInfo("America/Sao_Paulo")
SHIPPED = Templates.load()
EVERY = list(product(KINDS, LANGUAGES))


def facts(**changes: object) -> ReplyFacts:
    """A critical fault, reported on Tuesday 24 November 2026 at 10:12, in business hours."""
    return replace(sample(KINDS["acknowledgement"]), **changes)  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def composed(kind: str = "acknowledgement", language: str = "pt-BR", **changes: object) -> Composed:
    case = replace(sample(KINDS[kind]), **changes)  # type: ignore[arg-type]
    return SHIPPED.compose(kind, Channel.EMAIL, language, case)


def words(html: str) -> str:
    """What a reader sees, with the white space of a line of text."""
    reader = _Reader()
    reader.feed(html)
    return " ".join("".join(reader.seen).replace("\u2011", "-").split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "title")
        self.seen.append(" " if tag in ("td", "th", "p", "br", "li", "h1") else "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.seen.append(data)


def both(reply: Composed) -> Iterator[str]:
    """The text and the HTML say the same."""
    yield " ".join(reply.text.split())
    yield words(reply.html)


def test_the_acknowledgement_says_what_a_client_wants_to_know() -> None:
    reply = composed()
    assert reply.subject == "[R3-2026-000123] Não consigo emitir nota fiscal"
    for said in both(reply):
        assert "Bom dia, Mariana!" in said
        assert "R3-2026-000123" in said
        assert "Erro ou falha no sistema" in said
        assert "Bruno, da equipe de Especialistas (N1)" in said
        assert re.search("Primeira resposta da equipe:? até hoje, às 11h12", said)
        assert re.search("Solução:? até hoje, às 14h12", said)
        assert "responder a este e-mail" in said
        assert "horário de Brasília" in said
        assert "fechado" not in said
        assert "contando" not in said


def test_the_acknowledgement_in_english() -> None:
    reply = composed(language="en")
    assert reply.subject == "[R3-2026-000123] Não consigo emitir nota fiscal"
    for said in both(reply):
        assert "Good morning, Mariana!" in said
        assert "A fault in the system" in said
        assert "Bruno, from our specialist team (N1)" in said
        assert re.search("First answer from our team:? by 11:12 am today", said)
        assert re.search("Solution:? by 2:12 pm today", said)
        assert "Brasilia Time" in said


def test_outside_business_hours_it_says_when_the_desk_opens() -> None:
    reply = composed(
        now=at("2026-11-27 19:30"),
        open_now=False,
        next_opening=at("2026-11-30 09:00"),
        first_response_due=at("2026-11-30 10:00"),
        resolution_due=at("2026-12-01 11:00"),
    )
    for said in both(reply):
        assert "Boa noite, Mariana!" in said
        assert "atendimento está fechado" in said
        assert re.search("[Vv]oltamos segunda-feira, 30/11, às 9h", said)
        assert "até segunda-feira, 30/11, às 10h" in said
        assert "até terça-feira, 1/12, às 11h" in said


def test_it_asks_for_exactly_what_is_missing() -> None:
    for said in both(composed(missing=("client", "description"))):
        assert "o nome da empresa, clínica ou profissional" in said
        assert "o que aconteceu e do que você precisa" in said
        assert "o seu nome completo" not in said
        assert "do que se trata" not in said


def test_the_client_is_not_asked_for_what_the_desk_decides() -> None:
    for said in both(composed(missing=("owner", "level", "priority", "kind"))):
        assert "contando" not in said


def test_a_field_of_the_operators_own_is_asked_for_in_general_words() -> None:
    for said in both(composed(missing=("crm_number",))):
        assert "mais alguns detalhes do seu pedido" in said
        assert "crm_number" not in said


def test_a_request_type_of_the_operators_own_goes_by_its_label() -> None:
    for said in both(composed(request_type="payroll", request_type_label="Folha de pagamento")):
        assert "Folha de pagamento" in said


def test_a_service_is_named() -> None:
    reply = composed(request_type="accounting_service", service_label="CND")
    for said in both(reply):
        assert "Serviço contábil: CND" in said


def test_an_unclassified_request_is_not_guessed_at() -> None:
    reply = composed(request_type="", request_type_label="", level="N0", owner_name="")
    for said in both(reply):
        assert "para levar o seu pedido à pessoa certa" in said
        assert "Equipe de Atendimento (N0)" in said


def test_without_a_term_it_says_so_kindly() -> None:
    for said in both(composed(request_type="internal", resolution_due=None)):
        assert "não tem um prazo fixo" in said
        assert "até resolver" in said
        assert "None" not in said


def test_a_suggestion_goes_to_the_month_s_evaluation() -> None:
    for said in both(composed(request_type="improvement", resolution_due=at("2026-11-30 18:00"))):
        assert "avaliação do mês" in said
        assert "até segunda-feira, 30/11, às 18h" in said


def test_a_reopened_ticket_keeps_its_number_and_says_so() -> None:
    for said in both(composed("reopened")):
        assert "reabrimos o chamado R3-2026-000123" in said
        assert "O que entendemos" not in said


def test_a_linked_ticket_names_the_closed_one() -> None:
    for said in both(composed("linked")):
        assert "O chamado R3-2026-000087 já estava encerrado" in said
        assert "R3-2026-000123" in said


def test_a_bare_greeting_is_asked_what_it_wants() -> None:
    reply = composed("greeting", number="")
    assert reply.subject == "Recebemos a sua mensagem: como podemos ajudar?"
    for said in both(reply):
        assert "Como podemos ajudar?" in said
        assert "do que você precisa" in said
        assert "R3-" not in said


def test_the_owner_learns_who_wrote_and_where_it_stands() -> None:
    reply = composed("owner-reply")
    for said in both(reply):
        assert "Bom dia, Bruno!" in said
        assert "R3-2026-000123" in said
        assert "mariana@exemplo.com.br" in said
        assert "o valor saiu errado" in said
    assert 'href="https://desk.exemplo.com.br/tickets/123"' in reply.html
    assert "https://desk.exemplo.com.br/tickets/123" in reply.text


def test_the_first_line_learns_of_an_undelivered_reply_and_why() -> None:
    for said in both(composed("undeliverable")):
        assert "mariana@exemplo.com.br" in said
        assert "550 5.1.1 User unknown" in said
        assert "outro canal" in said


def test_a_reply_that_was_put_off_too_long_is_not_called_refused() -> None:
    extra = dict(sample(KINDS["undeliverable"]).extra)
    for said in both(composed("undeliverable", extra=extra)):
        assert "em 5 dias de tentativas" in said
        assert "recusou" not in said
    del extra["tried_for"]
    for said in both(composed("undeliverable", extra=extra)):
        assert "recusou a entrega de vez" in said
        assert "tentativas" not in said


def test_an_undelivered_letter_without_a_ticket_names_none() -> None:
    reply = composed("undeliverable", number="", title="")
    assert reply.subject == "A resposta ao cliente não foi entregue"
    for said in both(reply):
        assert "hamado" not in said.replace("Abrir na Central de Ajuda", "")
        assert "mariana@exemplo.com.br" in said


def test_the_commands_for_a_failed_message_can_be_typed_as_they_stand() -> None:
    assert 'intake failed discard 42 --reason "o motivo"' in composed("failed").text
    assert 'intake failed discard 42 --reason "why"' in composed("failed", "en").text


def test_the_first_line_learns_of_a_failed_message_and_what_to_type() -> None:
    for said in both(composed("failed")):
        assert "intake failed show 42" in said
        assert "intake failed retry 42" in said
        assert "a mensagem não pôde ser lida" in said


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_every_kind_is_whole_in_every_language_and_on_every_channel(
    kind: str, language: str
) -> None:
    for case, channel in product(samples(KINDS[kind]), Channel):
        reply = SHIPPED.compose(kind, channel, language, case)
        assert reply.text.strip()
        assert "None" not in reply.text
        assert "{" not in reply.text
        assert "\n\n\n" not in reply.text
        assert not re.search(r"\s[,.;]|  +\S+ {2}", reply.text.replace("  ver", ""))
        is_mail = channel in (Channel.EMAIL, Channel.MANUAL)
        assert bool(reply.subject) == bool(reply.html) == is_mail


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_html_is_accessible_and_fetches_nothing(kind: str, language: str) -> None:
    for case in samples(KINDS[kind]):
        html = SHIPPED.compose(kind, Channel.EMAIL, language, case).html
        assert html.startswith("<!doctype html>")
        assert f'<html lang="{language}">' in html
        assert '<meta name="viewport"' in html
        assert "prefers-color-scheme: dark" in html
        assert not re.search(r"<(img|script|link|iframe|form)\b|url\(|@import", html)
        assert set(re.findall(r'href="([^"]*)"', html)) <= {
            case.extra.get("desk_url"),
            *(line.desk_url for section in case.digest for line in section.lines),
        }
        layout_tables = re.findall(r"<table(?![^>]*role=\"presentation\")[^>]*>", html)
        assert len(layout_tables) == html.count('<th scope="row"') > 0 or len(layout_tables) <= 1


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=https://golpe.exemplo/x.png onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "a\r\nBcc: vitima@exemplo.com.br",
    "https://golpe.exemplo/entre",
    "\u202etxt.exe",
    "x" * 100_000,
]


@pytest.mark.parametrize(("kind", "text"), list(product(KINDS, HOSTILE)))
def test_what_clients_write_stays_text(kind: str, text: str) -> None:
    for language in LANGUAGES:
        kept = {key: text for key in sample(KINDS[kind]).extra if key != "desk_url"}
        reply = composed(kind, language, title=text, requester_name=text, extra=kept)
        assert "<script>alert" not in reply.html
        assert "<img" not in reply.html
        assert "49" not in reply.text
        assert "\n" not in reply.subject
        assert "\r" not in reply.text
        assert len(reply.subject) <= 250
        assert len(reply.text) < 6_000


def test_a_client_s_reply_spreads_no_links() -> None:
    reply = composed(
        title="Ganhe em https://golpe.exemplo/entre", requester_name="www.golpe.exemplo"
    )
    assert "golpe.exemplo" not in reply.subject + reply.text + reply.html


@given(title=st.text(), name=st.text(), owner=st.text(), level=st.text(), label=st.text())
def test_no_words_break_a_template(
    title: str, name: str, owner: str, level: str, label: str
) -> None:
    case = facts(
        title=title, requester_name=name, owner_name=owner, level=level, request_type_label=label
    )
    for language in LANGUAGES:
        reply = SHIPPED.render("acknowledgement", Channel.EMAIL, language, case)
        assert reply.subject.startswith("[R3-2026-000123] ")


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        facts(now=datetime(2026, 11, 24))  # noqa: DTZ001
