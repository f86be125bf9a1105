"""What is stored of a line is read again, whatever is in it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.discuss.line import Looked, arrival, client_named, perhaps_a_command, read_chat
from intake.ports.chat import Author, Contact, Written
from intake.ports.messages import StoredMessage
from intake.settings.mail import Mail
from routing.commands.command import Command, Talk, Wrong
from routing.message import Message
from routing.vocabulary import Channel

AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
ANA = Author(login="ana.n0", name="Ana Lima", address="ana.n0@r3izzy.com.br")


def read(html: str, author: Author = ANA, looked: Looked | None = None) -> Message:
    """As it comes out of the journal."""
    written = Written(id=7, at=AT, html=html, author=author)
    came = arrival(written, source="discuss:comandos", room=3, looked=looked, now=AT)
    stored = StoredMessage(
        id=1,
        key=came.key,
        source=came.source,
        channel=Channel.CHAT,
        received_at=came.received_at,
        complete=True,
        details={},
        raw=came.raw,
        thread=came.key,
        digest="",
        state="new",
        outcome=None,
        error=None,
        attempts=0,
        ticket_id=None,
    )
    return read_chat(stored, Mail())


@given(st.text(), st.text(max_size=20))
def test_any_text_is_read(text: str, name: str) -> None:
    author = Author(login="ana", name=name, address="ana@r3.com.br")
    for html in (text, f"<p>/ticket {text}</p>"):
        client_named(html)
        perhaps_a_command(html)
        message = read(html, author)
        assert message.room == "discuss:3/7"
        assert message.command is not None


def test_a_page_of_discuss_is_read_as_people_see_it() -> None:
    html = (
        '<p>/ticket Nota cliente:"Boa &amp; Cia" <a href="https://x.y/?tipo=1">https://x.y/?tipo=1'
        '</a><br>linha 2 &lt;b&gt;</p><span class="o-mail-Message-edited"></span>'
    )
    line = read(html).command
    assert line == Command(
        title="Nota https://x.y/?tipo=1",
        description="linha 2 <b>",
        said={"client": "Boa & Cia"},
    )
    assert client_named(html) == "Boa & Cia"


@pytest.mark.parametrize("said", ["bia@x.com.br", "Bia / (11) 98765-4321", "11 98765-4321"])
def test_the_desk_is_not_asked_for_an_address(said: str) -> None:
    assert client_named(f'<p>/ticket App cliente:"{said}"</p>') == ""
    assert read(f'<p>/ticket App cliente:"{said}"</p>').sender is not None


def test_a_contact_is_reached_by_mail_else_by_telephone_else_through_who_wrote() -> None:
    line = "<p>/ticket App cliente:Bia</p>"

    def asks(**reach: str) -> str:
        looked = Looked(name="Bia", found=(Contact(ref="5", name="Bia Souza", **reach),))
        message = read(line, looked=looked)
        assert (message.fields["client"], message.fields["client_ref"]) == ("Bia Souza", "5")
        assert message.sender is not None
        return message.sender.address

    assert asks(address="bia@x.com.br", phone="+55 11 98765-4321") == "bia@x.com.br"
    assert asks(phone="(11) 98765-4321") == "+5511987654321"
    assert asks() == ANA.address


def test_an_internal_request_may_be_about_a_client() -> None:
    message = read('<p>/ticket Ligar para cliente:"Bia / (11) 98765-4321" tipo:interno</p>')
    assert message.sender is not None
    assert message.sender.address == ANA.address
    assert message.fields["client"] == "Bia"


def test_an_internal_request_is_known_as_such_however_its_kind_is_marked() -> None:
    message = read("<p>/ticket Ar-condicionado (tipo:interno)</p>")
    assert message.sender is not None
    assert message.sender.address == ANA.address


def test_strangers_open_nothing_and_their_talk_is_theirs() -> None:
    stranger = Author(login="ze", is_member=False)
    assert isinstance(read("<p>/ticket App</p>", stranger).command, Wrong)
    assert isinstance(read("<p>o /ticket da Bia</p>", stranger).command, Talk)


def test_a_number_that_is_given_out_anew_is_another_message() -> None:
    first, second = (
        arrival(Written(id=7, at=at, html="", author=ANA), source="s", room=3, looked=None, now=AT)
        for at in (AT, AT.replace(minute=1))
    )
    assert first.key != second.key
