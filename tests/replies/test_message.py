"""The bytes of a mail: whatever goes in, they parse back to it, and nothing else gets in."""

import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake.ports.email_addresses import AddressInvalid
from intake.ports.sender import Outgoing
from intake.replies.mail_bytes import message_id, to_bytes
from intake.replies.presentable import one_line
from tests.replies.outgoings import outgoing

ANYTHING = st.text(st.characters(), max_size=300)
HOSTILE = st.one_of(
    ANYTHING,
    st.sampled_from(
        [
            "a\r\nBcc: vitima@exemplo.com.br",
            "a\n\n<script>corpo</script>",
            "a\r\n\r\n--=_fim",
            "=?utf-8?q?a=0D=0ABcc:_x?=",
            "a\x00\x0b\x0c\x1c\x85\u2028\u2029b",
            "\u202eabc\u2066\u200b",
            '"aspas" <outro@exemplo.com.br>, b',
            "x" * 5000,
            "ção " * 400,
            "😀" * 300,
            "\ud800solto",
        ]
    ),
)
HEADERS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Auto-Submitted", "X-Auto-Response-Suppress", "X-Central-Intake", "MIME-Version",
    "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip


def parsed(mail: Outgoing) -> EmailMessage:
    raw = to_bytes(mail)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def name_in(field: str, mail: Outgoing) -> str:
    """By the older reader: the newer one puts a space between two encoded words of a name."""
    header = message_from_bytes(to_bytes(mail), policy=compat32)[field]
    return str(make_header(decode_header(parseaddr(header)[0])))


