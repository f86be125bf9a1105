"""`intake digest`: the morning's list, and the month's suggestions, on the command line."""

import asyncio
import csv
import io
from pathlib import Path

from intake.settings.database import Database
from tests.cli.command import Ran, intake
from tests.watch.week import instant, week


async def digest(folder: Path, database: Database, *arguments: str) -> Ran:
    (folder / "settings.toml").write_text(f"[database]\nurl = '{database.url}'\n", encoding="utf-8")
    return await asyncio.to_thread(intake, "digest", *arguments, folder=folder)


async def test_it_lists_open_tickets_by_what_they_need(
    tmp_path: Path, database_settings: Database
) -> None:
    async with week(database_settings) as it:
        await it.ticket(title="Nota presa")
    [section] = (await digest(tmp_path, database_settings, "--json")).json
    assert (section["topic"], section["total"]) == ("new", 1)
    assert section["tickets"][0]["title"] == "Nota presa"
    shown = await digest(tmp_path, database_settings, "--for", "n1")
    assert "Novos, ainda sem triagem (1)" in shown.out
    assert (await digest(tmp_path, database_settings, "--for", "N2")).out == (
        "No ticket needs anything now.\n"
    )
    wrong = await digest(tmp_path, database_settings, "--for", "N9")
    assert wrong.code == 2
    assert "there is no level 'N9'" in wrong.err


async def test_suggestions_of_a_month_go_to_a_spreadsheet_as_text(
    tmp_path: Path, database_settings: Database
) -> None:
    async with week(database_settings) as it:
        await it.ticket(title="=HYPERLINK(1)", request_type="improvement")
        await it.ticket(title="Um defeito")
        it.turn("fri 10:00")
        await it.ticket(
            title="Do mês seguinte",
            request_type="improvement",
            received_at=instant("fri 10:00").replace(month=12),
        )
    asked = ("--improvements", "--month", "2030-11")
    ran = await digest(tmp_path, database_settings, *asked, "--csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [row["title"] for row in rows] == ["'=HYPERLINK(1)"]
    assert "=HYPERLINK(1)" in (await digest(tmp_path, database_settings, *asked)).out
    wrong = await digest(tmp_path, database_settings, "--improvements", "--month", "nov")
    assert wrong.code == 2
    assert "2026-11" in wrong.err


async def test_it_names_all_that_the_mail_only_counts(
    tmp_path: Path, database_settings: Database
) -> None:
    async with week(database_settings) as it:
        await it.ticket()
        await it.ticket()
    [section] = (await digest(tmp_path, database_settings, "--json")).json
    assert (section["total"], len(section["tickets"])) == (2, 2)
