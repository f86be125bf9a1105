import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.toml_lines import TomlSyntax, line_of, lines_of, parse_toml

TEXT = """\
# a comment
margin = 1
b.c = { x = 1, y = [1,
  # between
  2, { z = 3 }] }
[table."quoted.key"]
k = "v"
[[rule]]
id = "first"
[rule.when]
any = ["a",
  "b"]
[[rule]]
id = 'second'
"é" = 2
[[rule.part]]
q = 1
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["margin"], 2),
        (["b"], 3),
        (["b", "c", "y"], 3),
        (["b", "c", "y", 1], 5),
        (["b", "c", "y", 2, "z"], 5),
        (["table", "quoted.key", "k"], 7),
        (["rule", 0], 8),
        (["rule", 0, "when", "any", 1], 12),
        (["rule", 1, "id"], 14),
        (["rule", 1, "é"], 15),
        (["rule", 1, "part", 0, "q"], 17),
    ],
)
def test_finds_the_line_of_a_value(path: list[str | int], line: int) -> None:
    assert line_of(TEXT, path) == line


def test_falls_back_to_the_nearest_parent_that_is_there() -> None:
    assert line_of(TEXT, ["rule", 1, "when", "all", 0]) == 13
    assert line_of(TEXT, ["nothing", "of", "this"]) == 1


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a = 1\nb = texto\n", 2, "quotation marks"),
        ('a = ["x"\n\nb = 2\n', 3, "list"),
        ('a = "x\nb = 2\n', 1, "must end with"),
        ("a = 1\na = 2\n", 2, "twice"),
        ("a = 1\nsem valor\n", 2, "key = value"),
        ("a = [1,\n2", 2, "list"),
    ],
)
def test_a_syntax_error_names_its_line_and_the_remedy(text: str, line: int, says: str) -> None:
    with pytest.raises(TomlSyntax) as caught:
        parse_toml(text)
    assert caught.value.line == line
    assert says in caught.value.message
    assert "\n" not in caught.value.message


def _refused_on(text: str) -> int | None:
    try:
        parse_toml(text)
    except TomlSyntax as error:
        return error.line
    return None


@given(st.text())
def test_any_text_is_either_read_or_refused_on_a_line_of_it(text: str) -> None:
    lines_of(text)
    line = _refused_on(text)
    assert line is None or 1 <= line <= text.count("\n") + 1


def _paths(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [above] if above else []
    if isinstance(value, dict):
        for key, below in value.items():
            found += _paths(below, (*above, key))
    elif isinstance(value, list):
        for position, below in enumerate(value):
            found += _paths(below, (*above, position))
    return found


def test_every_value_of_a_text_has_a_place() -> None:
    places = lines_of(TEXT)
    missing = [path for path in _paths(tomllib.loads(TEXT)) if path not in places]
    assert missing == []
