"""`intake calendar`: what an operator checks against the calendar on the wall."""

from pathlib import Path

import pytest

from tests.cli.command import intake

FIRM = """
[calendar.hours]
saturday = ["09:00-12:00"]

[[calendar.period]]
name = "Fechamento do ano"
first = 2026-12-14
last = 2026-12-18
hours.monday = ["08:00-20:00"]

[[calendar.day]]
name = "Véspera de Natal"
every = "12-24"
kind = "half"

[[calendar.day]]
name = "Recesso"
first = 2026-12-28
last = 2026-12-31
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text(FIRM, encoding="utf-8")
    return tmp_path


def test_a_month_day_by_day_with_the_reason_of_each_closed_one(folder: Path) -> None:
    ran = intake("calendar", "--month", "2026-12", folder=folder)
    assert ran.code == 0
    assert ran.err == ""
    lines = ran.out.splitlines()
    assert lines[0].strip() == "Expediente em 12/2026 (America/Sao_Paulo)"
    shown = {cells[0].strip("┃│ "): cells[1:] for line in lines if (cells := line.split(" │ "))[1:]}
    assert len(shown) == 31
    said = {day: " ".join(" ".join(cells).split()).rstrip("│ ") for day, cells in shown.items()}
    assert said["05/12"] == "sábado 09:00-12:00 3h"
    assert said["06/12"] == "domingo fechado fim de semana"
    assert said["14/12"] == "segunda-feira 08:00-20:00 12h Fechamento do ano"
    assert said["24/12"] == "quinta-feira 09:00-12:00 3h Véspera de Natal"
    assert said["25/12"] == "sexta-feira fechado feriado: Natal"
    assert said["29/12"] == "terça-feira fechado Recesso"
    assert lines[-1] == "22 dias úteis, 155h de expediente."


def test_a_month_for_programs(folder: Path) -> None:
    found = intake("calendar", "--month", "2026-12", "--json", folder=folder).json
    assert found["period"] == "2026-12"
    assert found["timezone"] == "America/Sao_Paulo"
    assert found["business_days"] == 22
    assert found["business_hours"] == 155
    assert len(found["days"]) == 31
    assert found["days"][23] == {
        "date": "2026-12-24",
        "kind": "firm",
        "name": "Véspera de Natal",
        "intervals": ["09:00-12:00"],
        "hours": 3,
    }
    assert found["days"][24]["kind"] == "holiday"


def test_a_year_s_days_to_be_reviewed(folder: Path) -> None:
    ran = intake("calendar", "--year", "2026", "--json", folder=folder)
    names = [day["name"] for day in ran.json["days"]]
    assert names[0] == "Confraternização Universal"
    assert names[-6:] == ["Véspera de Natal", "Natal", *["Recesso"] * 4]
    table = intake("calendar", "--year", "2026", folder=folder).out
    assert "Feriados e dias da firma em 2026" in table
    assert "Revolução Constitucionalista" in table
    assert "dias úteis" not in table


def test_without_a_month_it_is_the_current_one(tmp_path: Path) -> None:
    ran = intake("calendar", folder=tmp_path)
    assert ran.code == 0
    assert ran.err == "no settings.toml here: these are the shipped settings\n"
    assert ran.out.startswith("Expediente em ")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--month", "12/2026"), "'12/2026' is no month; write year and month, 2026-11"),
        (("--month", "2026-13"), "'2026-13' is no month; write year and month, 2026-11"),
        (("--year", "26"), "'26' is no year; write for instance 2027"),
        (("--year", "2026", "--month", "2026-11"), "give --month or --year, not both"),
    ],
)
def test_what_is_no_month_is_told_in_one_line(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    ran = intake("calendar", *arguments, folder=tmp_path)
    assert ran.code == 2
    assert ran.out == ""
    assert complaint in ran.err.splitlines()[-1]
