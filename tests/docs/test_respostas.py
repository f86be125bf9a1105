"""docs/respostas.md is what operators are shown: every example in it is run, nothing is missing."""

import re
from pathlib import Path

import pytest

from intake.ports.reply_kinds import KINDS
from intake.replies.template_check import VARIABLES
from intake.replies.wording import LANGUAGES
from tests.docs.lesson import NO_SETTINGS, Example, examples

DOCUMENT = Path(__file__).parents[2] / "docs" / "respostas.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
EXAMPLES = list(examples(DOCUMENT))
_PIECE = re.compile(r"^## |^```jinja\n(?P<body>\{# (?P<path>\S+) #\}\n.*?)^```$|^\$ ", re.M | re.S)
"""A heading, a template file, or a command."""


def files_before(number: int) -> dict[str, str]:
    """The template files that stand nearest before the example of that number, in its section."""
    found: dict[str, str] = {}
    seen = -1
    for piece in _PIECE.finditer(TEXT):
        if piece["path"]:
            found = {piece["path"]: piece["body"]}
        elif piece[0] == "## ":
            found = {}
        elif (seen := seen + 1) == number:
            return found
    raise AssertionError(f"there is no example {number}")


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=lambda n: EXAMPLES[n].command)
def test_a_command_prints_what_the_document_says(number: int, tmp_path: Path) -> None:
    example: Example = EXAMPLES[number]
    for name, body in files_before(number).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    ran = example.run(tmp_path)
    printed = ran.out + ran.err.replace(NO_SETTINGS, "")
    assert example.matches(printed), printed
    assert ran.code == (2 if example.heading.startswith("6.") else 0)


def test_no_example_was_lost() -> None:
    assert len(EXAMPLES) == TEXT.count("\n$ ") == 12
    assert all(example.prints.strip() for example in EXAMPLES)


def test_every_placeholder_is_explained() -> None:
    table = TEXT.partition("## 5.")[2].partition("## 6.")[0]
    assert set(re.findall(r"`([a-z_]+)`", table)) >= set(VARIABLES) - {"extra"}
    for filter_name in ("until", "instant"):
        assert f"| {filter_name} }}}}" in table


def test_every_letter_and_what_only_it_says_is_named() -> None:
    table = TEXT.partition("## 5.")[2].partition("## 6.")[0]
    for kind in KINDS.values():
        assert f"\n| `{kind.name}` |" in TEXT.partition("## 1.")[0]
        row = re.search(rf"^\| `{kind.name}` \|(.*)\|(.*)\|$", table, re.M)
        if row is None:
            assert not kind.extra + kind.optional
            continue
        assert re.findall(r"`extra\.(\w+)`", row[1]) == list(kind.extra)
        assert re.findall(r"`(\w+)`", row[2]) == list(kind.optional)


def test_every_language_is_named() -> None:
    assert all(f"`{language}`" in TEXT for language in LANGUAGES)
