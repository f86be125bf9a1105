"""The window, the words that stop us, the news of a reply, and codes."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from routing.phone.faults import Remedy, fault
from routing.phone.opt_out import Wish, wish
from routing.phone.progress import Progress, further, progress
from routing.phone.window import is_open

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        (timedelta(0), True),
        (timedelta(hours=23, minutes=54), True),
        (timedelta(hours=23, minutes=55), False),
        (timedelta(days=3), False),
        (None, False),
    ],
)
def test_the_window_is_open_for_a_day(ago: timedelta | None, expected: bool) -> None:
    assert is_open(None if ago is None else NOW - ago, NOW) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("STOP", Wish.STOP),
        (" Sair. ", Wish.STOP),
        ("PARAR!", Wish.STOP),
        ("pare", Wish.STOP),
        ("Voltar", Wish.START),
        ("START", Wish.START),
        ("Quero parar a emissão de notas", None),
        ("não consigo sair do app", None),
        ("cancelar", None),
        ("fim", None),
        ("", None),
    ],
)
def test_only_the_bare_word_is_a_wish(text: str, expected: Wish | None) -> None:
    assert wish(text) is expected


def test_news_in_any_order_come_to_the_same_end() -> None:
    statuses = ("queued", "sent", "delivered", "read")
    for order in permutations(statuses):
        summary: Progress | None = None
        for status in order:
            news = progress(status)
            assert news is not None
            if further(summary, news):
                summary = news
        assert summary is Progress.READ


def test_what_was_delivered_did_not_fail_and_a_failure_is_not_taken_back_by_sent() -> None:
    assert not further(Progress.DELIVERED, Progress.FAILED)
    assert not further(Progress.FAILED, Progress.SENT)
    assert further(Progress.SENT, Progress.FAILED)


def test_a_status_that_we_do_not_know_says_nothing() -> None:
    assert progress("receiving") is None


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (63016, Remedy.TEMPLATE),
        (21610, Remedy.OBEY),
        (20429, Remedy.LATER),
        (21211, Remedy.OTHER_WAY),
        (99999, Remedy.OTHER_WAY),
    ],
)
def test_what_helps_against_a_code(code: int, remedy: Remedy) -> None:
    assert fault(code).remedy is remedy
