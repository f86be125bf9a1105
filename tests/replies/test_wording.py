"""Instants, terms and names in words that clients read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.replies import wording

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 24, 10, tzinfo=SAO_PAULO)
"""A Tuesday."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO)


@pytest.mark.parametrize(
    ("when", "pt", "en"),
    [
        ("2026-11-24 11:00", "hoje, às 11h", "today at 11 am"),
        ("2026-11-24 14:30", "hoje, às 14h30", "today at 2:30 pm"),
        ("2026-11-24 14:05", "hoje, às 14h05", "today at 2:05 pm"),
        ("2026-11-24 14:30:59", "hoje, às 14h30", "today at 2:30 pm"),
        ("2026-11-24 12:00", "hoje, às 12h", "today at noon"),
        ("2026-11-24 12:30", "hoje, às 12h30", "today at 12:30 pm"),
        ("2026-11-24 00:00", "hoje, à 0h", "today at 12:00 am"),
        ("2026-11-24 00:30", "hoje, à 0h30", "today at 12:30 am"),
        ("2026-11-24 01:00", "hoje, à 1h", "today at 1 am"),
        ("2026-11-24 02:00", "hoje, às 2h", "today at 2 am"),
        ("2026-11-24 23:59", "hoje, às 23h59", "today at 11:59 pm"),
        ("2026-11-25 00:00", "amanhã, à 0h", "tomorrow at 12:00 am"),
        ("2026-11-25 09:00", "amanhã, às 9h", "tomorrow at 9 am"),
        ("2026-11-23 17:00", "ontem, às 17h", "yesterday at 5 pm"),
        ("2026-11-26 10:00", "quinta-feira, 26/11, às 10h", "Thursday, 26 November at 10 am"),
        ("2026-11-28 10:00", "sábado, 28/11, às 10h", "Saturday, 28 November at 10 am"),
        ("2026-12-01 11:00", "terça-feira, 1/12, às 11h", "Tuesday, 1 December at 11 am"),
        ("2027-01-04 18:00", "segunda-feira, 4/1/2027, às 18h", "Monday, 4 January 2027 at 6 pm"),
        ("2025-11-09 10:00", "domingo, 9/11/2025, às 10h", "Sunday, 9 November 2025 at 10 am"),
    ],
)  # fmt: skip
def test_an_instant_in_words(when: str, pt: str, en: str) -> None:
    assert wording.instant(at(when), now=NOW, zone=SAO_PAULO, language="pt-BR") == pt
    assert wording.instant(at(when), now=NOW, zone=SAO_PAULO, language="en") == en


@pytest.mark.parametrize(
    ("when", "pt", "en"),
    [
        ("2026-11-24 14:30", "até hoje, às 14h30", "by 2:30 pm today"),
        ("2026-11-25 09:00", "até amanhã, às 9h", "by 9 am tomorrow"),
        ("2026-12-01 11:00", "até terça-feira, 1/12, às 11h", "by 11 am on Tuesday, 1 December"),
        ("2027-05-02 12:00", "até domingo, 2/5/2027, às 12h", "by noon on Sunday, 2 May 2027"),
    ],
)  # fmt: skip
def test_a_deadline_in_words(when: str, pt: str, en: str) -> None:
    assert wording.until(at(when), now=NOW, zone=SAO_PAULO, language="pt-BR") == pt
    assert wording.until(at(when), now=NOW, zone=SAO_PAULO, language="en") == en


def test_tomorrow_may_be_next_year() -> None:
    new_year = wording.instant(
        at("2027-01-01 09:00"), now=at("2026-12-31 23:00"), zone=SAO_PAULO, language="pt-BR"
    )
    assert new_year == "amanhã, às 9h"


def test_today_is_the_desk_s_day_not_utc_s() -> None:
    late = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    said = wording.instant(late, now=NOW, zone=SAO_PAULO, language="pt-BR")
    assert said == "hoje, às 22h30"


@pytest.mark.parametrize(
    ("span", "pt", "en"),
    [
        (timedelta(hours=1), "1 hora", "1 hour"),
        (timedelta(hours=3), "3 horas", "3 hours"),
        (timedelta(hours=1, minutes=30), "1 hora e 30 minutos", "1 hour and 30 minutes"),
        (timedelta(minutes=1), "1 minuto", "1 minute"),
        (timedelta(minutes=45, seconds=59), "45 minutos", "45 minutes"),
        (timedelta(days=2), "2 dias", "2 days"),
        (timedelta(days=1, hours=2), "1 dia e 2 horas", "1 day and 2 hours"),
        (timedelta(days=1, seconds=60), "1 dia e 1 minuto", "1 day and 1 minute"),
        (-timedelta(hours=2), "2 horas", "2 hours"),
        (timedelta(seconds=20), "0 minuto", "0 minutes"),
    ],
)  # fmt: skip
def test_a_length_of_time_in_words(span: timedelta, pt: str, en: str) -> None:
    assert wording.duration(span, language="pt-BR") == pt
    assert wording.duration(span, language="en") == en


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_any_length_of_time_has_words(span: timedelta) -> None:
    for language in wording.LANGUAGES:
        said = wording.duration(span, language=language)
        assert said[0].isdigit()
        assert "duration" not in said


@pytest.mark.parametrize(
    ("hour", "pt", "en"),
    [
        (0, "Boa noite", "Good evening"),
        (4, "Boa noite", "Good evening"),
        (5, "Bom dia", "Good morning"),
        (11, "Bom dia", "Good morning"),
        (12, "Boa tarde", "Good afternoon"),
        (17, "Boa tarde", "Good afternoon"),
        (18, "Boa noite", "Good evening"),
    ],
)
def test_the_greeting_goes_by_the_hour_at_the_desk(hour: int, pt: str, en: str) -> None:
    now = NOW.replace(hour=hour).astimezone(UTC)
    assert wording.greeting(now, zone=SAO_PAULO, language="pt-BR") == pt
    assert wording.greeting(now, zone=SAO_PAULO, language="en") == en


@pytest.mark.parametrize(
    ("zone", "pt", "en"),
    [
        ("America/Sao_Paulo", "horário de Brasília", "Brasilia Time"),
        ("America/Manaus", "horário do Amazonas", "Amazon Time"),
        ("UTC", "horário Universal Coordenado", "Coordinated Universal Time"),
    ],
)
def test_the_zone_has_the_name_that_people_use(zone: str, pt: str, en: str) -> None:
    assert wording.zone_name(ZoneInfo(zone), language="pt-BR") == pt
    assert wording.zone_name(ZoneInfo(zone), language="en") == en


@pytest.mark.parametrize(
    ("wish", "served"),
    [
        ("pt-BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt_PT", "pt-BR"),
        ("en", "en"),
        ("EN-us", "en"),
        ("de", "pt-BR"),
        ("", "pt-BR"),
    ],
)
def test_the_nearest_shipped_language_serves(wish: str, served: str) -> None:
    assert wording.supported(wish) == served
