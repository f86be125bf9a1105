"""Terms as operators write them."""

from datetime import timedelta

import pytest

from routing.sla import (
    BusinessDays,
    BusinessTime,
    ByService,
    MonthEvaluation,
    Term,
    TermInvalid,
    UntilResolved,
    parse_term,
)


def _hours(number: float) -> BusinessTime:
    return BusinessTime(timedelta(hours=number))


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("1h útil", _hours(1)),
        ("24h úteis", _hours(24)),
        ("24 horas úteis", _hours(24)),
        ("3 H UTEIS", _hours(3)),
        ("3 business hours", _hours(3)),
        ("90 min úteis", _hours(1.5)),
        ("30 minutos úteis", _hours(0.5)),
        ("1 dia útil", BusinessDays(1)),
        ("10 dias úteis", BusinessDays(10)),
        ("2 business days", BusinessDays(2)),
        ("avaliação mensal", MonthEvaluation()),
        ("Avaliação mensal, dia 20", MonthEvaluation(20)),
        ("até resolução", UntilResolved()),
        ("until resolved", UntilResolved()),
        ("por serviço, senão 2 dias úteis", ByService(BusinessDays(2))),
    ],
)
def test_what_a_term_means_and_that_its_wording_means_it_again(text: str, term: Term) -> None:
    assert parse_term(text) == term
    assert parse_term(str(term)) == term


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("2 dias", "write for instance"),
        ("3h", "write for instance"),
        ("dois dias úteis", "write for instance"),
        ("-1h útil", "write for instance"),
        ("", "write for instance"),
        ("0h úteis", "more than nothing"),
        ("avaliação mensal, dia 32", "1 to 31"),
        ("por serviço, senão até resolução", "write for instance"),
    ],
)
def test_what_is_no_term_says_how_one_is_written(text: str, complaint: str) -> None:
    with pytest.raises(TermInvalid, match=complaint):
        parse_term(text)
