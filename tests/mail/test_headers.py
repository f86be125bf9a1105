"""The cheap look at headers, and encoded words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.reading import mending
from intake.content import encoded_words, headers
from tests.mail.reading import mail, read


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"References: <a@x> <b@x>\r\nIn-Reply-To: <b@x>\r\nMessage-ID: <c@x>\r\n\r\n", "<a@x>"),
        (b"In-Reply-To: <b@x>\r\nMessage-ID: <c@x>\r\n\r\n", "<b@x>"),
        (b"Message-ID: <c@x>\r\n\r\nReferences: <nao@x>\r\n", "<c@x>"),
        (b"message-id:\r\n\t<c@x>\n\n", "<c@x>"),
        (b"Message-ID: <c@x>\r\r", "<c@x>"),
        (b"\r\nMessage-ID: <c@x>\r\n\r\n", "<c@x>"),
        (b"References:\r\nMessage-ID: c@x\r\n\r\n", "<c@x>"),
        (b"Subject: nada\r\n\r\n", ""),
        (b"", ""),
    ],
)
def test_root_of_a_conversation(raw: bytes, expected: str) -> None:
    assert headers.thread_position(raw).root == expected


def test_digest_is_the_same_in_two_mailboxes() -> None:
    first = b"Return-Path: <ana@exemplo.com.br>\r\nDelivered-To: a@r3izzy.com.br\r\n" + mail("oi\n")
    second = b"Received: from x by y; hoje\nX-Spam: no\n" + mail("oi\n").replace(b"\r\n", b"\n")
    assert headers.message_digest(first) == headers.message_digest(second + b"\n")


@pytest.mark.parametrize(
    "other",
    [
        mail("outro\n"),
        mail("oi\n", From="outra@exemplo.com.br"),
        mail("oi\n", Subject="Outro"),
        mail("oi\n", Message_ID="<outro@exemplo.com.br>"),
        mail("oi\n", Date="Tue, 24 Nov 2026 10:00:01 -0300"),
    ],
)
def test_digest_of_another_mail_is_another(other: bytes) -> None:
    assert headers.message_digest(mail("oi\n")) != headers.message_digest(other)


@given(st.binary(max_size=4_000))
def test_the_look_never_fails(raw: bytes) -> None:
    headers.thread_position(raw).root.encode("utf-8")
    assert len(headers.message_digest(raw)) == 64
    assert mending.mended(raw).count(b"\x00") == headers.trimmed(raw).count(b"\x00")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=?utf-8?q?N=C3=A3o_emite?=", "Não emite"),
        ("=?UTF-8?B?TsOjbyBlbWl0ZQ==?=", "Não emite"),
        ("=?iso-8859-1?Q?Emiss=E3o?= de =?iso-8859-1?Q?nota?=", "Emissão de nota"),
        ("=?utf-8?q?Emiss?=\r\n =?utf-8?q?=C3=A3o?=", "Emissão"),
        ("=?utf-8?q?Emiss=C3?= =?utf-8?q?=A3o?=", "Emissão"),
        ('"=?utf-8?q?Jo=C3=A3o?=" <j@x>', '"João" <j@x>'),
        ("=?utf-8?q?Como emitir??=", "Como emitir?"),
        ("=?utf-8*pt?q?a=C3=A7=C3=A3o?=", "ação"),
        ("=?x-nada?q?a=E7=E3o?=", "ação"),
        ("=?utf-8?b?TsOjbw?=", "Não"),
        ("=?utf-8?b?TsOjb?=", "Não"[:2]),
        ("=?utf-8?q?sem fim", "=?utf-8?q?sem fim"),
        ("=?utf-8?q?=00=0D=0Ax?=", "x"),
    ],
)
def test_encoded_words(value: str, expected: str) -> None:
    assert encoded_words.decode(value) == expected


@given(st.text(max_size=200))
def test_encoded_words_never_fail(value: str) -> None:
    decoded = encoded_words.decode(value)
    decoded.encode("utf-8")
    assert "\n" not in decoded


@pytest.mark.parametrize(
    "line",
    ["continua sem recuo", "A B: nome com espaço", "isto não é cabeçalho", ">From ana hoje"],
)
def test_a_stray_line_does_not_hide_the_sender(line: str) -> None:
    raw = f"Subject: Nota\r\n{line}\r\n".encode() + mail("oi", Subject="")
    message = read(raw)
    assert message.sender is not None
    assert message.sender.address == "dra.samara@exemplo.com.br"
    assert message.text == "oi"


def test_space_before_the_colon() -> None:
    assert read(b"Subject : Nota\r\n" + mail("oi", Subject="")).subject == "Nota"


def test_a_text_without_headers_stays_text() -> None:
    assert read(b"Bom dia,\r\na nota nao sai.\r\n").text == "Bom dia,\na nota nao sai."


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("Ana Prado <ana@exemplo.com.br>", "Ana Prado"),
        ('"Prado, Ana" <ana@exemplo.com.br>', "Prado, Ana"),
        ("=?utf-8?Q?Prado,_Ana?= <ana@exemplo.com.br>", "Prado, Ana"),
        ("=?utf-8?q?Jos=C3=A9?= =?utf-8?q?_Antunes?= <ana@exemplo.com.br>", "José Antunes"),
        ('"=?iso-8859-1?q?Jos=E9?= (Odonto)" <ana@exemplo.com.br>', "José (Odonto)"),
        ("=?utf-8?q?Jos=C3?= =?utf-8?q?=A9?= <ana@exemplo.com.br>", "José"),
        ("=?utf-8?B?abcde?= <ana@exemplo.com.br>", None),
        ("=?utf-8?q?Ana=0D=0ABcc:_x@y.z?= <ana@exemplo.com.br>", "Ana Bcc: x@y.z"),
        ("Odonto: Dra. Ana <ana@exemplo.com.br>", None),
        ("ana@exemplo.com.br (Ana)", "Ana"),
        ("ANA@Exemplo.com.br", ""),
        ("=?x?q?\ufffd?= <ana@exemplo.com.br>", "\ufffd"),
    ],
)
def test_the_senders_name(field: str, name: str | None) -> None:
    message = read(mail("oi", From=field))
    assert message.sender is not None
    assert message.sender.address == "ana@exemplo.com.br"
    if name is not None:
        assert message.sender.name == name


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Tue, 24 Nov 2026 10:00:00 -0300", datetime(2026, 11, 24, 13, 0, tzinfo=UTC)),
        ("24 Nov 26 10:00 -0300", datetime(2026, 11, 24, 13, 0, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 10:00:00 -0300 (BRT)", datetime(2026, 11, 24, 13, 0, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 13:00:00 GMT", datetime(2026, 11, 24, 13, 0, tzinfo=UTC)),
        ("Tue, 31 Feb 2026 10:00:00 -0300", None),
        ("Sat, 01 Jan 0000 00:00:00 +0000", None),
        ("24/11/2026 10:00", None),
        ("", None),
    ],
)
def test_when_it_was_sent(field: str, expected: datetime | None) -> None:
    assert read(mail("oi", Date=field)).sent_at == expected
