"""`intake sla`: a contract that checks outside the project call."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import intake

FRIDAY = "2026-11-27T17:30:00-03:00"


def due(folder: Path, *arguments: str) -> dict[str, str | None]:
    ran = intake("sla", *arguments, "--json", folder=folder)
    assert ran.code == 0, ran.err
    found = ran.json
    assert isinstance(found, dict)
    return found


def test_the_contract_s_own_example_from_any_folder_in_a_process_of_its_own(
    tmp_path: Path,
) -> None:
    command = Path(sys.executable).with_name("intake")
    ran = subprocess.run(
        [command, "sla", "--request-type", "bug", "--received", FRIDAY, "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(ran.stdout) == {
        "first_response_due": "2026-11-30T09:30:00-03:00",
        "resolution_due": "2026-11-30T11:30:00-03:00",
    }


@pytest.mark.parametrize(
    ("arguments", "first_response", "resolution"),
    [
        (("usage", "2026-11-23T10:00:00-03:00"), "2026-11-23T11:00", "2026-11-26T10:00"),
        (("tax", FRIDAY), "2026-11-30T09:30", "2026-12-01T18:00"),
        (("tax", "2026-11-27T19:00:00-03:00"), "2026-11-30T10:00", "2026-12-02T18:00"),
        (("tax", "2026-11-27T22:00:00Z"), "2026-11-30T10:00", "2026-12-02T18:00"),
        (("tax", "2026-11-27T19:00"), "2026-11-30T10:00", "2026-12-02T18:00"),
        (("improvement", FRIDAY), "2026-11-30T09:30", "2026-11-30T18:00"),
        (("internal", FRIDAY), "2026-11-30T09:30", None),
        (("accounting_service", FRIDAY), "2026-11-30T09:30", "2026-12-01T18:00"),
        (("accounting_service", FRIDAY, "cnd"), "2026-11-30T09:30", "2026-12-01T18:00"),
        (("accounting_service", FRIDAY, "reemissao_guia"), "2026-11-30T09:30", "2026-11-30T18:00"),
    ],
)
def test_due_times(
    tmp_path: Path, arguments: tuple[str, ...], first_response: str, resolution: str | None
) -> None:
    request_type, received, *service = arguments
    asked = ("--request-type", request_type, "--received", received)
    found = due(tmp_path, *asked, *(("--service", *service) if service else ()))
    assert found == {
        "first_response_due": f"{first_response}:00-03:00",
        "resolution_due": f"{resolution}:00-03:00" if resolution else None,
    }


def test_in_words_and_explained(tmp_path: Path) -> None:
    asked = ("sla", "--request-type", "internal", "--received", FRIDAY)
    plain = intake(*asked, folder=tmp_path)
    assert plain.out.splitlines() == [
        "Resposta inicial até segunda-feira, 30/11/2026, às 09:30.",
        "Solução sem data: até resolver, com lembrete a cada dia útil.",
    ]
    explained = intake(*asked, "--explain", folder=tmp_path).out.splitlines()
    assert "  sexta-feira, 27/11/2026, 17:30 às 18:00: conta 30min; faltam 30min." in explained
    both = intake(*asked, "--explain", "--json", folder=tmp_path).json
    assert both["explanation"] == explained


def test_the_settings_of_the_folder_count(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        '[[sla.type]]\nid = "bug"\nresolution = "1h útil"\n'
        '[[calendar.day]]\nname = "Emenda"\ndate = 2026-11-30\n',
        encoding="utf-8",
    )
    found = due(tmp_path, "--request-type", "bug", "--received", FRIDAY)
    assert found["resolution_due"] == "2026-12-01T09:30:00-03:00"


def test_the_table_and_the_services(tmp_path: Path) -> None:
    table = intake("sla", folder=tmp_path)
    assert table.code == 0
    for word in ("accounting_city", "10 dias úteis", "Coordenação", "até resolução", "cnd"):
        assert word in table.out
    found = intake("sla", "--json", folder=tmp_path).json
    assert found["types"][0]["resolution"] == "3h úteis"
    assert {"cnd", "reemissao_guia", "declaracao_faturamento"} <= {
        service["id"] for service in found["services"]
    }


def test_now_where_no_instant_is_given(tmp_path: Path) -> None:
    assert due(tmp_path, "--request-type", "bug")["resolution_due"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--request-type", "bugg"), "unknown request type 'bugg'; did you mean 'bug'?"),
        (
            ("--request-type", "accounting_service", "--service", "cndd"),
            "unknown service 'cndd'; did you mean 'cnd'?",
        ),
        (
            ("--request-type", "bug", "--received", "27/11/2026 17:30"),
            (
                "'27/11/2026 17:30' is no date and time; write for instance "
                "2026-11-27T17:30:00-03:00"
            ),
        ),
        (
            ("--request-type", "bug", "--received", "0001-01-01T00:00:00+14:00"),
            "the year must be between 1970 and 2199",
        ),
        (("--explain",), "name the --request-type; `intake sla` alone shows which there are"),
        (("--received", FRIDAY), "name the --request-type"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(
    tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    (tmp_path / "settings.toml").touch()
    ran = intake("sla", *arguments, folder=tmp_path)
    assert ran.code == 2
    assert ran.out == ""
    assert len(ran.err.splitlines()) == 1
    assert complaint in ran.err


def test_a_settings_file_with_a_fault_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[calendar]\ntimezone = 'Brasilia'\n")
    ran = intake("sla", "--request-type", "bug", folder=tmp_path)
    assert ran.code == 2
    assert ran.err.startswith("settings.toml:2: calendar.timezone: unknown time zone 'Brasilia'")


def test_a_desk_that_is_closed_for_years_is_told_apart_from_a_defect(tmp_path: Path) -> None:
    days = "".join(
        f'[[calendar.day]]\nname = "Reforma"\nfirst = {year}-01-01\nlast = {year}-12-31\n'
        for year in range(2026, 2031)
    )
    (tmp_path / "settings.toml").write_text(days)
    ran = intake("sla", "--request-type", "bug", "--received", FRIDAY, folder=tmp_path)
    assert ran.code == 2
    assert "no business hours within two years" in ran.err
