"""From Twilio's form to a message."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.twilio.payload import payload
from intake.channels.twilio.text import read_text
from intake.ports.messages import StoredFile, StoredMessage
from intake.settings.mail import Mail
from routing.message import Message
from routing.vocabulary import Channel
from tests.telephony.posts import CLIENT, form


def stored(raw: bytes, *files: StoredFile) -> StoredMessage:
    return StoredMessage(
        id=1,
        key="twilio:SM1",
        source="twilio:AC1",
        channel=Channel.WHATSAPP,
        received_at=datetime(2026, 11, 24, 13, tzinfo=UTC),
        complete=True,
        details={},
        raw=raw,
        thread="whatsapp:+551187654321",
        digest="",
        state="new",
        outcome=None,
        error=None,
        attempts=0,
        ticket_id=None,
        files=files,
    )


def read(raw: bytes, *files: StoredFile) -> Message:
    return read_text(stored(raw, *files), Mail())


def test_a_text_is_its_words_and_its_person() -> None:
    message = read(form(body="Bom dia, o app trava"))
    assert message.text == "Bom dia, o app trava"
    assert message.sender is not None
    assert (message.sender.address, message.sender.name) == (CLIENT, "Bia Souza")
    assert message.message_id == f"SM{1:032x}"


def test_a_withheld_number_is_taken_from_the_whatsapp_id() -> None:
    message = read(form(From="whatsapp:"))
    assert message.sender is not None
    assert message.sender.address == CLIENT


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (
            {"Latitude": "-23.56", "Longitude": "-46.65", "Label": "Loja", "Address": "Rua A, 1"},
            "Localização: Loja, Rua A, 1 (-23.56, -46.65)",
        ),
        ({"Latitude": "-23.56", "Longitude": "-46.65"}, "Localização: (-23.56, -46.65)"),
        ({"ButtonText": "Quero agendar", "ButtonPayload": "agendar"}, "Quero agendar"),
        ({"ListTitle": "Segunda via", "ListId": "2"}, "Segunda via"),
        ({"MessageType": "sticker"}, "(mensagem do tipo sticker, sem texto)"),
        ({"MessageType": "reaction"}, ""),
    ],
)
def test_what_is_no_text_is_said_in_words(fields: dict[str, str], wanted: str) -> None:
    assert read(form(body="", **fields)).text == wanted


def test_a_button_that_repeats_the_text_is_said_once() -> None:
    assert read(form(body="Sim", ButtonText="Sim")).text == "Sim"


def test_an_answer_refers_to_what_it_quotes() -> None:
    assert read(form(OriginalRepliedMessageSid="SMours")).in_reply_to == ("SMours",)


def test_files_that_came_are_attached_and_the_others_named() -> None:
    url = "https://api.twilio.com/media/ME1"
    message = read(
        form(body="", NumMedia="4"),
        StoredFile(position=0, url=url, content_type="image/jpeg", state="here", content=b"\xff"),
        StoredFile(position=1, url=url, content_type="text/vcard", state="here", content=b"V"),
        StoredFile(position=2, url=url, content_type="audio/ogg", state="waiting"),
        StoredFile(
            position=3, url=url, content_type="video/mp4", state="given_up", detail="grande demais"
        ),
    )
    assert [each.name for each in message.attachments] == ["foto-1.jpg", "contato-2.vcf"]
    assert [url in each for each in message.notices] == [True, True]
    assert "grande demais" in message.notices[1]


def test_the_limit_on_text_counts_here_too() -> None:
    limits = Mail(max_text=100)
    assert len(read_text(stored(form(body="x" * 500)), limits).text) == 100


@given(st.binary(max_size=300), st.text(max_size=60))
def test_any_form_can_be_read(raw: bytes, words: str) -> None:
    for body in (raw, form(body=words, NumMedia=words, Latitude=words, From=words)):
        message = read(body)
        assert "\x00" not in message.text
        assert len(payload(body).media) <= 20
