"""A folder with settings and an operators' rules file, as the commands find them."""

from pathlib import Path

SETTINGS = """
[rules]
file = "regras.toml"
shipped = false

[[roster.person]]
login = "ana.n0"
name = "Ana Lima"
email = "ana.n0@r3izzy.com.br"
levels = ["N0"]
"""
RULES = """
[words.request_type.bug]
"trav*" = 2
"não consigo emitir" = 1.5

[words.request_type.usage]
"como" = 1

[words.priority.high]
"urgente" = 1

[[rule]]
id = "so-obrigado"
label = "Só agradece"
when = { only = ["obrigado"] }
set = { no_ticket = true }
weight = 5

[[rule]]
id = "so-oi"
label = "Só cumprimenta"
when = { only = ["oi", "bom dia"] }
set = { no_ticket = true, no_acknowledgement = false, tags = ["greeting"] }
weight = 5
"""


def write(folder: Path, *, settings: str = SETTINGS, rules: str | None = RULES) -> Path:
    """The folder, with both files in it."""
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    if rules is not None:
        (folder / "regras.toml").write_text(rules, encoding="utf-8")
    return folder
