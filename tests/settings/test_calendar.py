"""[calendar]: what operators write, and the line that tells them what would be right."""

from pathlib import Path

import pytest

from routing.calendar import DayKind
from tests.routing.calendar.shipped import at, day
from tests.settings.file import loaded, refused

DAY = "[[calendar.day]]\nname = 'x'\n"
NO_DAY = (
    "F:1: calendar.day[1]: give date (2026-11-20), or first and last (each day from one to the "
    "other), or every (01-25, month and day of each year)"
)
DATE = "write a date as it is, without quotation marks or hours: 2026-11-20"
CLOSED_WEEK = "monday=[]\ntuesday=[]\nwednesday=[]\nthursday=[]\nfriday=[]\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[calendar.hours]\nmonday = ['9 to 12']\n",
            "F:2: calendar.hours.monday: '9 to 12' is no interval; write for instance 09:00-12:00",
        ),
        (
            "[calendar.hours]\nmonday = ['09:00-12:00', '11:00-18:00']\n",
            (
                "F:2: calendar.hours.monday: 09:00-12:00 and 11:00-18:00 overlap; "
                "join them or move one"
            ),
        ),
        (
            "[calendar.hours]\n\nmonday = ['22:00-06:00']\n",
            (
                "F:3: calendar.hours.monday: 22:00-06:00 does not open before it closes on the "
                "same day; hours over midnight are two intervals, 22:00-24:00 and 00:00-06:00"
            ),
        ),
        (
            "[calendar.hours]\nmonday = '09:00-12:00'\n",
            (
                "F:2: calendar.hours.monday = '09:00-12:00': write a list between brackets: "
                '["one", "another"]'
            ),
        ),
        (
            "[calendar.hours]\nmondy = []\n",
            "F:2: unknown key 'calendar.hours.mondy'; did you mean 'monday'?",
        ),
        (
            f"[calendar.hours]\n{CLOSED_WEEK}",
            "F:1: calendar.hours: the desk never opens; give at least one day its hours",
        ),
        (
            "[calendar]\ntimezone = 'Sao_Paulo'\n",
            (
                "F:2: calendar.timezone: unknown time zone 'Sao_Paulo'; "
                "did you mean 'America/Sao_Paulo'?"
            ),
        ),
        (
            "[calendar.holidays]\ncountry = 'br'\n",
            "F:2: calendar.holidays.country: unknown country 'br'; did you mean 'BR'?",
        ),
        (
            "[calendar.holidays]\nsubdivisions = ['SP',\n'Sao Paulo']\n",
            (
                "F:3: calendar.holidays.subdivisions[2]: unknown in BR: 'Sao Paulo'; "
                "did you mean 'São Paulo Capital'?"
            ),
        ),
        (
            "[calendar.holidays]\ncategories = ['publico']\n",
            (
                "F:2: calendar.holidays.categories[1]: unknown in BR: 'publico'; "
                "did you mean 'public'?"
            ),
        ),
        (
            "[calendar.holidays]\nalso = ['Carnival']\n",
            "F:2: calendar.holidays.also[1]: unknown in BR: 'Carnival'; did you mean 'Carnaval'?",
        ),
        (DAY, NO_DAY),
        (f"{DAY}date = 2026-01-01\nevery = '01-01'\n", NO_DAY),
        (f"{DAY}first = 2026-01-01\n", NO_DAY),
        (
            f"{DAY}date = 2026-01-01\nlast = 2026-01-02\n",
            "F:1: calendar.day[1]: a single date has neither first nor last; leave them out",
        ),
        (
            f"{DAY}date = 2026-01-01\nkind = 'fechado'\n",
            "F:4: calendar.day[1].kind = 'fechado': input should be 'closed', 'half' or 'open'",
        ),
        (
            f"{DAY}every = '25/01'\n",
            "F:3: calendar.day[1].every: '25/01' is no day of the year; write month and day, 01-25",
        ),
        (
            f"{DAY}every = '02-30'\n",
            "F:3: calendar.day[1].every: '02-30' is no day of the year; write month and day, 01-25",
        ),
        (f"{DAY}date = '20/11/2026'\n", f"F:3: calendar.day[1].date = '20/11/2026': {DATE}"),
        (
            f"{DAY}date = 2026-11-20T10:00:00\n",
            f"F:3: calendar.day[1].date = 2026-11-20 10:00:00: {DATE}",
        ),
        (
            f"{DAY}first = 2026-11-20\nlast = 2026-11-10\n",
            "F:1: calendar.day[1]: last (2026-11-10) is before first (2026-11-20); swap the two",
        ),
        (
            f"{DAY}first = 2026-12-24\nlast = 2062-01-03\n",
            (
                "F:1: calendar.day[1]: 2026-12-24 to 2062-01-03 is more than a year; "
                "is the year right?"
            ),
        ),
        (
            f"{DAY}date = 2026-11-20\n[[calendar.day]]\nname = 'y'\ndate = 2026-11-20\n",
            "F:4: calendar.day[2]: 2026-11-20 stands there twice: keep one of the two",
        ),
        (
            f"{DAY}date = 2026-11-20\nintervals = ['09:00-10:00']\n",
            'F:1: calendar.day[1]: a closed day has no intervals; write kind = "half" or "open"',
        ),
        (
            f"{DAY}date = 2026-11-28\nkind = 'open'\n",
            (
                "F:1: calendar.day[1]: 2026-11-28 is a Saturday without hours of its own to keep: "
                'give intervals = ["09:00-12:00"]'
            ),
        ),
        (
            (
                "[[calendar.period]]\nname='a'\nfirst=2026-01-01\nhours.monday=[]\n"
                "[[calendar.period]]\nname='b'\nfirst=2027-01-01\nhours.monday=[]\n"
            ),
            "F:5: calendar.period[2]: 'b' overlaps 'a': let one end before the other",
        ),
        (
            (
                f"[[calendar.period]]\nname='a'\nfirst=2026-01-01\n[calendar.period.hours]\n"
                f"{CLOSED_WEEK}"
            ),
            "F:1: calendar.period[1]: 'a' closes the desk for ever: give last, or some hours",
        ),
    ],
)
def test_one_line_says_where_what_and_what_would_be_right(
    tmp_path: Path, text: str, line: str
) -> None:
    assert refused(tmp_path, text) == [line]


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    text = "[calendar]\ntimezone = 'X'\n[calendar.hours]\nmonday = ['9-12']\n[[calendar.day]]\n"
    assert [line.split(" ")[0] for line in refused(tmp_path, text)] == ["F:2:", "F:4:", "F:5:"]


