"""Names that the firm's settings define and that rules may use."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownNames:
    """Ids of the settings, so that a misspelt one in a rule is noticed."""

    request_types: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    levels: frozenset[str] = frozenset()
    staffed_levels: frozenset[str] = frozenset()
    """Levels that somebody is on."""
    logins: frozenset[str] = frozenset()
