"""docs/mailboxes.md, docs/caixas.md: every settings example is one that the program takes."""

import re
import tomllib
from pathlib import Path

import pytest

from intake.settings.model import Settings

DOCS = Path(__file__).parents[2] / "docs"


def examples(name: str) -> list[str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    return [block.replace("\n…", "") for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]


EXAMPLES = examples("mailboxes.md") + examples("caixas.md")
ACCOUNT = '[[imap]]\nname = "suporte"\nhost = "imap.example.com"\nuser = "u"\n'


@pytest.mark.parametrize("example", EXAMPLES, ids=range(1, len(EXAMPLES) + 1))
def test_an_example_is_taken(example: str) -> None:
    tree = tomllib.loads(example if "[[" in example else ACCOUNT + example)
    for account in tree.get("imap", ()):
        # Where an example leaves lines out, they are the ordinary ones.
        account.setdefault("host", "imap.example.com")
        account.setdefault("user", "u")
        if "oauth" not in account:
            account.setdefault("password", {"env": "P"})
    Settings.model_validate(tree)


def test_both_providers_and_both_flows_have_an_example() -> None:
    shown = {
        (found["provider"], found["flow"])
        for example in EXAMPLES
        if "flow" in example
        for account in tomllib.loads(example if "[[" in example else ACCOUNT + example)["imap"]
        for found in [account["oauth"]]
    }
    flows = ("client_credentials", "refresh_token")
    assert shown == {(p, f) for p in ("microsoft", "google") for f in flows}
