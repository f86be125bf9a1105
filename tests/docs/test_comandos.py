"""docs/comandos.md agrees with the program: every parameter, every example, every line."""

import re
from pathlib import Path

import pytest

from routing.commands.command import Command
from routing.commands.parameters import PARAMETERS
from routing.commands.parse import read_line

TEXT = (Path(__file__).parents[2] / "docs" / "comandos.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \|.*\| `([^`]+)` \|$", TEXT, re.M)
BLOCKS = re.findall(r"^```text\n(.*?)^```", TEXT, re.M | re.S)


def test_the_table_has_every_parameter_in_the_helps_order() -> None:
    assert [(each.name, each.example) for each in PARAMETERS.values()] == ROWS


@pytest.mark.parametrize("line", BLOCKS)
def test_an_example_is_understood(line: str) -> None:
    assert isinstance(read_line(line), Command)
