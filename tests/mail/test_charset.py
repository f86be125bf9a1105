"""Bytes to text: nothing fails, and what leaves can be stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.content import charset
from tests.mail.reading import mail, read

TEXT = "Não emite: ação, “já”, 10 €"


@pytest.mark.parametrize(
    ("data", "declared", "expected"),
    [
        (TEXT.encode(), "utf-8", TEXT),
        (TEXT.encode(), '"UTF8"', TEXT),
        (TEXT.encode(), "", TEXT),
        (TEXT.encode(), "us-ascii", TEXT),
        (TEXT.encode("cp1252"), "iso-8859-1", TEXT),
        (TEXT.encode("cp1252"), "windows-1252", TEXT),
        (TEXT.encode("cp1252"), "utf-8", TEXT),
        (TEXT.encode("cp1252"), "", TEXT),
        (TEXT.encode("cp1252"), "x-inventado", TEXT),
        (TEXT.encode("utf-16"), "utf-16", TEXT),
        ("ação".encode("cp850"), "cp850", "ação"),
        ("日本".encode("iso-2022-jp"), "iso-2022-jp", "日本"),
        (b"b2zDoQ==", "base64", "b2zDoQ=="),
        (b"abc-", "punycode", "abc-"),
        (b"abc", "undefined", "abc"),
    ],
)
def test_decodes_what_was_meant(data: bytes, declared: str, expected: str) -> None:
    assert charset.decode(data, declared) == expected


def test_damaged_utf8_is_still_read_as_utf8() -> None:
    data = "ação, emissão".encode()
    assert charset.decode(data[:-2] + b"\xff") == "ação, emiss\ufffd\ufffd"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x07c\td\n", "abc\td\n"),
        ("a\ud800b", "a\ufffdb"),
        ("cafe\u0301", "café"),
        ("ac\u0327a\u0303o", "ação"),
    ],
)
def test_storable(text: str, expected: str) -> None:
    assert charset.storable(text) == expected


def test_one_line_has_no_turned_direction() -> None:
    assert charset.one_line("nota \u202efdp.exe\r\n fim") == "nota fdp.exe fim"


@given(st.binary(max_size=200), st.text(max_size=20))
def test_never_fails(data: bytes, declared: str) -> None:
    text = charset.storable(charset.decode(data, declared))
    assert "\x00" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("charset_name", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("declared", ["", "us-ascii", "iso-8859-1"])
def test_a_byte_order_mark_says_more_than_the_label(charset_name: str, declared: str) -> None:
    assert charset.decode(TEXT.encode(charset_name), declared) == TEXT


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<meta charset="windows-1251">', "windows-1251"),
        ('<META http-equiv=Content-Type content="text/html; charset=koi8-r">', "koi8-r"),
        ("<meta name=x><p>charset=koi8-r", ""),
        (" " * 5_000 + "<meta charset=koi8-r>", ""),
    ],
)
def test_html_may_name_its_own_charset(markup: str, expected: str) -> None:
    assert charset.declared_in_html(markup.encode()) == expected


def test_the_charset_of_html_counts_where_the_mail_names_none() -> None:
    markup = '<meta charset="koi8-r"><p>Привет</p>'.encode("koi8-r")
    assert read(mail(markup, Content_Type="text/html")).text == "Привет"
    labelled = read(mail("<meta charset=koi8-r>ação", Content_Type="text/html; charset=utf-8"))
    assert labelled.text == "ação"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; charset*=us-ascii'en'iso-8859-1",
        "text/plain; charset*0=iso-; charset*1=8859-1",
        'text/plain; charset="iso-8859-1" (Latin)',
        "text/plain;CHARSET=ISO-8859-1;",
        "text/plain charset=iso-8859-1",
        "text/plain; charset=iso-8859-1; charset=utf-8",
        "text; charset=iso-8859-1",
        "",
    ],
)
def test_however_the_charset_is_written(content_type: str) -> None:
    raw = mail("A emissão já não sai.".encode("latin-1"), Content_Type=content_type)
    assert read(raw).text == "A emissão já não sai."
