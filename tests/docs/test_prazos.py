"""docs/prazos.md is what operators are shown: every example in it is run."""

import asyncio
from pathlib import Path

import pytest

from intake.settings.database import Database
from tests.application import application, mail, rows, take_in
from tests.docs.lesson import NO_SETTINGS, Example, examples

DOCUMENT = Path(__file__).parents[2] / "docs" / "prazos.md"
EXAMPLES = list(examples(DOCUMENT))
JOURNAL = [example for example in EXAMPLES if example.command.startswith("intake tickets")]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TEAM = """
[rules]
shipped = false
[replies]
backend = "none"
[calendar.holidays]
country = ""
[[roster.person]]
login = "ana.n0"
name = "Ana Lima"
levels = ["N0"]
[[roster.person]]
login = "edu.n1"
name = "Edu Reis"
levels = ["N1"]
[roster.person.hours]
""" + "".join(f'{weekday} = ["00:00-24:00"]\n' for weekday in WEEKDAYS)


@pytest.mark.parametrize(
    "example",
    [example for example in EXAMPLES if example not in JOURNAL],
    ids=lambda example: example.command.removeprefix("intake "),
)
def test_a_command_prints_what_the_lesson_says(example: Example, tmp_path: Path) -> None:
    ran = example.run(tmp_path)
    printed = ran.out + ran.err.replace(NO_SETTINGS, "")
    assert example.matches(printed), printed
    wrong = example.heading.startswith("10.")
    assert ran.code == (2 if wrong else 0)


async def test_escalating_prints_what_the_lesson_says(
    tmp_path: Path, database_settings: Database
) -> None:
    [example] = JOURNAL
    async with application(database_settings) as running:
        await take_in(running, mail())
        # As in the lesson, whatever the year is.
        await rows(running, "UPDATE tickets SET number = 'R3-2026-000001' RETURNING id")
    (tmp_path / "settings.toml").write_text(
        f"{TEAM}[database]\nurl = '{database_settings.url}'\n", encoding="utf-8"
    )
    ran = await asyncio.to_thread(example.run, tmp_path)
    assert ran.code == 0, ran.err
    assert example.matches(ran.out), ran.out


def test_no_example_was_lost() -> None:
    assert len(EXAMPLES) == DOCUMENT.read_text(encoding="utf-8").count("\n$ ") == 26
    assert all(example.prints.strip() for example in EXAMPLES)
