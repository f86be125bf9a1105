"""Loads the rules that the settings name: the shipped ones, then the operators' own file."""

from intake.settings.model import Settings
from intake.settings.text_file import Unreadable, read_text
from routing.rules.load import load_rules
from routing.rules.names import KnownNames
from routing.rules.problems import Problem, RulesInvalid, RuleSource
from routing.rules.ruleset import RuleSet
from routing.rules.shipped import shipped_rules


def rule_sources(settings: Settings) -> list[RuleSource]:
    """The texts of the rules. Raises RulesInvalid if the operators' file cannot be read."""
    sources = list(shipped_rules()) if settings.rules.shipped else []
    path = settings.rules.file
    if path is not None:
        try:
            text = read_text(path)
        except Unreadable as error:
            problem = Problem(file=str(path), line=error.line, message=error.message)
            raise RulesInvalid([problem]) from error
        sources.append(RuleSource(str(path), text, overrides=True))
    return sources


def known_names(settings: Settings) -> KnownNames:
    """The names that rules may use: request types, services, levels and logins."""
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
    """Compile the rules. Raises RulesInvalid with file, line and remedy for each error."""
    return load_rules(
        rule_sources(settings), margin=settings.rules.margin, known=known_names(settings)
    )
