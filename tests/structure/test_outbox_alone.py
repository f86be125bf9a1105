"""Only the outbox writes batches, delivers replies and has tickets brought to the desk."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUTBOX = ROOT / "intake/notify/outbox.py"
ITS_OWN = frozenset({"write_batch", "queue.sync", "queue.deliver"})


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node.func, ast.Attribute):
            yield ".".join(ast.unparse(node.func).split(".")[-2:])


def test_nobody_else_calls_what_is_the_outbox_s() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {called}()"
        for path in (ROOT / "intake").rglob("*.py")
        if path != OUTBOX
        for called in calls(ast.parse(path.read_text("utf-8")))
        if called in ITS_OWN
    ]
    assert found == []


def test_the_outbox_calls_them() -> None:
    assert set(calls(ast.parse(OUTBOX.read_text("utf-8")))) >= ITS_OWN
