"""`intake report`: a month's promises as a table, for a spreadsheet and for other programs."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.cli.percent import percent
from tests.cli.command import Ran, intake

NOVEMBER = ("--month", "2025-11")
GONE = "=HYPERLINK(1)"
"""A request type that the settings have no longer, of an unlucky name."""


# The last values: when it came in, by when it was to be answered and done, and when it was.
TICKET = """
    INSERT INTO tickets (number, lane, channel, sender, sender_name, subject, title, description,
                         description_html, language, kind, priority, owner_reason, tags, missing,
                         due_explanation, trace, rules_fingerprint, request_type, level, stage,
                         received_at, first_response_due, resolution_due, acknowledged_at,
                         closed_at)
    VALUES (gen_random_uuid(), 0, 'email', '', '', '', '', '', '', 'pt-BR', 'client', 'medium', '',
            '{}', '{}', '{}', '{}', '', %s, %s, %s, %s, %s, %s, %s, %s)
"""
AT = datetime(2025, 11, 18, 10, 0, tzinfo=UTC)
TICKETS = (
    ("bug", "N1", "done", AT, AT, AT, AT, AT),
    ("bug", "N1", "cancelled", AT, AT, AT, AT, AT),
    (GONE, "N9", "new", AT, AT, None, None, None),
    ("tax", "N1", "new", AT.replace(month=12), AT, AT, AT, None),
)


@pytest.fixture
def folder(tmp_path: Path, journal_url: str) -> Path:
    """Where the command runs. Of November 2025: a bug answered and done in time, one cancelled, and
    one of a type that is gone, not answered. Of December: one."""
    (tmp_path / "settings.toml").write_text(f"[database]\nurl = '{journal_url}'\n")
    with psycopg.connect(journal_url) as connection, connection.cursor() as cursor:
        cursor.executemany(TICKET.encode(), TICKETS)
    return tmp_path


def report(folder: Path, *arguments: str) -> Ran:
    return intake("report", *arguments, folder=folder)


def numbers(line: str) -> str:
    return " ".join(line.replace("│", " ").split())


def test_json_has_every_count_by_type_by_level_and_in_all(folder: Path) -> None:
    ran = report(folder, *NOVEMBER, "--json")
    assert ran.code == 0, ran.err
    found = ran.json
    assert found["month"] == "2025-11"
    assert [(each["id"], each["received"]) for each in found["types"]] == [("bug", 2), (GONE, 1)]
    assert [(each["id"], each["received"]) for each in found["levels"]] == [("N1", 2), ("N9", 1)]
    assert found["types"][0]["label"] == "Suporte do Sistema – Erro / Bug crítico"
    assert found["types"][0]["resolution"] == {
        "kept": 1,
        "late": 0,
        "overdue": 0,
        "running": 0,
        "untimed": 0,
        "cancelled": 1,
        "judged": 1,
        "share": 1.0,
    }
    assert found["total"]["first_response"]["share"] == 0.6667
    assert found["total"]["by_person"]["kept"] == 0
    assert found["total"]["resolution"]["untimed"] == 1


def test_the_table_says_it_to_people_and_what_counts_as_an_answer(folder: Path) -> None:
    shown = report(folder, *NOVEMBER).out
    assert "Resposta inicial, novembro de 2025" in shown
    assert "Solução, novembro de 2025" in shown
    responses, resolutions = (line for line in shown.splitlines() if "Total" in line)
    assert numbers(responses) == "Total 3 2 0 1 0 0 66,7 % 0 %"
    assert numbers(resolutions) == "Total 3 1 0 0 0 1 1 100 %"
    assert "A confirmação automática conta como resposta inicial" in shown
    assert report(folder, "--month", "2029-01").out == "No ticket came in that month.\n"


def test_a_spreadsheet_gets_a_line_a_group_and_no_formula(folder: Path) -> None:
    printed = report(folder, *NOVEMBER, "--csv", "-").out
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["group"] for row in rows] == ["type", "type", "level", "level", "total"]
    assert rows[1]["id"] == f"'{GONE}"
    assert rows[1]["resolution_share"] == "", "nothing to judge is no zero"
    assert rows[-1]["first_response_kept"] == "2"
    ran = report(folder, *NOVEMBER, "--csv", "mês.csv", "--svg", "mês.svg")
    assert "Total" in ran.out, "the table is shown beside"
    assert (folder / "mês.csv").read_bytes().decode() == printed
    ElementTree.parse(folder / "mês.svg")


def test_a_chart_goes_to_standard_output_in_the_firms_language(folder: Path) -> None:
    settings = folder / "settings.toml"
    settings.write_text(
        settings.read_text()
        + '[replies]\ndefault_language = "en"\n[organisation]\nname = "A <b> & C"\n'
    )
    drawn = report(folder, *NOVEMBER, "--svg", "-").out
    words = "".join(ElementTree.fromstring(drawn).itertext())
    assert "November 2025" in words
    assert "A <b> & C" in words
    assert GONE in words


def test_wrong_use_is_one_clear_line(folder: Path) -> None:
    for arguments, words in (
        (("--month", "nov"), "2026-11"),
        (("--csv", "-", "--json"), "only one of"),
        (("--csv", "."), "directory"),
    ):
        ran = report(folder, *arguments)
        assert (ran.code, ran.err.count("\n")) == (2, 1), ran.err
        assert words in ran.err
    ran = report(folder, "--svg", "no/where.svg")
    assert (ran.code, ran.err) == (1, "intake: no/where.svg: No such file or directory\n")


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_what_is_whole_is_called_so(kept: int, broken: int) -> None:
    assert percent(kept / (kept + broken)) != percent(1.0)
    assert (percent(kept / (kept + broken)) == percent(0.0)) == (kept == 0)
    assert float(percent(kept / (kept + broken), "en")[:-1]) <= 100


def test_a_share_is_written_as_its_language_does() -> None:
    assert percent(0.6667) == "66,7\N{NO-BREAK SPACE}%"
    assert percent(0.6667, "en") == "66.7%"
    assert percent(1) == "100\N{NO-BREAK SPACE}%"
    assert percent(None) == "—"
