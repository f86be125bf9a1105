"""What counts as keys pressed at random."""

import pytest

from routing.rules.gibberish import is_gibberish


@pytest.mark.parametrize(
    "text",
    [
        "asdfgh",
        "lkjhg ggggg",
        "aaaaaaaaa ssssss",
        "jjjjjkkkkk",
        "qweqwe asdasd",
        "....",
        "xcvbnm",
        "asdddd",
        "kjhkjh llll",
    ],
)
def test_keys_pressed_at_random_are_no_words(text: str) -> None:
    assert is_gibberish(text)


@pytest.mark.parametrize(
    "text",
    [
        "CNPJ",
        "CNDT",
        "nota",
        "trava",
        "nooossa travou",
        "erro 500",
        "33871",
        "?",
        "DAS",
        "NFSe",
        "",
    ],
)
def test_short_requests_are_words(text: str) -> None:
    assert not is_gibberish(text)
