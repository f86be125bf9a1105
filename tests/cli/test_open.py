"""`intake open`: what a person wrote down becomes a ticket by the same way as all others."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from intake.cli import open_asking
from intake.content.requester import RequesterUnreadable, requester
from intake.settings.database import Database
from intake.settings.model import Settings
from tests.application import PEOPLE, application, rows
from tests.cli.command import Ran, intake

TEXT = "O app trava ao abrir a agenda."


def _table(person: Mapping[str, object]) -> str:
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in person.items())
    return "[[roster.person]]\n" + "".join(lines)


@pytest.fixture
def folder(tmp_path: Path, database_settings: Database) -> Path:
    """Settings of an office with nothing in it."""
    people = "".join(_table(person) for person in PEOPLE)
    (tmp_path / "settings.toml").write_text(
        f"[database]\nurl = '{database_settings.url}'\n"
        "[rules]\nshipped = false\n"
        "[replies]\nbackend = 'maildir'\noutbox = 'outbox'\n" + people,
        encoding="utf-8",
    )
    return tmp_path


async def run(folder: Path, *arguments: str) -> Ran:
    """The command brings an event loop of its own."""
    return await asyncio.to_thread(intake, "open", *arguments, folder=folder)


async def test_it_opens_acknowledges_and_says_the_number(
    folder: Path, database_settings: Database
) -> None:
    ran = await run(
        folder, "--yes", "--text", TEXT, "--requester", "Bia Souza <BIA@exemplo.com.br>",
        "--request-type", "bug", "--priority", "alta", "--owner", "edu.n1", "--by", "ana.n0",
        "--client", "Padaria Pão Quente", "--deadline", "2090-12-31", "--title", "App travando",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    async with application(database_settings) as running:
        [ticket] = await rows(running, "SELECT * FROM tickets")
        assert ran.out.startswith(
            f"{ticket['number']}: Suporte do Sistema – Erro / Bug crítico, N1"
        )
        assert ticket["channel"] == "manual"
        assert ticket["title"] == "App travando"
        assert (ticket["sender"], ticket["sender_name"]) == ("bia@exemplo.com.br", "Bia Souza")
        assert (ticket["request_type"], ticket["priority"]) == ("bug", "high")
        assert (ticket["owner"], ticket["client"]) == ("edu.n1", "Padaria Pão Quente")
        assert ticket["deadline"] is not None
        assert "aberto à mão por ana.n0; o pedido chegou por telefone" in ticket["description_html"]
        await running.worker_pool.drain()
        [reply] = await rows(running, "SELECT recipient, kind, state FROM replies")
        assert reply == {
            "recipient": "bia@exemplo.com.br", "kind": "acknowledgement", "state": "sent"
        }  # fmt: skip


async def test_a_telephone_number_is_no_way_to_confirm_what_was_written_down(
    folder: Path, database_settings: Database
) -> None:
    ran = await run(folder, "--json", "--text", TEXT, "--requester", "Bia / (11) 98765-4321")
    assert ran.code == 0, ran.err
    assert ran.json["owner"] == "ana.n0"
    async with application(database_settings) as running:
        [ticket] = await rows(running, "SELECT sender, sender_name FROM tickets")
        assert ticket == {"sender": "+5511987654321", "sender_name": "Bia"}
        [reply] = await rows(running, "SELECT state, detail FROM replies")
        assert reply["state"] == "suppressed"
        assert "só se sabe o telefone" in reply["detail"]


async def test_thanks_that_a_person_writes_down_are_a_ticket_and_a_name_alone_is_asked_for(
    folder: Path, database_settings: Database
) -> None:
    (folder / "regras.toml").write_text(
        "[[rule]]\nid = 'thanks'\nlabel = 'Só agradece.'\nwhen = ['obrigada']\n"
        "set.no_ticket = true\nweight = 5\n",
        encoding="utf-8",
    )
    settings = folder / "settings.toml"
    settings.write_text(
        settings.read_text().replace("shipped = false", "shipped = false\nfile = 'regras.toml'")
    )
    ran = await run(
        folder, "--json", "--no-acknowledgement", "--text", "obrigada", "--requester", "Dona Bia"
    )
    assert ran.code == 0, ran.err
    assert ran.json["level"] == "N0"
    async with application(database_settings) as running:
        [ticket] = await rows(running, "SELECT client, missing FROM tickets")
        assert ticket == {"client": "Dona Bia", "missing": ["requester"]}
        notes = await rows(running, "SELECT body FROM ticket_entries WHERE kind = 'note'")
        assert any("o cliente é “Dona Bia”" in note["body"] for note in notes)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "intake: what is asked? write --text '…', or --text - to read standard input"),
        (("--text", "x", "--requester", "12"), "intake: --requester: '12' is neither an e-mail"),
        (("--text", "x", "--request-type", "bugg"), "did you mean 'bug'?"),
        (("--text", "x", "--priority", "ontem"), "--priority: 'ontem' is not known here"),
        (("--text", "x", "--owner", "edu"), "did you mean 'edu.n1'?"),
        (("--text", "x", "--deadline", "amanhã"), "write for instance 2026-12-31"),
        (("--text", "x", "--deadline", "2020-01-01"), "has passed"),
        (("--text", "x", "--by", "ninguem"), "--by: nobody is called 'ninguem'"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_opens_nothing(
    folder: Path, arguments: tuple[str, ...], line: str
) -> None:
    ran = intake("open", "--yes", *arguments, folder=folder)
    assert ran.code == 2
    assert line in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Bia Souza <Bia@Exemplo.com.br>", ("Bia Souza", "bia@exemplo.com.br")),
        ('"Souza, Bia" <bia@exemplo.com.br>', ("Souza, Bia", "bia@exemplo.com.br")),
        ("Bia / (11) 98765-4321", ("Bia", "+5511987654321")),
        ("Bia/bia@exemplo.com.br", ("Bia", "bia@exemplo.com.br")),
        ("+55 11 98765-4321", ("", "+5511987654321")),
        ("bia@exemplo.com.br", ("", "bia@exemplo.com.br")),
        ("Dona Bia", ("Dona Bia", "")),
    ],
)
def test_a_requester_is_a_name_an_address_or_both(written: str, parts: tuple[str, str]) -> None:
    assert requester(written) == parts


@given(st.text(max_size=80))
def test_a_requester_is_read_or_refused(written: str) -> None:
    try:
        _, address = requester(written)
    except RequesterUnreadable:
        return
    assert not address or "@" in address or address.startswith("+")


def test_at_a_terminal_it_asks_with_what_is_derived_as_the_default(
    database_settings: Database,
) -> None:
    settings = Settings.model_validate(
        {"roster": {"person": PEOPLE}, "database": database_settings.model_dump()}
    )
    found: list[open_asking.Answers] = []

    @click.command()
    def asking() -> None:
        found.append(open_asking.ask(settings, "", "", "", {}))

    lines = ["x@", "Bia / 11 98765-4321", "O app trava.", "Desde ontem.", "", "", "usage", "", "y"]
    ran = CliRunner().invoke(asking, input="\n".join(lines) + "\n")
    assert ran.exit_code == 0, ran.output
    assert "Title [O app trava.]" in ran.output
    [answers] = found
    assert answers.text == "O app trava.\nDesde ontem."
    assert (answers.title, answers.requester) == ("O app trava.", "Bia / 11 98765-4321")
    assert answers.fields == {"request_type": "usage"}
