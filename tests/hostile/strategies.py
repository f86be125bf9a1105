"""Mails made by chance: real ones damaged, trees of parts, headers, bytes."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from tests.hostile.messages import HOSTILE

SAMPLES = Path(__file__).parents[2] / "samples"
SEED_SIZE = 20_000
"""Bytes up to which a hostile mail is damaged further."""

TOKENS = (
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b"\x00",
    b"\xff",
    b"\xed\xa0\x80",
    b"--",
    b"--b\r\n",
    b"--b--\r\n",
    b"Content-Type: ",
    b"Content-Type: multipart/mixed; boundary=b\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*1=",
    b"boundary=",
    b"charset=",
    b"=?utf-8?b?",
    b"?=",
    b'"',
    b"<",
    b">",
    b";",
    b": ",
    b"From: ",
    b"<div>",
    b"<blockquote type=cite>",
    b"</table>",
    b"&#x0;",
    b"begin 644 a\n",
    b"> ",
    b"Em 1 de jan. de 2026, X escreveu:\n",
    b"De: a@b.c\nEnviado: 1\nPara: d\nAssunto: e\n",
    b"-- \n",
    b"=\r\n",
    b"=E1",
    b"\xef\xbb\xbf",
    "ação €".encode(),
    "ação €".encode("cp1252"),
)
HEADER_NAMES = (
    "From", "To", "Cc", "Sender", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To",
    "References", "Return-Path", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    "Content-Disposition", "Auto-Submitted", "Authentication-Results", "Received", "List-Id",
    "Precedence", "X-Failed-Recipients", "X-Loop", "Thread-Index",
)  # fmt: skip
HEADER_VALUES = (
    "Ana <ana@exemplo.com.br>",
    "=?utf-8?q?a=E7=E3o?= =?iso-8859-1?b?6w==?=",
    "<um@exemplo.com.br> <dois@exemplo.com.br>",
    "Tue, 24 Nov 2026 10:00:00 -0300",
    "multipart/report; report-type=delivery-status; boundary=b",
    "multipart/alternative; boundary=b",
    "text/html; charset=utf-7",
    "message/rfc822",
    "base64",
    "mx; dmarc=pass header.from=exemplo.com.br",
    'attachment; filename="../a.pdf"',
)
TYPES = (
    "text/plain; charset=utf-8",
    "text/plain; charset=iso-8859-1; format=flowed; delsp=yes",
    "text/html",
    "text/calendar; method=REQUEST",
    "application/pdf; name=a",
    "application/ms-tnef",
    "message/rfc822",
    "message/delivery-status",
    "text/rfc822-headers",
    "image/png",
    "application/octet-stream; name*=utf-16''%00",
    "x",
)
ENCODINGS = ("7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "binary", "=")
SUBTYPES = ("mixed", "alternative", "related", "report", "digest", "signed", "x")

Damage = Callable[[bytes], bytes]


def seeds() -> list[bytes]:
    """The samples, and the smaller ones of the hostile mails."""
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))]
    hostile = [make() for name, make in HOSTILE.items() if name != "sixty_mb"]
    return samples + [raw for raw in hostile if 0 < len(raw) <= SEED_SIZE]


def damaged(originals: list[bytes]) -> st.SearchStrategy[bytes]:
    """One of them with some of its bytes lost, doubled, moved or others put in."""
    place = st.floats(0, 1, exclude_max=True)
    change = st.tuples(
        st.sampled_from(("insert", "delete", "double", "cut", "move", "byte")),
        place,
        place,
        st.sampled_from(TOKENS),
    )
    return st.builds(_after, st.sampled_from(originals), st.lists(change, min_size=1, max_size=8))


def _after(raw: bytes, changes: list[tuple[str, float, float, bytes]]) -> bytes:
    for kind, first, second, token in changes:
        size = len(raw)
        begin, end = sorted((int(first * size), int(second * size)))
        piece = raw[begin : min(end, begin + 2_000)]
        match kind:
            case "insert":
                raw = raw[:begin] + token + raw[begin:]
            case "delete":
                raw = raw[:begin] + raw[begin + len(piece) :]
            case "double":
                raw = raw[:begin] + piece + raw[begin:]
            case "cut":
                raw = raw[:end]
            case "move":
                raw = raw[:begin] + raw[begin + len(piece) :] + piece
            case "byte":
                raw = raw[:begin] + token[:1] + raw[begin + 1 :]
    return raw


def headers() -> st.SearchStrategy[bytes]:
    """Header blocks: names that matter, values that fit, do not fit, or are bytes."""
    value = st.one_of(
        st.sampled_from(HEADER_VALUES).map(str.encode),
        st.binary(max_size=60),
        st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    )
    line = st.builds(
        lambda name, given, fold: name.encode() + b": " + given + fold,
        st.sampled_from(HEADER_NAMES),
        value,
        st.sampled_from((b"\r\n", b"\n", b"\r\n\t", b"\r")),
    )
    return st.lists(line, max_size=14).map(b"".join)


def trees() -> st.SearchStrategy[bytes]:
    """Whole mails of nested parts, now and then with a delimiter missing."""
    body = st.one_of(
        st.binary(max_size=300), st.lists(st.sampled_from(TOKENS), max_size=20).map(b"".join)
    )
    leaf = st.builds(_leaf, st.sampled_from(TYPES), st.sampled_from(ENCODINGS), body)
    entity = st.recursive(
        leaf,
        lambda inner: st.builds(
            _multipart,
            st.sampled_from(SUBTYPES),
            st.lists(inner, max_size=4),
            st.sampled_from(("b", "b", "c", "=_ x")),
            st.booleans(),
        ),
        max_leaves=12,
    )
    return st.builds(lambda front, rest: front + rest, headers(), entity)


def _leaf(content_type: str, encoding: str, body: bytes) -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + body


def _multipart(subtype: str, parts: list[bytes], boundary: str, closed: bool) -> bytes:
    delimiter = b"\r\n--" + boundary.encode()
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    return (
        head
        + b"".join(delimiter + b"\r\n" + part for part in parts)
        + (delimiter + b"--\r\n" if closed else b"")
    )
