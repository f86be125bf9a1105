"""The names that the settings define and rules may use."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownNames:
    """The ids in the settings, so that a misspelt one in a rule is found."""

    request_types: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    staffed_levels: frozenset[str] = frozenset()
    """Levels that have at least one person."""
    logins: frozenset[str] = frozenset()
