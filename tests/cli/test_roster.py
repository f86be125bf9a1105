"""`intake roster`: who is there, and who would own a ticket and why."""

import asyncio
from pathlib import Path

import pytest

from intake.settings.database import Database
from tests.application import application, mail, take_in
from tests.cli.command import intake

TEAM = """
[[roster.person]]
login = "ana"
name = "Ana Lima"
email = "ana@r3izzy.com.br"
phone = "+5511987654321"
levels = ["N0"]
clients = ["@clinica.com.br"]

[[roster.person]]
login = "bia"
name = "Bia Melo"
levels = ["N0"]

[[roster.person.absence]]
first = 2026-12-21
last = 2027-01-04
reason = "férias"

[[roster.person]]
login = "edu"
name = "Edu Reis"
levels = ["N1"]
skills = ["tax", "bug"]

[roster.person.hours]
monday = ["11:00-20:00"]
tuesday = ["11:00-20:00"]
friday = []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text(TEAM, encoding="utf-8")
    return tmp_path


def test_the_table_says_who_is_there_how_to_reach_them_and_what_is_special(folder: Path) -> None:
    ran = intake("roster", "--at", "2026-12-21T10:00", folder=folder)
    assert ran.code == 0
    title, *lines = ran.out.splitlines()
    assert title.strip() == "Quadro de suporte em segunda-feira, 21/12/2026, às 10:00"
    text = " ".join(" ".join(lines).replace("│", " ").split())
    for words in (
        "N0 Ana Lima ana ana@r3izzy.com.br sim clientes próprios: @clinica.com.br",
        "Bia Melo bia não férias; a partir de 05/01/2027 09:00",
        "N1 Edu Reis edu não a partir de 21/12/2026 11:00",
        "horário próprio: seg a ter 11:00-20:00, sex folga",
        "atende só: bug, tax",
        "N2 (ninguém)",
    ):
        assert words in text
    assert "+5511987654321" in text


def test_an_absence_to_come_is_announced(folder: Path) -> None:
    ran = intake("roster", "--at", "2026-12-18T10:00", folder=folder)
    assert "férias: 21/12/2026 a 04/01/2027" in ran.out


def test_who_would_own_a_ticket_and_why(folder: Path) -> None:
    asked = ("roster", "--at", "2026-11-23T12:00", "--request-type", "bug")
    last = intake(*asked, folder=folder).out.splitlines()[-1]
    assert last == "N1: edu. Só Edu Reis está em expediente no nível N1."
    own = ("roster", "--at", "2026-11-23T10:00", "--level", "N0", "--client", "x@clinica.com.br")
    assert intake(*own, folder=folder).out.splitlines()[-1] == (
        "N0: ana. Ana Lima cuida deste cliente."
    )


def test_for_programs(folder: Path) -> None:
    found = intake(
        "roster", "--at", "2026-11-27T10:00", "--level", "N1", "--json", folder=folder
    ).json
    assert found["levels"] == ["N0", "N1", "N2", "Coordenação"]
    assert found["strategy"] == "in_turn"
    ana, bia, edu = found["people"]
    assert ana["at_work"] is True
    assert (ana["email"], ana["phone"]) == ("ana@r3izzy.com.br", "+5511987654321")
    assert ana["clients"] == ["@clinica.com.br"]
    assert bia["absences"] == [{"first": "2026-12-21", "last": "2027-01-04", "reason": "férias"}]
    assert edu["at_work"] is False
    assert edu["starts_at"] == "2026-11-30T11:00:00-03:00"
    assert edu["hours"] == {"monday": ["11:00-20:00"], "tuesday": ["11:00-20:00"], "friday": []}
    assert edu["skills"] == ["bug", "tax"]
    assert "open_tickets" not in ana
    assert found["assignment"]["owner"] == "edu"
    assert found["assignment"]["at_work"] is False
    assert found["assignment"]["starts_at"] == "2026-11-30T11:00:00-03:00"


async def _two_tickets(database: Database, team: dict[str, object]) -> None:
    async with application(database, roster=team) as running:
        mails = (mail(message_id=f"<{n}@exemplo.com.br>", text=f"caso {n}") for n in range(2))
        await take_in(running, *mails)


async def test_with_the_journal_everybody_s_open_tickets_count(
    folder: Path, database_settings: Database
) -> None:
    ana = {"login": "ana", "name": "Ana Lima", "levels": ["N0"]}
    await _two_tickets(database_settings, {"person": [ana]})
    with (folder / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"[database]\nurl = '{database_settings.url}'\n")
    asked = ("roster", "--level", "N0", "--at", "2026-11-23T10:00", "--journal")
    # The command brings an event loop of its own.
    ran = await asyncio.to_thread(intake, *asked, folder=folder)
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-1] == "N0: bia. No nível N0, Bia Melo é de quem é a vez."
    found = (await asyncio.to_thread(intake, *asked, "--json", folder=folder)).json
    assert [each["open_tickets"] for each in found["people"]] == [2, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--level", "n1"), "unknown level 'n1'; did you mean 'N1'?"),
        (("--request-type", "bugg"), "unknown request type 'bugg'; did you mean 'bug'?"),
        (("--client", "x@y.com"), "say of which --request-type or on which --level"),
        (("--at", "hoje"), "'hoje' is no date and time; write for instance"),
    ],
)
def test_bad_input_is_one_clear_line(
    folder: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    ran = intake("roster", *arguments, folder=folder)
    assert ran.code == 2
    assert ran.out == ""
    assert complaint in ran.err
    assert len(ran.err.splitlines()) == 1


def test_an_empty_roster_says_so(tmp_path: Path) -> None:
    ran = intake("roster", "--level", "N0", folder=tmp_path)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == (
        "N0: —. O quadro de suporte está vazio: o chamado ficou sem responsável."
    )
