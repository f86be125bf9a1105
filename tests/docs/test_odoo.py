"""docs/odoo.md: its examples are taken, its tables are what the program does."""

import re
import tomllib
from pathlib import Path

import pytest

from intake.desk.odoo.layout import LAYOUTS, MODULE, STAGES
from intake.settings.model import Settings
from intake.settings.odoo_profiles import OURS, PROFILES
from tests.desk.odoo.conftest import AGENT_GROUPS

DOC = (Path(__file__).parents[2] / "docs" / "odoo.md").read_text(encoding="utf-8")
EXAMPLES = [re.sub("^   ", "", block, flags=re.MULTILINE) for block in
            re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)]  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=range(1, len(EXAMPLES) + 1))
def test_an_example_is_taken(example: str) -> None:
    Settings.model_validate(tomllib.loads(example))


def test_every_field_of_ours_is_listed_with_theirs() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", DOC, re.MULTILINE)
    listed = {ours: theirs for ours, *theirs in rows}
    without = set(re.findall(r"`(\w+)`", DOC.partition("não têm campo")[0].rpartition("\n\n")[2]))
    assert listed.keys() | without == OURS
    for profile, column in zip(PROFILES.values(), (0, 1), strict=True):
        for ours, theirs in profile.fields.items():
            assert f"`{theirs}`" in listed[ours][column], ours
        for ours in listed.keys() - profile.fields.keys():
            assert not listed[ours][column].startswith("`"), ours


def test_the_rights_are_those_that_the_tests_have() -> None:
    for group in AGENT_GROUPS:
        assert f"`{group}`" in DOC
    for layout in LAYOUTS.values():
        assert DOC.count(f"*{layout.user_group}*") == 2
        assert DOC.count(f"*{layout.manager_group}*") == 2


def test_names_are_as_setup_makes_them() -> None:
    assert ", ".join(look.name for look in STAGES.values()) in " ".join(DOC.split())
    assert f"`{MODULE}.…`" in DOC
