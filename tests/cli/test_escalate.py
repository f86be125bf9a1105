"""`intake tickets escalate`: the next level takes over, from the command line."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from intake.settings.database import Database
from tests.application import PEOPLE, application, mail, take_in
from tests.cli.command import Ran, intake


def _table(person: Mapping[str, object]) -> str:
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in person.items())
    return "[[roster.person]]\n" + "".join(lines)


@pytest.fixture
async def folder(tmp_path: Path, database_settings: Database) -> Path:
    """Settings of an office with one open ticket."""
    async with application(database_settings) as running:
        await take_in(running, mail())
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
    return await asyncio.to_thread(intake, *arguments, folder=folder)


async def number_of(folder: Path) -> str:
    [ticket] = (await run(folder, "tickets", "--json")).json
    return str(ticket["number"])


async def test_it_says_who_has_the_ticket_now_and_keeps_its_due_times(folder: Path) -> None:
    [before] = (await run(folder, "tickets", "--json")).json
    ran = await run(folder, "tickets", "escalate", before["number"], "--why", "precisa do banco")
    assert ran.code == 0, ran.err
    assert ran.out.startswith(
        f"{before['number']}: Escalado de N0 (ana.n0) para N1 (edu.n1). Motivo: precisa do banco. "
    )
    [after] = (await run(folder, "tickets", "--json")).json
    assert (after["level"], after["owner"]) == ("N1", "edu.n1")
    for kept in ("first_response_due", "resolution_due", "received_at", "stage"):
        assert after[kept] == before[kept]


async def test_for_programs(folder: Path) -> None:
    number = await number_of(folder)
    found = (await run(folder, "tickets", "escalate", number, "--json")).json
    assert found["number"] == number
    assert found["from"] == {"level": "N0", "owner": "ana.n0"}
    assert found["to"] == {"level": "N1", "owner": "edu.n1"}
    assert found["why"] == ""


async def test_it_needs_no_password_for_the_mail_server(folder: Path) -> None:
    number = await number_of(folder)
    path = folder / "settings.toml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("backend = 'maildir'\noutbox = 'outbox'", "backend = 'smtp'")
    smtp = "[smtp]\nhost = 'localhost'\nuser = 'u'\npassword = { env = 'NOT_SET_ANYWHERE' }\n"
    path.write_text(text + smtp, encoding="utf-8")
    ran = await run(folder, "tickets", "escalate", number)
    assert ran.code == 0, ran.err


async def test_a_no_is_one_line_and_exit_code_1(folder: Path) -> None:
    unknown = await run(folder, "tickets", "escalate", "R3-1")
    assert (unknown.code, unknown.out) == (1, "")
    assert unknown.err == "intake: there is no ticket R3-1; see `intake tickets`\n"
    number = await number_of(folder)
    await run(folder, "tickets", "escalate", number)
    highest = await run(folder, "tickets", "escalate", number)
    assert highest.code == 1
    assert highest.err == (
        "intake: nobody else is on a level above N1; "
        "the levels in order are N0, N1, N2, Coordenação\n"
    )


async def test_the_table_of_tickets_is_still_there(folder: Path) -> None:
    ran = await run(folder, "tickets")
    assert ran.code == 0
    assert "ana.n0" in ran.out
    usage = await run(folder, "tickets", "escalate")
    assert usage.code == 2
    assert "NUMBER" in usage.err
