"""When what a person writes in a row is taken as a whole, and what the whole says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.burst import fold, ready_at
from routing.message import Address, Attachment, Message
from routing.vocabulary import Channel

AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SILENCE = timedelta(seconds=20)
LONGEST = timedelta(seconds=120)
OFFSETS = st.lists(st.integers(0, 1000), min_size=1, max_size=20)


def said(text: str, number: int = 1, *files: str) -> Message:
    return Message(
        channel=Channel.WHATSAPP,
        received_at=AT + timedelta(seconds=number),
        sender=Address(address="+5511987654321", name="Bia"),
        text=text,
        attachments=tuple(
            Attachment(name=name, content_type="image/jpeg", content=b"x") for name in files
        ),
        message_id=f"SM{number}",
    )


@given(OFFSETS, st.booleans(), st.booleans())
def test_it_waits_for_silence_and_never_beyond_the_longest(
    offsets: list[int], files: bool, greets: bool
) -> None:
    received = [AT + timedelta(seconds=each) for each in offsets]
    at = ready_at(
        received, silence=SILENCE, longest=LONGEST, files_pending=files, only_greets=greets
    )
    assert at <= min(received) + LONGEST
    assert at > min(received)
    if not files and not greets and at < min(received) + LONGEST:
        assert at == max(received) + SILENCE
    # Whatever comes in the meantime, nobody waits less because of it.
    more = [*received, at - timedelta(seconds=1)]
    assert ready_at(more, silence=SILENCE, longest=LONGEST) >= min(
        at, min(received) + LONGEST, max(more) + SILENCE
    )


def test_a_bound_below_the_silence_is_the_silence() -> None:
    assert ready_at([AT], silence=SILENCE, longest=timedelta(0)) == AT + SILENCE


def test_the_whole_has_all_words_and_files_in_order() -> None:
    first = replace(said("oi"), notices=("Um aviso.",))
    whole = fold(
        [
            first,
            said("", 2, "foto-1.jpg"),
            replace(said("o app trava", 3, "foto-1.jpg"), in_reply_to=("SM0",)),
            replace(said("na agenda", 4), notices=("Um aviso.",)),
        ]
    )
    assert whole.text == "oi\no app trava\nna agenda"
    assert [each.name for each in whole.attachments] == ["foto-1.jpg", "foto-1.jpg"]
    assert whole.in_reply_to == ("SM0",)
    assert whole.notices == ("Um aviso.",)
    assert (whole.received_at, whole.message_id) == (first.received_at, "SM1")


@given(st.lists(st.text(max_size=20), min_size=1, max_size=10))
def test_no_word_is_lost(texts: list[str]) -> None:
    whole = fold([said(text, number) for number, text in enumerate(texts)])
    assert whole.text == "\n".join(text for text in texts if text) or len(texts) == 1


def test_one_alone_stays_as_it_is_and_none_is_an_error() -> None:
    assert fold([said("oi")]) == said("oi")
    with pytest.raises(ValueError, match="nothing to fold"):
        fold([])
