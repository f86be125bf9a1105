"""A report's groups in the firm's order and with the firm's names."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from intake.settings.model import Settings
from routing.watch.report import Promises, Report


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Tickets of one request type, or of one level."""

    id: str
    label: str
    promises: Promises


def by_type(report: Report, settings: Settings) -> tuple[Group, ...]:
    """In the SLA table's order. Types that the table no longer has come last, under their ids."""
    types = settings.sla.build().types
    return tuple(
        Group(id=name, label=types[name].label if name in types else name, promises=promises)
        for name, promises in _ordered(report.types, types)
    )


def by_level(report: Report, settings: Settings) -> tuple[Group, ...]:
    """In the roster's order. Levels that the roster no longer has come last."""
    levels = settings.roster.build().levels
    return tuple(
        Group(id=name, label=name, promises=promises)
        for name, promises in _ordered(report.levels, levels)
    )


def _ordered(found: Mapping[str, Promises], order: Iterable[str]) -> Iterator[tuple[str, Promises]]:
    known = [name for name in order if name in found]
    for name in (*known, *sorted(found.keys() - set(known))):
        yield name, found[name]
