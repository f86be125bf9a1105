"""The rules shipped with the program: in pt-BR, for the procedure's nine request types."""

from importlib.resources import files

from routing.rules.problems import RuleSource


def shipped_rules() -> tuple[RuleSource, ...]:
    """The shipped rules files as text, sorted by name. Nothing else in `routing` reads files."""
    folder = files(__package__ or __name__)
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return tuple(
        RuleSource(f"shipped/{name}", folder.joinpath(name).read_text(encoding="utf-8"))
        for name in names
    )
