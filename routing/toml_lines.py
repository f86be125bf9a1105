"""Finds the line of a value in a TOML text, so that an error message can name it.

`tomllib` gives values without positions, tree-sitter gives positions without values. They are
matched by path: the keys and list indexes that lead to a value, `("rule", 3, "when", "any", 0)`.
"""

import re
import tomllib
from collections.abc import Sequence
from typing import Any

import tree_sitter
import tree_sitter_toml

_LANGUAGE = tree_sitter.Language(tree_sitter_toml.language())
_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_REMEDIES = {
    "Invalid value": 'a text stands between quotation marks: key = "text"',
    "Unclosed array": "a list that begins with [ must end with ], with commas between its entries",
    "Unclosed inline table": "what begins with { must end with }, on the same line",
    "Unterminated string": 'a text that begins with " must end with "',
    "Illegal character": 'a text that begins with " must end with " on the same line',
    "Expected '=' after a key": "write key = value; a text stands between quotation marks",
    "Expected newline or end of document": "one line holds one key; a comment begins with #",
    "Cannot overwrite a value": "this key stands there twice: keep one of the two",
    "Cannot declare": "this table stands there twice: join the two",
    "Cannot mutate immutable": "this table was closed above: put the key into it there",
    "Invalid initial character for a key": "a line begins with a key, a [table] or a # comment",
    "Unescaped '\\'": "write a backslash twice, or put the text between single quotation marks",
}


class TomlSyntax(ValueError):
    """the text is not TOML: `line` (1-based) and one line that says what would be right"""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def parse_toml(text: str) -> dict[str, Any]:
    """The values of a TOML text. Raises TomlSyntax if it is not TOML 1.0."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _explained(text, str(error)) from error
    except RecursionError as error:
        raise TomlSyntax(1, "lists and tables stand too deep in each other") from error
    except ValueError as error:
        # A number with thousands of digits.
        raise TomlSyntax(1, f"a value cannot be read: {error}") from error


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (1-based) on which the value at `path` begins.

    If the value does not exist, the line of its nearest parent that does, or 1 if there is none.
    Invalid TOML is read as far as possible.
    """
    places = lines_of(text)
    wanted = tuple(path)
    for length in range(len(wanted), 0, -1):
        if (line := places.get(wanted[:length])) is not None:
            return line
    return 1


def lines_of(text: str) -> dict[tuple[str | int, ...], int]:
    """Path → line (1-based) of every table, key and list entry of a text."""
    tree = tree_sitter.Parser(_LANGUAGE).parse(text.encode("utf-8", "replace"))
    return _Survey().of_document(tree.root_node)


class _Survey:
    """Walks over a syntax tree and collects the lines of values."""

    def __init__(self) -> None:
        self._places: dict[tuple[str | int, ...], int] = {}
        self._lengths: dict[tuple[str | int, ...], int] = {}
        """Path → number of entries so far, for each array of tables."""

    def of_document(self, root: tree_sitter.Node) -> dict[tuple[str | int, ...], int]:
        for node in root.named_children:
            if node.type == "table":
                self._table(node, self._within_arrays(_header(node)))
            elif node.type == "table_array_element":
                *parents, name = _header(node) or ("",)
                array = (*self._within_arrays(tuple(parents)), name)
                self._lengths[array] = self._lengths.get(array, 0) + 1
                self._table(node, (*array, self._lengths[array] - 1))
            elif node.type == "pair":
                self._pair(node, ())
        return self._places

    def _within_arrays(self, keys: tuple[str, ...]) -> tuple[str | int, ...]:
        """The path that a header means; within an array of tables, that of its last table so
        far."""
        path: tuple[str | int, ...] = ()
        for key in keys:
            path = (*path, key)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _table(self, node: tree_sitter.Node, path: tuple[str | int, ...]) -> None:
        self._note(path, node)
        for child in node.named_children:
            if child.type == "pair":
                self._pair(child, path)

    def _pair(self, node: tree_sitter.Node, above: tuple[str | int, ...]) -> None:
        key = next((child for child in node.named_children if child.type in _KEYS), None)
        if key is None:
            return
        path = (*above, *_names(key))
        self._note(path, node, down_to=len(above))
        self._value(node.named_children[-1], path)

    def _value(self, node: tree_sitter.Node, path: tuple[str | int, ...]) -> None:
        if node.type == "array":
            entries = (child for child in node.named_children if child.type != "comment")
            for position, entry in enumerate(entries):
                self._note((*path, position), entry, down_to=len(path))
                self._value(entry, (*path, position))
        elif node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self._pair(child, path)

    def _note(
        self, path: tuple[str | int, ...], node: tree_sitter.Node, *, down_to: int = 0
    ) -> None:
        """Keep the first line of a path, and use it for parents that have no line yet."""
        for length in range(len(path), down_to, -1):
            self._places.setdefault(path[:length], node.start_point.row + 1)


def _header(node: tree_sitter.Node) -> tuple[str, ...]:
    key = next((child for child in node.named_children if child.type in _KEYS), None)
    return () if key is None else _names(key)


def _names(key: tree_sitter.Node) -> tuple[str, ...]:
    if key.type == "dotted_key":
        return tuple(name for child in key.named_children for name in _names(child))
    written = (key.text or b"").decode("utf-8", "replace")
    if key.type == "bare_key":
        return (written,)
    try:
        return tuple(tomllib.loads(f"{written} = 0"))
    except tomllib.TOMLDecodeError:
        return (written,)


def _explained(text: str, message: str) -> TomlSyntax:
    place = _PLACE.search(message)
    line = int(place[1]) if place and place[1] else text.rstrip("\n").count("\n") + 1
    what = _PLACE.sub("", message)
    remedy = next((say for begin, say in _REMEDIES.items() if what.startswith(begin)), None)
    return TomlSyntax(line, f"{what}: {remedy}" if remedy else what)
