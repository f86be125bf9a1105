"""docs/regras.md is what operators learn from: every example in it is run."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.settings.database import Database
from intake.settings.load import load_settings
from intake.settings.rules_files import known_names
from routing.rules.compile_condition import KEYS
from routing.rules.load import SET_KEYS, load_rules
from routing.rules.problems import RuleSource
from tests.application import SOURCE, application, arrival, mail
from tests.docs.lesson import Example
from tests.docs.worked import Writing, rows, steps
from tests.routing.rules.writing import fires, rules

DOCUMENT = Path(__file__).parents[2] / "docs" / "regras.md"
STEPS = list(steps(DOCUMENT))
EXAMPLES = [step for step in STEPS if isinstance(step, Example)]
REFUSED = "…regras.toml:", "…: unknown"
"""How the output of commands begins that show a mistake."""
MAILS = (
    mail("Pulsinho piscando", subject="Pulsinho", message_id="<1@x>"),
    mail("Bolinha piscando", subject="Bolinha", message_id="<2@x>"),
)


async def fill(folder: Path, database: Database) -> None:
    """A journal with two messages of last week, routed by the shipped rules."""
    (folder / "regras.toml").write_text("")
    sections = {"rules": {"file": str(folder / "regras.toml")}}
    last_week = datetime.now(UTC) - timedelta(days=7)
    async with application(database, **sections) as running:
        arrivals = [
            replace(arrival(raw, number), received_at=last_week)
            for number, raw in enumerate(MAILS, start=1)
        ]
        await running.inbox.accept(arrivals, source=SOURCE)
        await running.worker_pool.drain()


def test_every_step_of_the_lesson_does_what_it_says(
    tmp_path: Path, database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    asyncio.run(fill(tmp_path, database_settings))
    for step in STEPS:
        if isinstance(step, Writing):
            step.do(tmp_path)
            continue
        if "backtest" in step.command:
            settings = tmp_path / "settings.toml"
            before = settings.read_text()
            settings.write_text(f'{before}\n[database]\nurl = "{database_settings.url}"\n')
            ran = step.run(tmp_path)
            settings.write_text(before)
        else:
            ran = step.run(tmp_path)
        printed = ran.out + ran.err
        assert step.matches(printed), f"{step.heading}\n$ {step.command}\n{printed}"
        assert ran.code == (2 if step.prints.startswith(REFUSED) else 0), step.command


def test_no_example_was_lost() -> None:
    assert len(EXAMPLES) == DOCUMENT.read_text(encoding="utf-8").count("\n$ ") > 15
    assert all(example.prints.strip() for example in EXAMPLES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files as they are at the end of the lesson."""
    path = tmp_path_factory.mktemp("lesson")
    for step in STEPS:
        if isinstance(step, Writing):
            step.do(path)
    return path


def unquoted(cell: str) -> str:
    """What stands between backticks."""
    return cell.strip("`")


def test_the_reference_names_every_condition_and_each_example_is_sound(folder: Path) -> None:
    table = rows(DOCUMENT, "O que uma regra pode procurar (`when`)")
    assert {unquoted(key) for key, _, _ in table} == KEYS
    for key, _, example in table:
        assert unquoted(key) in example
        check(folder, unquoted(example), 'priority = "high"')


def test_the_reference_names_every_effect_and_each_example_is_sound(folder: Path) -> None:
    table = rows(DOCUMENT, "O que uma regra pode definir (`set`)")
    assert {unquoted(key) for key, _, _ in table} == SET_KEYS
    for key, _, example in table:
        assert unquoted(key) in example
        check(folder, 'phrases = ["nota"]', unquoted(example))


def check(folder: Path, condition: str, effect: str) -> None:
    """Load a rule against the lesson's settings; raises what is wrong with it."""
    text = f'[[rule]]\nid = "r"\nlabel = "R"\nwhen = {{ {condition} }}\nset = {{ {effect} }}\n'
    known = known_names(load_settings(folder / "settings.toml"))
    assert load_rules([RuleSource("r.toml", text)], known=known).rules


SAID = {
    "não consigo emitir": "n consegui EMITIR",
    "trav*": "o travamento",
    "=atendimento": "o atendimento",
    "chamado #": "chamado 55210",
    "prazo ?": "qual o prazo?",
    "guia ~5 vencer": "venceu a minha guia",
    "como >3 emitir": "como eu emito",
    "emitir @documento": "emitir um recibo, emitir nota",
}


def test_every_form_of_a_phrase_finds_what_the_reference_says() -> None:
    table = rows(DOCUMENT, "Frases")
    assert [unquoted(written) for written, _ in table] == list(SAID)
    for written, finds in table:
        found = rules(
            '[phrases]\ndocumento = ["nota", "recibo"]\n'
            f'[words.request_type.bug]\n"{unquoted(written)}" = 1\n'
        )
        for said in (SAID[unquoted(written)], *re.findall("“(.*?)”", finds.partition("não “")[0])):
            assert fires(found, said), (written, said)


def test_the_overrides_of_the_reference_work_on_rules_of_those_names() -> None:
    [block] = re.findall(r"```toml exemplo\n(.*?)```", DOCUMENT.read_text("utf-8"), re.S)
    shipped = (
        '[phrases]\ndocumento = ["nota", "recibo"]\n[words.request_type.bug]\n"trav*" = 1\n'
        '[[rule]]\nid = "so-agradece"\nlabel = "R"\nwhen = ["@documento"]\nset.no_ticket = true\n'
    )
    found = load_rules([RuleSource("a", shipped), RuleSource("b", block, overrides=True)])
    assert [(rule.id, rule.weight) for rule in found.rules] == [("request_type.bug: trav*", 3)]
