"""Rules of the tests' own: nothing here must depend on how the shipped ones are tuned."""

from pathlib import Path

import pytest

RULES = """
[[rule]]
id = "thanks"
label = "A pessoa só agradece."
when = ["muito obrigada"]
set.no_ticket = true
weight = 5

[[rule]]
id = "greeting"
label = "A pessoa só cumprimenta."
when = ["tudo bem por aí"]
set.no_ticket = true
set.tags = ["greeting"]
set.no_acknowledgement = false

[[rule]]
id = "bug"
label = "Algo trava."
when = ["trava", "travou"]
set.request_type = "bug"
set.priority = "high"

[[rule]]
id = "certificate"
label = "Pede uma certidão."
when = ["certidão"]
set.request_type = "accounting_service"
set.service = "cnd"

[[rule]]
id = "english"
label = "Está em inglês."
when = ["hello"]
set.language = "en"

[[rule]]
id = "complaint"
label = "Reclama do atendimento."
when = ["ninguém me responde"]
set.request_type = "internal"
"""


@pytest.fixture
def rules_file(tmp_path: Path) -> Path:
    """A rules file for `[rules] file`."""
    path = tmp_path / "regras.toml"
    path.write_text(RULES, encoding="utf-8")
    return path
