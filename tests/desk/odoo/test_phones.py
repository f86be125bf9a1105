"""Telephone numbers as people write them are the number that a message came from, or are not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.desk.odoo.phones import same_number, search_pattern

AREAS = st.sampled_from(["11", "21", "31", "47", "85", "92"])
OLD_MOBILES = st.from_regex(r"\A[6-9][0-9]{7}\Z")
LANDLINES = st.from_regex(r"\A[2-5][0-9]{7}\Z")
FORMS = (
    "+55{area}{first}{last}",
    "+55 ({area}) {first}-{last}",
    "+55 {area} {first} {last}",
    "55{area}{first}{last}",
    "0055 {area} {first}.{last}",
    "({area}) {first}-{last}",
    "{area} {first} {last}",
    "0{area} {first}-{last}",
    "({area}) 3131-0000 / ({area}) {first}-{last}",
    "({area}) {first}-{last} ramal 12",
)


def written(form: str, area: str, number: str) -> str:
    return form.format(area=area, first=number[:-4], last=number[-4:])


@given(AREAS, OLD_MOBILES, st.sampled_from(FORMS), st.booleans(), st.booleans())
def test_a_mobile_number_with_and_without_the_ninth_digit(
    area: str, number: str, form: str, theirs: bool, ours: bool
) -> None:
    contact = written(form, area, f"9{number}" if theirs else number)
    asked = f"+55{area}{f'9{number}' if ours else number}"
    assert same_number(contact, asked)
    assert found_by(search_pattern(asked), contact)


@given(AREAS, LANDLINES, st.sampled_from(FORMS))
def test_a_landline_never_has_a_ninth_digit(area: str, number: str, form: str) -> None:
    contact = written(form, area, number)
    assert same_number(contact, f"+55{area}{number}")
    assert found_by(search_pattern(f"+55{area}{number}"), contact)
    assert not same_number(contact, f"+55{area}9{number}")


@given(AREAS, AREAS, OLD_MOBILES, OLD_MOBILES)
def test_another_number_is_another(one: str, other: str, number: str, second: str) -> None:
    expected = (one, number) == (other, second)
    assert same_number(f"({one}) 9{number}", f"+55{other}9{second}") is expected


@pytest.mark.parametrize(
    ("contact", "asked", "same"),
    [
        ("+1 (415) 555-0100", "+14155550100", True),
        ("0044 20 7946 0958", "+442079460958", True),
        ("+351 912 345 678", "+5511912345678", False),
        ("98765-4321", "+5511987654321", False),
        ("", "+5511987654321", False),
        ("(11) 98765-4321", "", False),
        ("(11) 98765-4321", "anonymous", False),
        ("ligar depois das 18", "+5511987654321", False),
        ("11 98765-4321 ou 11 91234-5678", "+5511912345678", True),
    ],
)
def test_examples(contact: str, asked: str, same: bool) -> None:
    assert same_number(contact, asked) is same


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_compared(contact: str, asked: str) -> None:
    if same_number(contact, asked):
        assert found_by(search_pattern(asked), contact)


def found_by(pattern: str | None, text: str) -> bool:
    """As PostgreSQL's LIKE does it."""
    assert pattern is not None
    parts = map(re.escape, pattern.split("%"))
    return re.fullmatch(".*".join(parts), text, re.DOTALL) is not None
