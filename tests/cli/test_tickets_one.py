"""`intake tickets`: one ticket of the embedded desk, from the command line."""

import asyncio
from pathlib import Path

import pytest

from intake.settings.database import Database
from tests.application import application, rows
from tests.cli.command import Ran, intake
from tests.cli.test_escalate import folder, number_of, run

__all__ = ["folder"]
LATER, LATEST = "2099-12-01T18:00", "2099-12-02T18:00"
ANA = ("--by", "ana.n0")


async def drained(folder: Path) -> None:
    """The daemon's work, once."""
    ran = await asyncio.to_thread(intake, "run", "--once", folder=folder)
    assert ran.code == 0, ran.err


async def told(database: Database) -> list[tuple[str, str]]:
    async with application(database) as opened:
        found = await rows(opened, "SELECT kind, recipient FROM replies ORDER BY id")
    return [(row["kind"], row["recipient"]) for row in found]


async def test_a_ticket_from_scheduling_to_its_end(
    folder: Path, database_settings: Database
) -> None:
    number = await number_of(folder)
    scheduled = await run(
        folder, "tickets", "schedule", number, "--deadline", LATER, "--by", "ANA.N0"
    )
    assert scheduled.code == 0, scheduled.err
    assert scheduled.out.splitlines() == [
        f"{number}: estágio: Agendado",
        f"{number}: data final: terça-feira, 01/12/2099, às 18:00",
    ]
    assert (await run(folder, "tickets", "start", number, *ANA)).code == 0
    ended = await run(
        folder, "tickets", "done", number, "--solution", "A nota saiu.", *ANA, "--json"
    )
    assert (ended.json["stage"], ended.json["events"][-1]["what"]) == (
        "done",
        "Solução: A nota saiu.",
    )
    await drained(folder)
    shown = (await run(folder, "tickets", "show", number, "--json")).json
    assert shown["closed_at"]
    assert ("closed-done", "bia@exemplo.com.br") in await told(database_settings)
    page = await run(folder, "tickets", "show", number)
    assert "Concluído, encerrado em" in page.out
    assert "Solução: A nota saiu." in page.out


async def test_another_than_the_owner_is_noted(folder: Path, database_settings: Database) -> None:
    number = await number_of(folder)
    await run(folder, "tickets", "schedule", number, "--deadline", LATER, *ANA)
    await drained(folder)
    await run(
        folder, "tickets", "schedule", number, "--deadline", "2099-12-02T18:00", "--by", "edu.n1"
    )
    await drained(folder)
    assert ("attention", "ana.n0@r3izzy.com.br") in await told(database_settings)


async def test_a_note_moves_a_ticket(folder: Path) -> None:
    number = await number_of(folder)
    assert (await run(folder, "tickets", "note", number, "@N1 precisa do banco")).code == 0
    await drained(folder)
    shown = (await run(folder, "tickets", "show", number, "--json")).json
    assert (shown["level"], shown["owner"]) == ("N1", "edu.n1")


async def test_assign_and_escalate(folder: Path) -> None:
    number = await number_of(folder)
    made = await run(folder, "tickets", "assign", number, "edu.n1")
    assert made.out == f"{number}: responsável: edu.n1\n"
    again = await run(folder, "tickets", "assign", number, "edu.n1")
    assert (again.code, again.err) == (1, f"intake: {number} is so already\n")
    back = await run(folder, "tickets", "assign", number, "ana.n0")
    assert back.code == 0
    moved = await run(folder, "tickets", "escalate", number, "--to", "N1", "--json")
    assert moved.json["to"] == {"level": "N1", "owner": "edu.n1"}
    same = await run(folder, "tickets", "escalate", number, "--to", "N1")
    assert (same.code, same.err) == (1, "intake: the ticket is on level N1 already\n")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("show", "R3-1999-000001"), 1, "there is no ticket R3-1999-000001"),
        (("done", "R3-1999-000001"), 1, "there is no ticket R3-1999-000001"),
        (("assign", "{number}", "edu.n"), 2, "'edu.n' is not on the roster; did you mean 'edu.n1'"),
        (("schedule", "{number}", "--deadline", "2001-01-01T10:00"), 2, "has passed"),
        (("schedule", "{number}", "--deadline", "amanhã"), 2, "is no date and time"),
        (("note", "{number}", "  "), 2, "the note is empty"),
        (("escalate", "{number}", "--to", "N9"), 2, "unknown level 'N9'"),
    ],
)
async def test_what_is_wrong_is_one_line(
    folder: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    number = await number_of(folder)
    ran = await run(folder, "tickets", *(each.format(number=number) for each in arguments))
    assert ran.code == code, ran.err
    assert says in ran.err
    assert ran.err.count("\n") == 1


async def test_with_odoo_as_the_desk_one_is_sent_there(folder: Path) -> None:
    number = await number_of(folder)
    file = folder / "settings.toml"
    odoo = (
        "\n[desk]\nbackend = 'odoo'\n[odoo]\nurl = 'https://odoo.x'\ndatabase = 'd'\nuser = 'i'\n"
    )
    file.write_text(file.read_text() + odoo + "password = { env = 'NONE' }\n")
    shown: Ran = await run(folder, "tickets", "show", number)
    assert shown.code == 0, shown.err
    ran = await run(folder, "tickets", "done", number)
    assert (ran.code, "the desk is Odoo: change it there" in ran.err) == (1, True)
