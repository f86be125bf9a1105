"""Prism between us and a Trello on loopback: it lets through only what a description allows.

The description (tests/servers/trello_install.sh) was made from Trello's reference pages by others
than us. It knows key and token in the query alone; that they may stand in a header is newer.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.prism import Prism, playing
from tests.servers.process import ServerUnavailable

OURS = (
    "/members/{idMember}",
    "/members/{idMember}/boards",
    "/boards/{idBoard}/lists",
    "/boards/{idBoard}/cards",
    "/cards",
)
SECRETS = frozenset(("key", "token"))


def description() -> dict[str, Any]:
    """Of the paths that we use. Raises ServerUnavailable where it was not installed."""
    named = os.environ.get("INTAKE_TEST_TRELLO")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(named) if named else Path(cache) / "central-intake" / "trello"
    try:
        tree: dict[str, Any] = json.loads((folder / "trello.com.json").read_text())
    except FileNotFoundError as error:
        words = "Trello's description is not there: run tests/servers/trello_install.sh"
        raise ServerUnavailable(words) from error
    tree["paths"] = {f"/1{path}": tree["paths"][path] for path in OURS}
    for operation in operations(tree):
        operation.pop("security", None)
        operation["parameters"] = [
            each for each in operation.get("parameters", ()) if each["name"] not in SECRETS
        ]
    # By itself a schema lets pass what it does not name.
    for schema in tree["components"]["schemas"].values():
        schema["additionalProperties"] = False
    return tree


def operations(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in tree["paths"].values():
        yield from (value for name, value in path.items() if name in ("get", "post"))


@contextmanager
def described(upstream: str) -> Iterator[Prism]:
    """Until the block ends. Raises ServerUnavailable."""
    with playing(json.dumps(description()), "proxy", upstream) as prism:
        yield prism
