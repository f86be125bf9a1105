"""Instants, terms and names in plain words, in the client's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_timedelta, get_timezone_name
from babel.lists import format_list

LANGUAGES = ("pt-BR", "en")


def _time_pt(at: datetime) -> str:
    article = "à" if at.hour in (0, 1) else "às"
    return f"{article} {at.hour}h{at.minute:02}" if at.minute else f"{article} {at.hour}h"


def _time_en(at: datetime) -> str:
    if (at.hour, at.minute) == (12, 0):
        return "at noon"
    half = "am" if at.hour < 12 else "pm"
    hour = at.hour % 12 or 12
    # 12 am is read both ways: with minutes it is clearly the start of the day.
    plain = f"{hour}" if at.minute == 0 and at.hour else f"{hour}:{at.minute:02}"
    return f"at {plain} {half}"


def _date_pt(day: date, words: "_Words", year: bool) -> str:
    return f"{words.weekdays[day.weekday()]}, {day.day}/{day.month}" + f"/{day.year}" * year


def _date_en(day: date, words: "_Words", year: bool) -> str:
    return f"{words.weekdays[day.weekday()]}, {day.day} {words.months[day.month]}" + (
        f" {day.year}" * year
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Words:
    """One language's way with time. `until` takes an instant already in words."""

    locale: Locale
    weekdays: Mapping[int, str]
    months: Mapping[int, str]
    near: Mapping[int, str]
    """Days from today, by name."""
    time: Callable[[datetime], str]
    date: Callable[[date, "_Words", bool], str]
    until: str
    near_joint: str
    far_joint: str
    greetings: tuple[tuple[int, str], ...]
    """(first hour, greeting), latest first."""


def _words(identifier: str, **language: object) -> _Words:
    locale = Locale.parse(identifier)
    return _Words(
        locale=locale,
        weekdays=locale.days["format"]["wide"],
        months=locale.months["format"]["wide"],
        **language,  # type: ignore[arg-type]
    )


_LANGUAGES: dict[str, _Words] = {
    "pt-BR": _words(
        "pt_BR",
        near={-1: "ontem", 0: "hoje", 1: "amanhã"},
        time=_time_pt,
        date=_date_pt,
        until="até",
        near_joint=", ",
        far_joint=", ",
        greetings=((18, "Boa noite"), (12, "Boa tarde"), (5, "Bom dia"), (0, "Boa noite")),
    ),
    "en": _words(
        "en",
        near={-1: "yesterday", 0: "today", 1: "tomorrow"},
        time=_time_en,
        date=_date_en,
        until="by",
        near_joint=" ",
        far_joint=", ",
        greetings=(
            (18, "Good evening"),
            (12, "Good afternoon"),
            (5, "Good morning"),
            (0, "Good evening"),
        ),
    ),
}


def day(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """The day of an instant: "hoje", "terça-feira, 1/12"; with the year where it is another."""
    words = _LANGUAGES[language]
    there, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    near = words.near.get((there - today).days)
    return near or words.date(there, words, there.year != today.year)


def instant(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and time of day as people say them: "amanhã, às 9h", "terça-feira, 1/12, às 11h30".

    Seconds are dropped, so a promise is never worded later than it is.
    """
    words = _LANGUAGES[language]
    local = at.astimezone(zone)
    near = (local.date() - now.astimezone(zone).date()).days in words.near
    joint = words.near_joint if near else words.far_joint
    return f"{day(at, now=now, zone=zone, language=language)}{joint}{words.time(local)}"


def until(at: datetime, *, now: datetime, zone: ZoneInfo, language: str) -> str:
    """A deadline: "até terça-feira, 1/12, às 11h"."""
    return f"{_LANGUAGES[language].until} {instant(at, now=now, zone=zone, language=language)}"


def duration(span: timedelta, *, language: str) -> str:
    """A length of time to the minute: "1 hora e 30 minutos", "2 dias"; its sign is dropped."""
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
    # format_unit would be nearer, but pt-BR has no pattern for days there (CLDR 47).
    return format_timedelta(part, granularity=unit, threshold=1_000_000, locale=locale)


def greeting(now: datetime, *, zone: ZoneInfo, language: str) -> str:
    """ "Bom dia", "Boa tarde" or "Boa noite", by the hour where the desk is."""
    hour = now.astimezone(zone).hour
    return next(words for first, words in _LANGUAGES[language].greetings if hour >= first)


@lru_cache(maxsize=64)
def zone_name(zone: ZoneInfo, *, language: str) -> str:
    """The zone as people call it there, within a sentence: "horário de Brasília"."""
    variant: Literal["generic", "standard"] = "standard" if "UTC" in zone.key else "generic"
    name = get_timezone_name(zone, zone_variant=variant, locale=_LANGUAGES[language].locale)
    return name[:1].lower() + name[1:] if language == "pt-BR" else name


def supported(language: str, default: str = "pt-BR") -> str:
    """The shipped language that serves a wish best: "pt" and "pt-PT" get "pt-BR"."""
    wanted = language.strip().lower().replace("_", "-").partition("-")[0]
    return next((name for name in LANGUAGES if name.lower().partition("-")[0] == wanted), default)
