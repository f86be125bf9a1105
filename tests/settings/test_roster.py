"""[roster]: levels, people, their hours and absences."""

from pathlib import Path

import pytest

from routing.roster import Strategy
from tests.routing.calendar.shipped import DESK, at, day
from tests.settings.file import loaded, refused

ANA = "[[roster.person]]\nlogin = 'ana'\nname = 'Ana'\n"
ON_N0 = f"{ANA}levels = ['N0']\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "[roster]\nlevels = ['N0', 'N1', 'N1', 'Coordenação']\n",
            "F:2: roster.levels[3]: 'N1' stands there twice",
        ),
        (
            "[roster]\nlevels = ['N0', 'N1']\n",
            (
                "F:2: roster.levels: 'Coordenação' is not among them, but it has the request types "
                "internal: add it, or give them another level in [[sla.type]]"
            ),
        ),
        (
            "[roster]\nstrategy = 'round_robin'\n",
            "F:2: roster.strategy = 'round_robin': input should be 'in_turn' or 'least_open'",
        ),
        (
            "[roster.fallback]\nN1 = 'N9'\n",
            "F:2: roster.fallback.N1: unknown level 'N9'; known here: Coordenação, N0, N1, N2",
        ),
        (
            f"{ANA}levels = ['N0', 'n1']\n",
            "F:4: roster.person[1].levels[2]: unknown level 'n1'; did you mean 'N1'?",
        ),
        (f"{ANA}levels = []\n", "F:4: roster.person[1].levels = []: the list must not be empty"),
        (
            "[[roster.person]]\nlogin = 'ana'\nlevels = ['N0']\n",
            "F:1: 'roster.person[1].name' is missing",
        ),
        (
            f"{ON_N0}email = 'ana'\n",
            "F:5: roster.person[1].email: 'ana' is no e-mail address",
        ),
        (
            f"{ON_N0}phone = '11 98765-4321'\n",
            (
                "F:5: roster.person[1].phone: '11 98765-4321' is no telephone number in E.164; "
                "write for instance +5511987654321"
            ),
        ),
        (
            f"{ON_N0}[[roster.person]]\nlogin = 'ANA'\nname = 'B'\nlevels = ['N0']\n",
            "F:6: roster.person[2].login: 'ANA' stands there twice: join the two",
        ),
        (
            f"{ON_N0}skills = ['bug', 'taxx']\n",
            "F:5: roster.person[1].skills[2]: unknown request type 'taxx'; did you mean 'tax'?",
        ),
        (
            f"{ON_N0}[[roster.person.absence]]\nfirst = 2026-12-10\nlast = 2026-12-01\n",
            (
                "F:5: roster.person[1].absence[1]: last (2026-12-01) is before first (2026-12-10); "
                "swap the two"
            ),
        ),
        (
            f"{ON_N0}[[roster.person.absence]]\nfirst = '10/12'\n",
            (
                "F:6: roster.person[1].absence[1].first = '10/12': write a date as it is, "
                "without quotation marks or hours: 2026-11-20"
            ),
        ),
        (
            f"{ON_N0}[roster.person.hours]\nmonday = ['9-12']\n",
            (
                "F:6: roster.person[1].hours.monday: '9-12' is no interval; "
                "write for instance 09:00-12:00"
            ),
        ),
    ],
)
def test_one_line_says_where_what_and_what_would_be_right(
    tmp_path: Path, text: str, line: str
) -> None:
    assert refused(tmp_path, text) == [line]


def test_a_team(tmp_path: Path) -> None:
    roster = loaded(
        tmp_path,
        """
        [roster]
        strategy = "least_open"
        fallback = { N1 = "Coordenação" }

        [[roster.person]]
        login = "edu.n1"
        name = "Edu Reis"
        email = "Edu.N1@R3izzy.com.br"
        phone = "+55 (11) 98765-4321"
        levels = ["N1", "N2"]
        skills = ["tax"]
        clients = ["@clinica.com.br", "Rosa Prado"]

        [roster.person.hours]
        monday = ["11:00-20:00"]
        friday = []

        [[roster.person.absence]]
        first = 2026-12-21
        last = 2027-01-04
        reason = "férias"

        [[roster.person.absence]]
        first = 2027-03-01
        """,
    ).roster.build()
    edu = roster.people[0]
    assert roster.strategy is Strategy.LEAST_OPEN
    assert roster.fallback == {"N1": "Coordenação"}
    assert (edu.email, edu.phone) == ("edu.n1@r3izzy.com.br", "+5511987654321")
    assert edu.levels == ("N1", "N2")
    assert edu.handles("tax")
    assert not edu.handles("bug")
    assert edu.owns("rosa@clinica.com.br")
    assert edu.at_work(at("2026-11-23 19:00"), DESK)
    assert edu.at_work(at("2026-11-24 09:00"), DESK)
    assert not edu.at_work(at("2026-11-27 10:00"), DESK)
    assert edu.starts_at(at("2026-12-19 10:00"), DESK) == at("2027-01-05 09:00")
    found = edu.absence_on(day("2027-06-01"))
    assert found is not None
    assert found.last is None
