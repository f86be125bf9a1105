"""`intake rules backtest`: what other rules would have made of the journal's messages."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from intake.settings.database import Database
from tests.application import PEOPLE, application, mail, take_in
from tests.cli.command import intake
from tests.cli.rules_folder import RULES, SETTINGS, write

ALWAYS = "9999w"
"""The messages' dates are fixed; this reaches back to them from any day."""
MAILS = (
    mail("Bom dia, o app trava.", subject="App", message_id="<1@x>"),
    mail("Como emito a nota?", subject="Nota", message_id="<2@x>"),
    mail("Obrigado", subject="Re", message_id="<3@x>"),
    mail("O app travou", subject="Ausência", message_id="<4@x>", Auto_Submitted="auto-replied"),
    mail("Preciso da certidão", subject="CND", message_id="<5@x>"),
)
OTHER = """
[words.request_type.bug]
"trav*" = 2

[words.request_type.accounting_service]
"nota" = 3
"certidão" = 2

[[rule]]
id = "cnd"
label = "Certidão negativa"
when = ["certidão"]
set = { service = "cnd", level = "N0" }
"""


@pytest.fixture
def folder(tmp_path: Path, database_settings: Database) -> Path:
    """Settings, rules, and a journal whose messages were routed by them."""
    people = "".join(
        f'\n[[roster.person]]\nlogin = "{each["login"]}"\nname = "{each["name"]}"\n'
        f'email = "{each["email"]}"\nlevels = {each["levels"]}\n'
        for each in PEOPLE
    )
    settings = SETTINGS.partition("[[roster.person]]")[0] + people
    settings += f'\n[database]\nurl = "{database_settings.url}"\n'
    write(tmp_path, settings=settings)

    async def fill() -> None:
        rules = {"shipped": False, "file": str(tmp_path / "regras.toml")}
        async with application(database_settings, rules=rules) as running:
            await take_in(running, *MAILS)

    asyncio.run(fill())
    return tmp_path


def backtest(folder: Path, *arguments: str) -> Any:
    """The JSON that it prints."""
    ran = intake("rules", "backtest", "--since", ALWAYS, "--json", *arguments, folder=folder)
    assert ran.code == 0, ran.err
    return ran.json


def test_the_rules_that_decided_change_nothing(folder: Path) -> None:
    assert backtest(folder) == {"n": 4, "changed": 0, "transitions": [], "changes": []}


def test_other_rules_show_what_changes_from_what_to_what_and_which_rule_did_it(
    folder: Path,
) -> None:
    (folder / "outras.toml").write_text(OTHER, encoding="utf-8")
    found = backtest(folder, "--rules", "outras.toml")
    assert (found["n"], found["changed"]) == (4, 3)
    assert {
        "field": "request_type", "from": "usage", "to": "accounting_service", "count": 1,
    } in found["transitions"]  # fmt: skip
    nota, thanks, cnd = found["changes"]
    assert nota["changes"] == {"request_type": {"from": "usage", "to": "accounting_service"}}
    assert nota["because"][0] == {
        "rule": "request_type.accounting_service: nota",
        "words": ["Nota", "nota"],
        "effect": "request_type=accounting_service",
    }
    assert {each["rule"] for each in nota["because"]} == {
        "request_type.accounting_service: nota",
        "request_type.usage: como",
    }
    assert thanks["id"].startswith("mensagem ")
    assert thanks["changes"] == {"request_type": {"from": "none", "to": "unclassified"}}
    assert [each["rule"] for each in thanks["because"]] == ["so-obrigado"]
    assert cnd["id"].startswith("R3-2026-")
    assert cnd["changes"] == {
        "request_type": {"from": "unclassified", "to": "accounting_service"},
        "service": {"from": None, "to": "cnd"},
        "level": {"from": None, "to": "N0"},
    }


def test_without_other_rules_those_in_force_are_held_against_what_was_decided(
    folder: Path,
) -> None:
    (folder / "regras.toml").write_text(OTHER, encoding="utf-8")
    found = backtest(folder)
    changes = {change["id"]: change["changes"] for change in found["changes"]}
    assert [each["request_type"] for each in changes.values()] == [
        {"from": "usage", "to": "accounting_service"},
        {"from": "unclassified", "to": "accounting_service"},
    ]


def test_a_level_that_a_rule_asked_for_then_is_no_change_now(
    database_settings: Database, folder: Path
) -> None:
    cnd = OTHER[OTHER.index("[[rule]]") :]
    (folder / "regras.toml").write_text(RULES + cnd, encoding="utf-8")

    async def fill() -> None:
        rules = {"shipped": False, "file": str(folder / "regras.toml")}
        async with application(database_settings, rules=rules) as running:
            await take_in(
                running, mail("Outra certidão", subject="CND", message_id="<6@x>"), first=6
            )

    asyncio.run(fill())
    changed = [change["id"] for change in backtest(folder)["changes"]]
    assert len(changed) == 1, "only the certificate that came before the rule"


def test_people_see_a_table(folder: Path) -> None:
    (folder / "outras.toml").write_text(OTHER, encoding="utf-8")
    ran = intake("rules", "backtest", "--since", ALWAYS, "--rules", "outras.toml", folder=folder)
    assert ran.code == 0, ran.err
    assert "4 mensagens, 3 mudariam." in ran.out
    shown = " ".join(ran.out.replace("│", " ").split())
    for said in (
        "tipo de solicitação usage accounting_service 1",
        "none → unclassified",
        "certidão (service=cnd, level=N0)",
    ):
        assert said in shown


@pytest.mark.parametrize("span", ["30", "month", "99999d", "-3d", ""])
def test_a_span_that_is_none_is_told(tmp_path: Path, span: str) -> None:
    ran = intake("rules", "backtest", "--since", span, folder=write(tmp_path))
    assert ran.code == 2
    assert "is no span of time; write for instance 30d, 12h or 2w" in ran.err


def test_rules_that_cannot_be_used_are_told_before_the_journal_is_opened(tmp_path: Path) -> None:
    (tmp_path / "outras.toml").write_text("[[rule]]\n")
    ran = intake("rules", "backtest", "--rules", "outras.toml", folder=write(tmp_path))
    assert (ran.code, ran.err) == (
        2,
        'outras.toml:1: every [[rule]] needs an id = "short-name"\n',
    )


def test_progress_is_shown_on_a_terminal_and_not_with_json(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = intake("rules", "backtest", "--since", ALWAYS, folder=folder)
    assert "Replaying" in shown.err
    assert intake("rules", "backtest", "--since", ALWAYS, "--json", folder=folder).err == ""
