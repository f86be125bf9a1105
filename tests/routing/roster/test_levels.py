"""A level with nobody falls to another, never to no one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.roster import LEVELS, Assignment, Person, Roster, Strategy, UnknownLevel
from tests.routing.roster.team import away, chosen, every_day, person

GONE = away("2026-11-01")
ON_LEAVE = away("2026-11-16", "2026-12-04")


def test_a_level_with_nobody_falls_to_the_next_and_says_so() -> None:
    found = chosen([person("ana", "N0"), person("gil", "N2")], "N1")
    assert (found.owner, found.level) == ("gil", "N2")
    assert found.reason.startswith("Não há ninguém disponível no nível N1. Só Gil")


def test_the_settings_say_where_a_level_falls_to() -> None:
    people = [person("ana", "N0"), person("gil", "N2")]
    found = chosen(people, "N1", roster={"fallback": {"N1": "N0"}})
    assert (found.owner, found.level) == ("ana", "N0")


def test_settings_that_go_round_in_a_circle_still_find_somebody() -> None:
    found = chosen(
        [person("bel", "Coordenação")], "N0", roster={"fallback": {"N0": "N1", "N1": "N0"}}
    )
    assert found.owner == "bel"


def test_above_the_last_level_it_falls_down_again() -> None:
    found = chosen([person("ana", "N0"), person("edu", "N1")], "Coordenação")
    assert (found.owner, found.level) == ("edu", "N1")


def test_a_level_whose_people_are_all_on_leave_falls_to_the_next() -> None:
    people = [person("edu", "N1", absences=ON_LEAVE), person("gil", "N2")]
    assert chosen(people, "N1").owner == "gil"


def test_with_everybody_on_leave_the_ticket_waits_for_who_is_back_first() -> None:
    people = [
        person("ana", "N0", absences=ON_LEAVE),
        person("bia", "N0", absences=away("2026-11-20", "2026-11-24")),
        person("edu", "N1", absences=GONE),
    ]
    found = chosen(people)
    assert found.owner == "bia"
    assert found.reason.endswith(
        "Bia é quem volta primeiro (em expediente a partir de quarta-feira, 25/11/2026, às 09:00)."
    )


def test_even_somebody_away_for_good_is_better_than_no_one() -> None:
    found = chosen([person("ana", absences=GONE)])
    assert found.owner == "ana"
    assert found.starts_at is None
    assert found.reason.endswith("(sem expediente previsto).")


def test_only_an_empty_roster_gives_no_owner() -> None:
    found = chosen([])
    assert found.owner is None
    assert "vazio" in found.reason


def test_an_unknown_level_says_what_was_probably_meant() -> None:
    with pytest.raises(UnknownLevel, match="did you mean 'N1'"):
        chosen([person("ana")], "n1")


hours = st.sampled_from([None, every_day("14:00-18:00"), every_day(), every_day("00:00-24:00")])
absences = st.sampled_from([(), GONE, ON_LEAVE, away("2026-11-23", "2026-11-23")])
skills = st.sampled_from([frozenset(), frozenset({"bug"}), frozenset({"tax", "bug"})])
teams = st.lists(
    st.builds(
        lambda login, level, hours, absences, skills: person(
            login, level, hours=hours, absences=absences, skills=skills
        ),
        st.sampled_from(["ana", "bia", "caio", "edu", "gil"]),
        st.sampled_from(LEVELS),
        hours,
        absences,
        skills,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda each: each.login,
)


@given(
    teams,
    st.permutations(range(5)),
    st.sampled_from(LEVELS),
    st.sampled_from(["2026-11-22 23:00", "2026-11-23 10:00", "2026-11-23 12:30"]),
    st.sampled_from(Strategy),
    st.dictionaries(st.sampled_from(["ana", "bia", "edu"]), st.integers(0, 4)),
    st.dictionaries(st.sampled_from(LEVELS), st.sampled_from(LEVELS)),
)
def test_anybody_on_the_roster_means_an_owner_whatever_the_order(
    team: list[Person],
    order: list[int],
    level: str,
    when: str,
    strategy: Strategy,
    load: dict[str, int],
    fallback: dict[str, str],
) -> None:
    settings = {"strategy": strategy, "fallback": fallback}

    def choose(people: list[Person]) -> Assignment:
        return chosen(
            people, level, when=when, open_tickets=load, roster=settings, request_type="bug"
        )

    found = choose(team)
    assert found.owner in {each.login for each in team}
    assert found.reason.endswith(".")
    shuffled = [team[n] for n in order if n < len(team)]
    assert choose(shuffled) == found
    at_work = [
        each
        for each in Roster(people=tuple(team)).on(level)
        if chosen([each], level, when=when).at_work and each.handles("bug")
    ]
    if at_work:
        assert found.at_work, "somebody at work and able on the level is never passed over"
        assert found.level == level
