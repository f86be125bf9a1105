"""docs/procedimento.md agrees with the program: the settings and tests that it names are there."""

import ast
from pathlib import Path

import pytest
from pydantic import BaseModel

from intake.settings.load import model_in
from intake.settings.model import Settings

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs" / "procedimento.md"
NONE = "—"


def rows() -> list[list[str]]:
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if "|" in line]
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] != "O procedimento diz" and set(row[0]) != {"-"}]


def quoted(cell: str) -> list[str]:
    return [part for part in cell.split("`")[1::2] if part]


ROWS = rows()


def test_every_row_says_what_is_done_by_which_setting_and_shown_by_which_test() -> None:
    for row in ROWS:
        said, done, setting, shown = row
        assert said, row
        assert done, row
        assert quoted(setting) or setting == NONE, row
        assert quoted(shown), row


@pytest.mark.parametrize("setting", sorted({name for row in ROWS for name in quoted(row[2])}))
def test_a_setting_is_there(setting: str) -> None:
    model: type[BaseModel] | None = Settings
    for part in setting.split("."):
        assert model is not None, f"{setting}: nothing lies below that"
        assert part in model.model_fields, f"{setting}: no key {part!r}"
        model = model_in(model.model_fields[part].annotation)


@pytest.mark.parametrize("shown", sorted({name for row in ROWS for name in quoted(row[3])}))
def test_a_test_is_there(shown: str) -> None:
    file, _, name = shown.partition("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    found = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert not name or name in found, f"{file} has no {name}"
