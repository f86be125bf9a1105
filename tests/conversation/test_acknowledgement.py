"""What a client is told at once, and what the ticket has: the journal and the letter agree."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.ports.sender import Outgoing
from intake.settings.database import Database
from tests.application import arrival, mail, rows
from tests.conversation.talk import Talk, talking

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO)


async def acknowledged(talk: Talk, raw: bytes, received: datetime) -> Outgoing:
    """One mail comes in at that instant, and the office works at once."""
    talk.application.context.clock = lambda: received.astimezone(UTC)
    came = replace(arrival(raw), received_at=received)
    await talk.application.inbox.accept([came], source=came.source)
    await talk.application.worker_pool.drain()
    [sent] = talk.sender.sent
    return sent


def rules(path: Path) -> dict[str, Any]:
    return {"shipped": False, "file": path}


async def test_a_critical_fault_in_business_hours(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(talk, mail("O app travou."), at("2026-11-24 10:12"))
        [ticket] = await talk.tickets()
        assert (ticket.request_type, ticket.level, ticket.owner) == ("bug", "N1", "edu.n1")
        assert (ticket.kind, ticket.priority, ticket.missing) == ("client", "high", [])
        assert ticket.first_response_due == at("2026-11-24 11:12")
        assert ticket.resolution_due == at("2026-11-24 14:12")
        assert sent.subject == f"[{ticket.number}] App travando"
        assert sent.text == (
            "Bom dia, Bia!\n\n"
            f"Recebemos a sua mensagem e abrimos o chamado {ticket.number} para você.\n\n"
            "Assunto: App travando\n"
            "O que entendemos: Erro ou falha no sistema\n"
            "Quem cuida: Edu, da equipe de Especialistas (N1)\n"
            "Primeira resposta da equipe: até hoje, às 11h12\n"
            "Solução: até hoje, às 14h12\n\n"
            "Para acrescentar algo (uma informação, uma foto, um documento), é só responder a "
            "este e-mail: tudo fica no mesmo chamado.\n\n"
            "Até logo,\nEquipe R3izzy\n\n-- \n"
            "Esta mensagem é automática, mas quem lê as suas respostas é a nossa equipe.\n"
            "Os prazos estão no horário de Brasília.\n"
        )


async def test_out_of_hours_the_letter_says_when_the_desk_is_back(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(talk, mail("O app travou."), at("2026-11-27 19:30"))
        [ticket] = await talk.tickets()
        assert ticket.first_response_due == at("2026-11-30 10:00")
        assert ticket.resolution_due == at("2026-11-30 12:00")
        assert "Boa noite, Bia!" in sent.text
        assert "atendimento está fechado; voltamos segunda-feira, 30/11, às 9h." in sent.text
        assert "Primeira resposta da equipe: até segunda-feira, 30/11, às 10h\n" in sent.text
        assert "Solução: até segunda-feira, 30/11, às 12h\n" in sent.text


async def test_at_lunch_the_desk_is_back_today(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(talk, mail("O app travou."), at("2026-11-24 12:20"))
        assert "voltamos hoje, às 13h." in sent.text
        assert "Primeira resposta da equipe: até hoje, às 14h\n" in sent.text


async def test_what_runs_until_resolved_is_promised_no_day(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(
            talk, mail("Ninguém me responde.", subject="Reclamação"), at("2026-11-24 10:00")
        )
        [ticket] = await talk.tickets()
        assert (ticket.request_type, ticket.resolution_due) == ("internal", None)
        assert "Solução: este tipo de pedido não tem um prazo fixo" in sent.text


async def test_a_certificate_has_the_term_of_its_service(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(
            talk, mail("Preciso da certidão.", subject="CND"), at("2026-11-24 10:00")
        )
        [ticket] = await talk.tickets()
        service = talk.application.context.config.policy.procedure.sla.services["cnd"]
        assert (ticket.request_type, ticket.service) == ("accounting_service", "cnd")
        assert f"O que entendemos: Serviço contábil: {service.label}\n" in sent.text
        assert ticket.resolution_due is not None


async def test_what_no_rule_knows_goes_to_the_first_level_and_is_not_guessed_at(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(
            talk, mail("Sobre aquilo.", subject="Assunto"), at("2026-11-24 10:00")
        )
        [ticket] = await talk.tickets()
        assert (ticket.request_type, ticket.level) == ("unclassified", "N0")
        assert "O que entendemos: ainda vamos ler com calma" in sent.text
        assert "Quem cuida: Ana, da equipe de Atendimento (N0)" in sent.text


async def test_what_is_missing_is_asked_for_and_noted(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(talk, mail("", subject="App travou"), at("2026-11-24 10:00"))
        [ticket] = await talk.tickets()
        assert (ticket.missing, ticket.level) == (["description"], "N0")
        assert "responda a este e-mail contando:\n  - o que aconteceu e do que" in sent.text
        assert any("Perguntar ao cliente" in note for note in await talk.notes())


async def test_a_bare_greeting_is_asked_what_it_is_about(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(
            talk, mail("Tudo bem por aí?", subject="Oi"), at("2026-11-24 10:00")
        )
        assert await talk.tickets() == []
        assert sent.subject == "Recebemos a sua mensagem: como podemos ajudar?"
        assert sent.in_reply_to == "<um@exemplo.com.br>"


async def test_who_writes_in_english_is_answered_in_english(
    database_settings: Database, rules_file: Path
) -> None:
    async with talking(database_settings, rules=rules(rules_file)) as talk:
        sent = await acknowledged(
            talk, mail("Hello, a question.", subject="Invoice"), at("2026-11-24 10:00")
        )
        assert "Good morning, Bia!" in sent.text
        assert "First answer from our team: by noon today" in sent.text


@pytest.mark.parametrize("number", ["R3-{year}-{seq:06}", "CH/{year}/{seq:04}"])
async def test_the_number_has_the_form_of_the_settings(
    database_settings: Database, number: str
) -> None:
    async with talking(database_settings, tickets={"number": number}) as talk:
        sent = await acknowledged(talk, mail(), at("2026-11-24 10:00"))
        expected = number.format(year=2026, seq=1)
        assert sent.ticket_number == expected
        assert sent.subject.startswith(f"[{expected}] ")


@pytest.mark.parametrize(
    ("number", "expected"), [("CH-{year}-{seq:04}", "CH-2027-0001"), ("CH/{seq:04}", "CH/0002")]
)
async def test_counting_starts_anew_only_where_the_number_says_the_year(
    database_settings: Database, number: str, expected: str
) -> None:
    async with talking(database_settings, tickets={"number": number}) as talk:
        talk.application.context.clock = lambda: at("2026-12-31 10:00").astimezone(UTC)
        await talk.takes(mail())
        talk.application.context.clock = lambda: at("2027-01-04 10:00").astimezone(UTC)
        [sent] = await talk.takes(mail("Outra coisa", message_id="<dois@exemplo.com.br>"))
        assert sent.ticket_number == expected


async def test_the_letter_is_threaded_to_the_client_s_mail_and_has_an_identifier_of_its_row(
    database_settings: Database,
) -> None:
    async with talking(database_settings) as talk:
        raw = mail(References="<zero@exemplo.com.br>", In_Reply_To="<zero@exemplo.com.br>")
        sent = await acknowledged(talk, raw, at("2026-11-24 10:00"))
        [reply] = await rows(talk.application, "SELECT uid FROM replies")
        assert sent.message_id == f"<central-intake.{reply['uid']}@r3izzy.com.br>"
        assert sent.in_reply_to == "<um@exemplo.com.br>"
        assert sent.references == ("<zero@exemplo.com.br>", "<um@exemplo.com.br>")


async def test_a_form_on_the_firm_s_site_speaks_for_the_client(
    database_settings: Database,
) -> None:
    """It writes in the desk's own name, and puts the client into Reply-To."""
    raw = mail(sender="Site <suporte@r3izzy.com.br>", Reply_To="Caio Melo <caio@exemplo.com.br>")
    async with talking(database_settings) as talk:
        sent = await acknowledged(talk, raw, at("2026-11-24 10:00"))
        [ticket] = await talk.tickets()
        assert (ticket.sender, ticket.sender_name) == ("caio@exemplo.com.br", "Caio Melo")
        assert ticket.kind == "client"
        assert sent.recipient == "caio@exemplo.com.br"
        assert "Bom dia, Caio!" in sent.text
