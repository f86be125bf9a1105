"""Public holidays of a country and its subdivisions, from the `holidays` library."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from holidays import country_holidays

_SAMPLE_YEARS = range(2024, 2032)
"""Years whose holiday names are offered: some holidays do not occur every year."""


class HolidaySource(Protocol):
    """Where a calendar's holidays come from. The same year always gives the same days."""

    def in_year(self, year: int) -> Mapping[date, str]:
        """The holidays of that year with their names."""
        ...


@dataclass(frozen=True, slots=True)
class NoHolidays:
    """No holidays, for a desk that keeps none and for tests."""

    def in_year(self, year: int) -> Mapping[date, str]:
        return {}


NO_HOLIDAYS = NoHolidays()


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicHolidays:
    """The holidays of a country and its `subdivisions`, of the library's `categories`.

    `also` names days of other categories that the firm keeps too. In Brazil, Carnaval and Corpus
    Christi are such days: no federal law makes them public holidays.
    """

    country: str = "BR"
    subdivisions: tuple[str, ...] = ("SP",)
    categories: tuple[str, ...] = ("public",)
    also: tuple[str, ...] = ()

    def in_year(self, year: int) -> Mapping[date, str]:
        return _in_year(self, year)


@lru_cache(maxsize=256)
def _in_year(source: PublicHolidays, year: int) -> Mapping[date, str]:
    found: dict[date, str] = {}
    for subdivision in source.subdivisions or (None,):
        found |= holidays_of(source.country, subdivision, source.categories, year)
        if source.also:
            every = holidays_of(source.country, subdivision, categories_of(source.country), year)
            found |= {
                day: names
                for day, names in every.items()
                if not set(names.split("; ")).isdisjoint(source.also)
            }
    return found


def categories_of(country: str) -> tuple[str, ...]:
    """The categories of holidays that the library has for a country: `public`, `optional`, …"""
    return tuple(country_holidays(country).supported_categories)


def subdivisions_of(country: str) -> tuple[str, ...]:
    """The states and cities of a country for which the library has holidays."""
    return tuple(country_holidays(country).subdivisions)


def names_of(country: str, subdivisions: tuple[str, ...]) -> tuple[str, ...]:
    """The library's names of a country's holidays, of all categories."""
    names: set[str] = set()
    for subdivision in subdivisions or (None,):
        for year in _SAMPLE_YEARS:
            days = holidays_of(country, subdivision, categories_of(country), year)
            names.update(name for joined in days.values() for name in joined.split("; "))
    return tuple(sorted(names))


def holidays_of(
    country: str, subdivision: str | None, categories: tuple[str, ...], year: int
) -> dict[date, str]:
    """One year's holidays, named in the country's own language whatever the locale.

    The names of several on one day are joined by `"; "`. Raises NotImplementedError for an unknown
    country or subdivision, ValueError for an unknown category.
    """
    language = country_holidays(country).default_language
    days = country_holidays(
        country,
        subdiv=subdivision,
        years=year,
        categories=categories,
        language=language,
        expand=False,
    )
    return {day: name for day, name in days.items() if day.year == year}
