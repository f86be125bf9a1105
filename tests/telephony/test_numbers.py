"""Numbers as networks and people write them, and one conversation for each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.content.phone_numbers import conversation, e164


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("whatsapp:+5511987654321", "+5511987654321"),
        ("+551140028922", "+551140028922"),
        ("(11) 98765-4321", "+5511987654321"),
        ("whatsapp:+14155238886", "+14155238886"),
        ("+14155238886", "+14155238886"),
        # A short number of a network's own is no E.164, but what it is.
        ("client:joana", ""),
        ("Anonymous", ""),
        ("", ""),
        ("+", ""),
    ],
)
def test_a_number_is_read_as_e164(written: str, wanted: str) -> None:
    assert e164(written) == wanted


@pytest.mark.parametrize(
    ("with_ninth", "without"),
    [("+5511987654321", "+551187654321"), ("+5521961234567", "+552161234567")],
)
def test_both_forms_of_a_brazilian_mobile_are_one_conversation(
    with_ninth: str, without: str
) -> None:
    assert conversation("whatsapp", with_ninth) == conversation("whatsapp", without)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # A mobile number and a landline that only look alike.
        ("+5511923456789", "+551123456789"),
        # Elsewhere a 9 is a digit like others.
        ("+4911987654321", "+491187654321"),
        ("+5511987654321", "+5521987654321"),
    ],
)
def test_other_numbers_are_other_conversations(one: str, other: str) -> None:
    assert conversation("whatsapp", one) != conversation("whatsapp", other)


def test_channels_are_kept_apart() -> None:
    assert conversation("sms", "+5511987654321") != conversation("whatsapp", "+5511987654321")


@given(st.text(max_size=40))
def test_whatever_is_written_is_read_as_a_number_or_none(written: str) -> None:
    found = e164(written)
    assert found == "" or (found.startswith("+") and found[1:].isdecimal())
    assert found == "" or e164(found) == found
