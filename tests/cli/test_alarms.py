"""`intake alarms`: what will ring when, for whom, and what rang."""

import asyncio
import json
from pathlib import Path

from intake.settings.database import Database
from tests.cli.command import Ran, intake
from tests.watch.week import ANA, CAU, EDU, instant, week


async def clock(folder: Path, database: Database, *arguments: str) -> Ran:
    people = "".join(
        "[[roster.person]]\n"
        + "".join(f"{key} = {json.dumps(value)}\n" for key, value in person.items())
        for person in (ANA, EDU, CAU)
    )
    (folder / "settings.toml").write_text(
        f"[database]\nurl = '{database.url}'\n{people}", encoding="utf-8"
    )
    return await asyncio.to_thread(intake, "alarms", *arguments, folder=folder)


async def test_it_says_what_will_ring_when_and_for_whom(
    tmp_path: Path, database_settings: Database
) -> None:
    async with week(database_settings) as it:
        await it.ticket(resolution_due=instant("tue 11:00"))
    ran = await clock(tmp_path, database_settings, "--json")
    assert ran.code == 0, ran.err
    assert [(each["kind"], each["due_at"][:16]) for each in ran.json] == [
        ("unscheduled", "2030-11-18T14:00"),
        ("resolution-near", "2030-11-19T12:00"),
        ("resolution-breach", "2030-11-19T14:00"),
    ]
    assert ran.json[0]["for"] == [
        {"login": "edu", "role": "owner"},
        {"login": "ana", "role": "first-level"},
    ]
    shown = (await clock(tmp_path, database_settings)).out
    assert "18/11 11:00" in shown
    assert "sem agendamento" in shown
    other = await clock(tmp_path, database_settings, "--ticket", "R3-1999-000001")
    assert other.out == "Nothing is going to ring.\n"


async def test_it_says_what_rang_and_who_was_told(
    tmp_path: Path, database_settings: Database
) -> None:
    async with week(database_settings) as it:
        await it.ticket()
        await it.until("mon 11:00")
    [rang] = (await clock(tmp_path, database_settings, "--fired", "--json")).json
    assert rang["kind"] == "unscheduled"
    assert sorted(each["login"] for each in rang["for"]) == ["ana", "edu"]
    assert rang["fired_at"] == rang["due_at"]