def test_a_calendar_of_a_firm_elsewhere(tmp_path: Path) -> None:
    desk = loaded(
        tmp_path,
        """
        [calendar]
        timezone = "Europe/Lisbon"

        [calendar.hours]
        monday = ["10:00-13:00", "14:00-16:00", "20:00-22:00"]
        friday = []
        saturday = ["09:00-12:00"]

        [calendar.holidays]
        country = "PT"
        subdivisions = []

        [[calendar.period]]
        name = "Verão"
        first = 2027-07-01
        last = 2027-08-31
        hours.monday = ["08:00-14:00"]

        [[calendar.day]]
        name = "Recesso"
        first = 2026-12-24
        last = 2026-12-31

        [[calendar.day]]
        name = "Feriado municipal"
        every = "06-13"
        first = 2027-01-01
        """,
    ).calendar.build()
    assert desk.zone.key == "Europe/Lisbon"
    assert [str(each) for each in desk.day(day("2026-11-23")).intervals] == [
        "10:00-13:00",
        "14:00-16:00",
        "20:00-22:00",
    ]
    assert desk.day(day("2026-12-01")).name == "Restauração da Independência"
    assert desk.day(day("2026-11-27")).intervals == ()
    assert [str(each) for each in desk.day(day("2027-07-05")).intervals] == ["08:00-14:00"]
    assert [str(each) for each in desk.day(day("2027-07-06")).intervals] == [
        "09:00-12:00",
        "13:00-18:00",
    ]
    assert desk.day(day("2026-12-29")).kind is DayKind.FIRM
    assert desk.day(day("2026-06-13")).kind is DayKind.ORDINARY
    assert desk.day(day("2028-06-13")).name == "Feriado municipal"


def test_a_firm_that_keeps_no_public_holidays(tmp_path: Path) -> None:
    desk = loaded(tmp_path, "[calendar.holidays]\ncountry = ''\n").calendar.build()
    assert desk.is_open(at("2026-12-25 10:00"))
