"""The rules that the settings name: the shipped ones, then the operators' own file."""

from pathlib import Path

from intake.settings.model import Settings
from routing.rules.load import load_rules
from routing.rules.names import KnownNames
from routing.rules.problems import Problem, RulesInvalid, RuleSource
from routing.rules.ruleset import RuleSet
from routing.rules.shipped import shipped_rules


def rule_sources(settings: Settings) -> list[RuleSource]:
    """The texts. Raises RulesInvalid where the operators' file cannot be read."""
    sources = list(shipped_rules()) if settings.rules.shipped else []
    path = settings.rules.file
    if path is not None:
        try:
            text = _read(path)
        except OSError as error:
            problem = Problem(file=str(path), line=1, message=f"cannot be read: {error.strerror}")
            raise RulesInvalid([problem]) from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            message = "this line is not UTF-8: save the file as UTF-8"
            raise RulesInvalid([Problem(file=str(path), line=line, message=message)]) from error
        sources.append(RuleSource(str(path), text, overrides=True))
    return sources


def _read(path: Path) -> str:
    """As editors write it: with or without the mark that some put before UTF-8."""
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def known_names(settings: Settings) -> KnownNames:
    """What rules may name."""
    table = settings.sla.build()
    roster = settings.roster.build()
    return KnownNames(
        request_types=frozenset(table.types),
        services=frozenset(table.services),
        levels=frozenset(roster.levels),
        staffed_levels=frozenset(level for level in roster.levels if roster.on(level)),
        logins=frozenset(person.login for person in roster.people),
    )


def load_rule_set(settings: Settings) -> RuleSet:
    """Compile them. Raises RulesInvalid with file, line and a way out for each problem."""
    return load_rules(
        rule_sources(settings), margin=settings.rules.margin, known=known_names(settings)
    )
