"""Who owns a ticket among the people of a level, and why."""

import pytest

from routing.calendar import parse_hours
from routing.roster import Strategy
from tests.routing.calendar.shipped import at
from tests.routing.roster.team import MORNING, away, chosen, every_day, person

LEAST_OPEN = {"strategy": Strategy.LEAST_OPEN}


def test_in_turn_it_is_who_got_none_for_longest() -> None:
    people = [person("ana"), person("bia"), person("caio")]
    found = chosen(people, last_assigned={"ana": 7, "bia": 3, "caio": 9})
    assert found.owner == "bia"
    assert found.reason == "No nível N0, Bia é de quem é a vez."
    assert found.at_work
    assert found.starts_at == at(MORNING)


def test_in_turn_who_never_had_one_comes_first_and_then_the_login_decides() -> None:
    people = [person("caio"), person("bia"), person("ana")]
    assert chosen(people, last_assigned={"ana": 1}).owner == "bia"
    assert chosen(people, last_assigned={"ana": 2, "bia": 2, "caio": 2}).owner == "ana"


def test_least_open_it_is_who_has_fewest_and_then_whose_turn_it_is() -> None:
    people = [person("ana"), person("bia"), person("caio")]
    found = chosen(
        people,
        roster=LEAST_OPEN,
        open_tickets={"ana": 4, "bia": 2, "caio": 2},
        last_assigned={"bia": 9, "caio": 5},
    )
    assert found.owner == "caio"
    assert found.reason == "No nível N0, Caio é quem tem menos chamados abertos (2)."


def test_the_client_s_own_person_comes_before_any_turn() -> None:
    people = [person("ana"), person("bia", clients=("@clinica.com.br",))]
    found = chosen(people, client="rosa@clinica.com.br", last_assigned={"bia": 9})
    assert found.owner == "bia"
    assert found.reason == "Bia cuida deste cliente."
    assert chosen(people, client="rosa@outra.com.br").owner == "ana"


def test_a_client_is_known_by_address_or_by_name() -> None:
    people = [person("ana"), person("bia", clients=("Rosa Prado",))]
    assert chosen(people, client=("rosa@gmail.com", "ROSA  PRADO")).owner == "bia"


def test_the_client_s_own_person_who_comes_later_that_day_is_waited_for() -> None:
    people = [
        person("ana"),
        person("bia", clients=("@clinica.com.br",), hours=every_day("14:00-18:00")),
    ]
    found = chosen(people, client="rosa@clinica.com.br")
    assert found.owner == "bia"
    assert not found.at_work
    assert "em expediente a partir de segunda-feira, 23/11/2026, às 14:00" in found.reason


def test_the_client_s_own_person_who_is_away_is_named_in_the_reason() -> None:
    people = [
        person("ana"),
        person("bia", clients=("@clinica.com.br",), absences=away("2026-11-16", "2026-12-04")),
    ]
    found = chosen(people, client="rosa@clinica.com.br")
    assert found.owner == "ana"
    assert found.reason == (
        "Bia, que cuida deste cliente, não está em expediente nesse dia. "
        "Só Ana está em expediente no nível N0."
    )


def test_the_client_s_own_person_who_gets_it_anyway_is_not_called_absent() -> None:
    bia = person("bia", clients=("@clinica.com.br",), hours=((),) + (None,) * 6)
    found = chosen([bia], client="rosa@clinica.com.br")
    assert found.owner == "bia"
    assert found.reason.startswith("Ninguém está em expediente agora no nível N0, e Bia")


def test_only_people_at_work_share_the_tickets() -> None:
    people = [
        person("ana", absences=away("2026-11-23")),
        person("bia", hours=every_day("14:00-18:00")),
        person("caio"),
    ]
    found = chosen(people, last_assigned={"caio": 9})
    assert found.owner == "caio"
    assert found.reason == "Só Caio está em expediente no nível N0."


def test_with_nobody_at_work_it_is_who_will_be_first_and_the_ticket_says_so() -> None:
    early = (parse_hours(("08:00-12:00",)),) + (None,) * 6
    people = [person("ana"), person("bia", hours=early)]
    found = chosen(people, when="2026-11-27 20:00")
    assert found.owner == "bia"
    assert not found.at_work
    assert found.starts_at == at("2026-11-30 08:00")
    assert found.reason == (
        "Ninguém está em expediente agora no nível N0, e Bia é quem chega antes "
        "(em expediente a partir de segunda-feira, 30/11/2026, às 08:00)."
    )


def test_somebody_back_from_leave_tomorrow_comes_before_who_works_on_fridays_only() -> None:
    only_fridays = ((),) * 4 + (None, (), ())
    people = [
        person("ana", absences=away("2026-11-23", "2026-11-23")),
        person("bia", hours=only_fridays),
    ]
    found = chosen(people)
    assert found.owner == "ana"
    assert found.starts_at == at("2026-11-24 09:00")


def test_who_take_other_request_types_are_passed_over_while_others_are_there() -> None:
    people = [person("ana", skills=frozenset({"tax"})), person("bia")]
    found = chosen(people, request_type="bug")
    assert found.owner == "bia"
    assert found.reason == "No nível N0, só Bia em expediente atende esta solicitação."
    alone = [person("ana", skills=frozenset({"tax"}))]
    assert chosen(alone, request_type="bug").owner == "ana", "never to no one"


def test_who_will_be_there_first_among_those_who_take_the_request_type() -> None:
    people = [
        person("ana", skills=frozenset({"tax"})),
        person("bia", hours=every_day("14:00-18:00")),
    ]
    found = chosen(people, request_type="bug")
    assert found.owner == "bia"
    assert found.reason.startswith(
        "Ninguém que atenda isto está em expediente agora no nível N0, e Bia é quem chega antes"
    )


def test_somebody_alone_is_not_compared_with_anybody() -> None:
    found = chosen([person("ana", skills=frozenset({"tax"}))], request_type="tax")
    assert found.reason == "Só Ana está em expediente no nível N0."


def test_who_name_the_request_type_come_before_who_take_all() -> None:
    people = [person("ana"), person("bia", skills=frozenset({"tax"}))]
    found = chosen(people, request_type="tax", last_assigned={"bia": 9})
    assert found.owner == "bia"
    assert found.reason.endswith("entre quem é especialista nesta solicitação.")


def test_somebody_who_is_asked_for_by_login_gets_it() -> None:
    people = [person("ana"), person("edu", "N1")]
    found = chosen(people, asked="EDU")
    assert (found.owner, found.level) == ("edu", "N1")
    assert found.reason == "Edu foi quem o pedido indicou."


@pytest.mark.parametrize("asked", ["edu", "ninguem"])
def test_somebody_asked_for_who_is_away_or_unknown_is_noted(asked: str) -> None:
    people = [person("ana"), person("edu", absences=away("2026-11-23"))]
    found = chosen(people, asked=asked)
    assert found.owner == "ana"
    assert found.reason.startswith(f"{asked} foi indicado no pedido, mas não está no quadro")


def test_the_same_values_give_the_same_owner_in_whatever_order_people_stand() -> None:
    people = [person("ana"), person("bia"), person("caio")]
    load = {"ana": 2, "bia": 1, "caio": 1}
    found = {
        chosen(order, roster=LEAST_OPEN, open_tickets=load).owner
        for order in (people, people[::-1], [people[1], people[2], people[0]])
    }
    assert found == {"bia"}
