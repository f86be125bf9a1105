"""The ninth digit: both forms of a mobile number are one number, and no other number has two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.phone.ninth_digit import old_form, phone_forms


@pytest.mark.parametrize("written", ["+5511987654321", "+551187654321", "+55 11 98765-4321"])
def test_a_mobile_number_has_two_forms(written: str) -> None:
    assert phone_forms(written) == {"+5511987654321", "+551187654321"}


@pytest.mark.parametrize(
    "written", ["+551132345678", "+15551234567", "+5511932345678", "+351912345678"]
)
def test_any_other_number_has_one(written: str) -> None:
    assert phone_forms(written) == {written}


def test_no_digits_are_no_number() -> None:
    assert phone_forms("anônimo") == frozenset()


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_each_form_has_the_same_forms(number: str) -> None:
    forms = phone_forms(number)
    assert number in forms
    assert {phone_forms(form) for form in forms} == {forms}
    assert len({old_form(form[1:]) for form in forms}) == 1