def text_of(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_an_ordinary_reply_reads_back_as_it_was() -> None:
    message = parsed(
        outgoing(date=datetime(2026, 11, 24, 10, tzinfo=timezone(-timedelta(hours=3))))
    )
    assert message["Subject"] == "[R3-2026-000123] Não consigo emitir nota fiscal"
    assert str(message["From"]) == "R3izzy – Central de Ajuda <suporte@r3izzy.com.br>"
    assert str(message["To"]) == "Mariana Conceição <mariana@exemplo.com.br>"
    assert message["Reply-To"] == "suporte@r3izzy.com.br"
    assert message["Message-ID"] == "<central-intake.1@r3izzy.com.br>"
    assert message["In-Reply-To"] == "<2@exemplo.com.br>"
    assert message["References"].split() == ["<1@exemplo.com.br>", "<2@exemplo.com.br>"]
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Central-Intake"] == "R3-2026-000123"
    assert message["Date"] == "Tue, 24 Nov 2026 10:00:00 -0300"
    assert message.get_content_type() == "multipart/alternative"
    assert text_of(message, "plain").startswith("Bom dia, Mariana!\n\nAbrimos")
    assert text_of(message, "html") == "<p>Bom dia, Mariana!</p>\n"


def test_out_of_office_notes_are_unwanted_but_reports_of_failure_are_not() -> None:
    wanted = parsed(outgoing())["X-Auto-Response-Suppress"].split(", ")
    assert {"OOF", "AutoReply", "DR", "RN", "NRN"} == set(wanted)


def test_a_reply_that_a_person_wrote_is_not_marked_automatic() -> None:
    message = parsed(outgoing(automatic=False))
    assert "Auto-Submitted" not in message
    assert message["X-Central-Intake"] == "R3-2026-000123"


def test_without_html_there_is_one_plain_part() -> None:
    message = parsed(outgoing(html=""))
    assert message.get_content_type() == "text/plain"
    assert text_of(message, "plain") == "Bom dia, Mariana!\n\nAbrimos o chamado R3-2026-000123.\n"


def test_the_same_row_gives_the_same_bytes() -> None:
    mail = outgoing(date=datetime(2026, 11, 24, 13, tzinfo=UTC))
    assert to_bytes(mail) == to_bytes(replace(mail))


def test_answers_go_where_the_row_says() -> None:
    assert parsed(outgoing(reply_to="ajuda@r3izzy.com.br"))["Reply-To"] == "ajuda@r3izzy.com.br"


def test_a_long_subject_with_accents_is_folded_without_breaking_a_letter() -> None:
    subject = "[R3-2026-000123] " + "Emissão de certidões não concluída — atenção " * 5
    raw = to_bytes(outgoing(subject=subject))
    header = raw.partition(b"Subject: ")[2].partition(b"\r\nDate")[0]
    assert all(len(line) <= 78 for line in header.split(b"\r\n"))
    assert parsed(outgoing(subject=subject))["Subject"] == one_line(subject, 250)


def test_a_conversation_of_hundreds_keeps_its_root_and_its_newest() -> None:
    ids = tuple(f"<{n}@exemplo.com.br>" for n in range(500))
    references = parsed(outgoing(references=ids, in_reply_to=ids[-1]))["References"].split()
    assert references[0] == ids[0]
    assert references[-1] == ids[-1]
    assert len(references) == 20


@pytest.mark.parametrize(
    ("in_reply_to", "kept"),
    [
        ("", None),
        ("no brackets", None),
        ("<a@b>\r\nBcc: x@exemplo.com.br", "<a@b>"),
        ("<a b@c>", None),
        ("<ã@b>", None),
        ("<a@b> <c@d>", "<a@b>"),
        ("<" + "x" * 5000 + "@b>", None),
    ],
)
def test_only_a_well_formed_identifier_is_answered_to(in_reply_to: str, kept: str | None) -> None:
    assert parsed(outgoing(in_reply_to=in_reply_to, references=()))["In-Reply-To"] == kept


@given(subject=HOSTILE)
@example(subject="[R3-2026-000123] é" + "a" * 60 + "é")
def test_any_subject_reads_back_as_its_one_line(subject: str) -> None:
    assert parsed(outgoing(subject=subject))["Subject"] == one_line(subject, 250)


@given(name=HOSTILE, own_name=HOSTILE)
def test_any_name_leaves_the_addresses_alone(name: str, own_name: str) -> None:
    mail = outgoing(recipient_name=name, sender_name=own_name)
    message = parsed(mail)
    assert [a.addr_spec for a in message["To"].addresses] == ["mariana@exemplo.com.br"]
    assert [a.addr_spec for a in message["From"].addresses] == ["suporte@r3izzy.com.br"]
    assert name_in("To", mail) == one_line(name, 120)
    assert name_in("From", mail) == one_line(own_name, 120)


@given(
    subject=HOSTILE,
    name=HOSTILE,
    number=HOSTILE,
    in_reply_to=HOSTILE,
    references=st.lists(HOSTILE, max_size=5),
    text=HOSTILE,
    html=HOSTILE,
)
def test_nothing_adds_a_header_or_a_part(
    subject: str,
    name: str,
    number: str,
    in_reply_to: str,
    references: list[str],
    text: str,
    html: str,
) -> None:
    message = parsed(
        outgoing(
            subject=subject,
            recipient_name=name,
            ticket_number=number,
            in_reply_to=in_reply_to,
            references=tuple(references),
            text=text,
            html=html,
        )
    )
    assert set(message.keys()) <= HEADERS
    assert len(message.keys()) == len(set(message.keys()))
    parts = [part.get_content_type() for part in message.walk()]
    assert parts in (["text/plain"], ["multipart/alternative", "text/plain", "text/html"])


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=2000)
)
@example(text="a \n b\t\n=\n.\nFrom x\n" + "ç" * 500)
def test_any_text_reads_back(text: str) -> None:
    message = message_from_bytes(to_bytes(outgoing(text=text, html="")), policy=default)
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().replace("\r\n", "\n") == text.rstrip("\n") + "\n"


@given(uid=st.text(min_size=1, max_size=200), other=st.text(min_size=1, max_size=200))
def test_message_ids_are_well_formed_the_same_for_a_row_and_its_own(uid: str, other: str) -> None:
    made = message_id(uid, "r3izzy.com.br")
    left, _, right = made[1:-1].partition("@")
    assert right == "r3izzy.com.br"
    assert set(left) <= set(string.ascii_letters + string.digits + "_-.")
    assert made == message_id(uid, "r3izzy.com.br")
    assert (made == message_id(other, "r3izzy.com.br")) == (uid == other)
    assert parsed(outgoing(message_id=made))["Message-ID"] == made


def test_a_message_id_of_a_domain_with_accents_is_ascii() -> None:
    assert message_id("7", "clínica.com.br") == "<central-intake.7@xn--clnica-4va.com.br>"


@pytest.mark.parametrize("field", ["sender", "recipient", "reply_to"])
def test_an_address_that_is_none_is_an_error(field: str) -> None:
    with pytest.raises(AddressInvalid, match="x@y\\\\r"):
        to_bytes(outgoing(**{field: "x@y\r\nBcc: a@b.c"}))


def test_a_message_id_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a Message-ID"):
        to_bytes(outgoing(message_id="<a@b>\r\nBcc: x"))
