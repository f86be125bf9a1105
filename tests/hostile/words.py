"""Hostile headers and texts."""

import random

from tests.hostile.writing import head, plain


def emojis(count: int) -> str:
    """Four octets each, in an order that nothing compresses."""
    order = random.Random(1)
    return "".join(chr(order.randint(0x1F300, 0x1F5FF)) for _ in range(count))


def many_headers() -> bytes:
    """More headers than anybody reads."""
    return b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(30_000)) + plain("No fim.")


def latin1_headers() -> bytes:
    """Raw ISO-8859-1 in the headers, as old programs send."""
    return (
        plain("Texto.", subject="NOTA", from_="NOME <joao@exemplo.com.br>")
        .replace(b"NOTA", "emissão".encode("latin-1"))
        .replace(b"NOME", "João Conceição".encode("latin-1"))
    )


def mixed_headers() -> bytes:
    """Two charsets in one header, and neither declared."""
    return plain("Texto.", subject="NOTA").replace(
        b"NOTA", "ação ".encode() + "ação".encode("latin-1") + b"\xff\xfe\x80"
    )


def odd_header_names() -> bytes:
    """Names that no standard allows."""
    return b": vazio\r\nA B: espaco\r\nParse: x\r\nHeaders_json: y\r\n\xe9: z\r\n" + plain("Texto.")


def lone_surrogates() -> bytes:
    """Half characters in an encoded word, in raw UTF-8 and in the text."""
    return plain(
        "metade \ud800 e \udfff metade",
        subject="=?utf-16?b?2AA=?= e =?utf-7?q?+2AA-?= \udcff",
        from_="=?utf-16-le?b?AN8=?= <ana@exemplo.com.br>",
    )


def quotes_in_quotes() -> bytes:
    """A conversation quoted over and over."""
    return plain("".join(">" * level + " linha\r\n" for level in range(1, 2_000)))


def html(markup: str) -> bytes:
    """A mail of one HTML part."""
    fields = {"content_type": "text/html; charset=utf-8", "content_transfer_encoding": "8bit"}
    return head(**fields) + f"<html><body>{markup}</body></html>".encode()


def latin1_html() -> bytes:
    """A part without a charset; the HTML itself declares one."""
    markup = '<html><head><meta charset="iso-8859-1"></head><body>emissão já</body></html>'
    return head(content_type="text/html") + markup.encode("latin-1")
