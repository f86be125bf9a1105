"""The rules that come with the program: pt-BR, for the procedure's nine request types."""

from importlib.resources import files

from routing.rules.problems import RuleSource


def shipped_rules() -> tuple[RuleSource, ...]:
    """The shipped files, as text, by name. The one place where routing reads: its own data."""
    folder = files(__package__ or __name__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(
        RuleSource(f"shipped/{name}", folder.joinpath(name).read_text(encoding="utf-8"))
        for name in names
    )
