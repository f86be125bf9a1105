"""Every package that the program imports is declared in pyproject.toml, and no other."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
BY_ANOTHER = {"psycopg_pool": "psycopg", "pydantic_core": "pydantic"}
"""Packages that come with a declared one: as its extra, or as its core."""
USED_BY_OTHERS = frozenset({"httptools"})
"""uvicorn loads it by itself where it is installed."""


def imported() -> set[str]:
    names: set[str] = set()
    for folder in ("intake", "routing"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    names |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"intake", "routing"}


def distribution(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {distribution(each) for each in project["dependencies"]}


def test_what_is_imported_is_declared() -> None:
    providers = packages_distributions()
    undeclared = {
        name
        for name in imported()
        if not {BY_ANOTHER.get(name, ""), *map(distribution, providers.get(name, ()))} & declared()
    }
    assert undeclared == set()


def test_what_is_declared_is_imported() -> None:
    providers = packages_distributions()
    used = {distribution(each) for name in imported() for each in providers.get(name, ())}
    assert declared() - used - USED_BY_OTHERS == set()
