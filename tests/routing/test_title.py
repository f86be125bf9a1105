"""A ticket's title says what it is about."""

from datetime import UTC, datetime

import pytest

from routing.message import Message
from routing.triage import NO_TITLE, title_of
from routing.vocabulary import Channel


def message(subject: str, text: str) -> Message:
    received = datetime(2026, 11, 24, 13, tzinfo=UTC)
    return Message(channel=Channel.WHATSAPP, received_at=received, subject=subject, text=text)


@pytest.mark.parametrize(
    ("subject", "text", "title"),
    [
        ("RE: Nota não sai", "Bom dia", "Nota não sai"),
        ("", "oi, bom dia!\no app trava na agenda", "o app trava na agenda"),
        ("", "Olá, tudo bem?\n\nPreciso da guia", "Preciso da guia"),
        ("Bom dia", "Preciso da guia", "Preciso da guia"),
        ("", "oi", "oi"),
        ("", "Oi, meu app trava", "Oi, meu app trava"),
        ("", "", NO_TITLE),
    ],
)
def test_greetings_are_no_title_where_something_else_is_said(
    subject: str, text: str, title: str
) -> None:
    assert title_of(message(subject, text)) == title


def test_a_long_row_of_greetings_takes_no_long_time() -> None:
    assert title_of(message("", "oi " * 30_000 + "x")).startswith("oi")
