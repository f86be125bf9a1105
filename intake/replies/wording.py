"""Instants, durations, greetings and time zones in words, in the client's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_timedelta, get_timezone_name
from babel.lists import format_list

LANGUAGES = ("pt-BR", "en")


def _clock_pt(at: datetime) -> str:
    article = "à" if at.hour in (0, 1) else "às"
    return f"{article} {at.hour}h{at.minute:02}" if at.minute else f"{article} {at.hour}h"


def _clock_en(at: datetime) -> str:
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    half = "am" if at.hour < 12 else "pm"
    # "12 am" is ambiguous; "12:00 am" is clearly the start of the day.
    minutes = f":{at.minute:02}" if at.minute or not at.hour else ""
    return f"{at.hour % 12 or 12}{minutes} {half}"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Language:
    """How a language words times. `{…}` as in str.format. *Near* days have names of their own."""

    locale: Locale
    near_days: Mapping[int, str]
    """Days from today → name."""
    date: str
    date_with_year: str
    clock: Callable[[datetime], str]
    near_instant: str
    far_instant: str
    near_until: str
    far_until: str
    greetings: tuple[tuple[int, str], ...]
    """(first hour, greeting), latest first."""


_LANGUAGES: dict[str, _Language] = {
    "pt-BR": _Language(
        locale=Locale.parse("pt_BR"),
        near_days={-1: "ontem", 0: "hoje", 1: "amanhã"},
        date="{weekday}, {at.day}/{at.month}",
        date_with_year="{weekday}, {at.day}/{at.month}/{at.year}",
        clock=_clock_pt,
        near_instant="{day}, {clock}",
        far_instant="{day}, {clock}",
        near_until="até {day}, {clock}",
        far_until="até {day}, {clock}",
        greetings=((18, "Boa noite"), (12, "Boa tarde"), (5, "Bom dia"), (0, "Boa noite")),
    ),
    "en": _Language(
        locale=Locale.parse("en"),
        near_days={-1: "yesterday", 0: "today", 1: "tomorrow"},
        date="{weekday}, {at.day} {month}",
        date_with_year="{weekday}, {at.day} {month} {at.year}",
        clock=_clock_en,
        near_instant="{day} at {clock}",
        far_instant="{day} at {clock}",
        near_until="by {clock} {day}",
        far_until="by {clock} on {day}",
        greetings=(
            (18, "Good evening"),
            (12, "Good afternoon"),
            (5, "Good morning"),
            (0, "Good evening"),
        ),
    ),
}


def day(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """The day of an instant: "hoje", "terça-feira, 1/12"; with the year if it is not this year."""
    words = _LANGUAGES[language]
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if near := words.near_days.get((local.date() - today).days):
        return near
    pattern = words.date if local.year == today.year else words.date_with_year
    return pattern.format(
        at=local,
        weekday=words.locale.days["format"]["wide"][local.weekday()],
        month=words.locale.months["format"]["wide"][local.month],
    )


def instant(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and time of day as people say them: "amanhã, às 9h", "terça-feira, 1/12, às 11h30".

    Seconds are dropped, so a promised time is never worded as later than it is.
    """
    words = _LANGUAGES[language]
    return _fill(words.near_instant, words.far_instant, at, now, zone, language)


def until(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """A deadline: "até terça-feira, 1/12, às 11h"."""
    words = _LANGUAGES[language]
    return _fill(words.near_until, words.far_until, at, now, zone, language)


def _fill(near: str, far: str, at: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    words = _LANGUAGES[language]
    local = at.astimezone(zone)
    distance = (local.date() - now.astimezone(zone).date()).days
    pattern = near if distance in words.near_days else far
    day_words = day(at, now=now, zone=zone, language=language)
    return pattern.format(day=day_words, clock=words.clock(local))


def duration(span: timedelta, *, language: str) -> str:
    """A duration in whole minutes: "1 hora e 30 minutos", "2 dias". Its sign is dropped."""
    locale = _LANGUAGES[language].locale
    whole = timedelta(minutes=abs(span) // timedelta(minutes=1))
    hours = timedelta(seconds=whole.seconds // 3600 * 3600)
    parts: dict[Literal["day", "hour", "minute"], timedelta] = {
        "day": timedelta(days=whole.days),
        "hour": hours,
        "minute": timedelta(seconds=whole.seconds) - hours,
    }
    named = [_unit(part, unit, locale) for unit, part in parts.items() if part]
    return format_list(named or [_unit(timedelta(), "minute", locale)], locale=locale)


def _unit(part: timedelta, unit: Literal["day", "hour", "minute"], locale: Locale) -> str:
    # Not format_unit, because it has no pattern for days in pt-BR (CLDR 47).
    return format_timedelta(part, granularity=unit, threshold=1_000_000, locale=locale)


def greeting(now: datetime, *, zone: ZoneInfo, language: str) -> str:
    """ "Bom dia", "Boa tarde" or "Boa noite", by the hour in `zone`."""
    hour = now.astimezone(zone).hour
    return next(words for first, words in _LANGUAGES[language].greetings if hour >= first)


@lru_cache(maxsize=64)
def zone_name(zone: ZoneInfo, *, language: str) -> str:
    """The zone's everyday name, for use within a sentence: "horário de Brasília"."""
    variant: Literal["generic", "standard"] = "standard" if "UTC" in zone.key else "generic"
    name = get_timezone_name(zone, zone_variant=variant, locale=_LANGUAGES[language].locale)
    return name[:1].lower() + name[1:] if language == "pt-BR" else name


def supported(language: str, default: str = "pt-BR") -> str:
    """The shipped language that fits best, else `default`: "pt" and "pt-PT" give "pt-BR"."""
    wanted = language.strip().lower().replace("_", "-").partition("-")[0]
    return next((name for name in LANGUAGES if name.lower().partition("-")[0] == wanted), default)
