"""SMS: characters, parts, and words that fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.phone.sms import LONGEST, Alphabet, size, worded


@pytest.mark.parametrize(
    ("text", "alphabet", "units", "parts"),
    [
        ("", Alphabet.GSM_7, 0, 0),
        ("a" * 160, Alphabet.GSM_7, 160, 1),
        ("a" * 161, Alphabet.GSM_7, 161, 2),
        ("a" * 306, Alphabet.GSM_7, 306, 2),
        ("a" * 307, Alphabet.GSM_7, 307, 3),
        ("é" * 160, Alphabet.GSM_7, 160, 1),
        ("€" * 80, Alphabet.GSM_7, 160, 1),
        ("a" * 152 + "€" + "a" * 10, Alphabet.GSM_7, 164, 2),
        # The escaped euro does not fit into the last septet of a part: it goes into the next.
        ("a" * 152 + "€" + "a" * 152, Alphabet.GSM_7, 306, 3),
        ("ã" * 70, Alphabet.UCS_2, 70, 1),
        ("não" + "a" * 68, Alphabet.UCS_2, 71, 2),
        ("ç" * 134, Alphabet.UCS_2, 134, 2),
        ("ç" * 135, Alphabet.UCS_2, 135, 3),
        ("🎉" * 35, Alphabet.UCS_2, 70, 1),
    ],
)
def test_the_size_of_an_sms(text: str, alphabet: Alphabet, units: int, parts: int) -> None:
    found = size(text)
    assert (found.alphabet, found.units, found.parts) == (alphabet, units, parts)


def test_accents_stay_where_they_are_wanted() -> None:
    assert worded("Avaliação – às 9h 🎉", accents=True) == "Avaliação - às 9h"


def test_without_accents_portuguese_fits_into_gsm() -> None:
    text = "Não há previsão: solução até amanhã, às 9h. É só responder “aqui”…"
    plain = worded(text, accents=False)
    assert plain == 'Nao ha previsao: solucao até amanha, às 9h. É so responder "aqui"...'
    assert size(plain).alphabet is Alphabet.GSM_7


@given(st.text(max_size=3000))
def test_any_text_without_accents_is_gsm_and_short_enough(text: str) -> None:
    plain = worded(text, accents=False)
    assert len(plain) <= LONGEST
    assert size(plain).alphabet is Alphabet.GSM_7


@given(st.text(alphabet="ab ã€🎉\n", max_size=800))
def test_parts_hold_the_text_and_no_part_is_needless(text: str) -> None:
    found = size(text)
    alone, joined = (160, 153) if found.alphabet is Alphabet.GSM_7 else (70, 67)
    assert found.units <= (alone if found.parts <= 1 else found.parts * joined)
    # A character of two units may leave one place empty in each part.
    assert found.parts <= 1 or found.units > (found.parts - 1) * (joined - 1)
