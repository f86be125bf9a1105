"""SQL stands in `intake/store/` and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STATEMENT = re.compile(
    r"^\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s*\()",
    re.DOTALL,
)
EXECUTES = frozenset({"execute", "executemany"})


def outside_the_store() -> Iterator[Path]:
    for folder in ("intake", "routing"):
        for path in (ROOT / folder).rglob("*.py"):
            if (ROOT / "intake/store") not in path.parents:
                yield path


def signs_of_sql(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if STATEMENT.match(text):
                yield f"line {node.lineno}: a statement"
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr in EXECUTES:
            yield f"line {called.lineno}: a call of {called.attr}()"


def test_no_statement_stands_outside_the_store() -> None:
    found = [
        f"{path.relative_to(ROOT)}, {sign}"
        for path in outside_the_store()
        for sign in signs_of_sql(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_the_signs_are_known() -> None:
    assert list(signs_of_sql(ast.parse('x = "SELECT a FROM b"')))
    assert list(signs_of_sql(ast.parse('y = """\n  UPDATE tickets SET a = 1"""')))
    assert list(signs_of_sql(ast.parse("cursor.execute(QUERY)")))
    assert not list(signs_of_sql(ast.parse('"Select a file from the list"')))
