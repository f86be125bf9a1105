"""The path of a mail: hops, delays, who handed it to us, and what is wrong with it."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.channels.email.reading.mail_path import read_path
from intake.ports.mail_path import MailPath, MailServer
from tests.hostile.messages import HOSTILE
from tests.hostile.strategies import TOKENS
from tests.hostile.test_cost import COSTLY
from tests.mail.reading import mail

GMAIL = """\
by 2002:a05:6a10:8a4b:b0:2f5:4d1e:9c with SMTP id a11csp123;
        Tue, 24 Nov 2026 05:00:09 -0800 (PST)
from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41])
        by mx.google.com with SMTPS id x12sor12345.2026.11.24.05.00.08
        for <suporte@r3izzy.com.br>
        (Google Transport Security);
        Tue, 24 Nov 2026 05:00:08 -0800 (PST)
by 2002:a17:90b:1c8e:b0:1 with SMTP id abc; Tue, 24 Nov 2026 05:00:06 -0800 (PST)
"""
MICROSOFT = """\
from CP4P284MB1234.BRAP284.PROD.OUTLOOK.COM (2603:10d6:103:13a::10) by
        CPYP284MB5678.BRAP284.PROD.OUTLOOK.COM with HTTPS; Tue, 24 Nov 2026 13:00:05 +0000
from BN9PR03CA0001.namprd03.prod.outlook.com (2603:10b6:408:fa::6) by
        CP4P284MB1234.BRAP284.PROD.OUTLOOK.COM (2603:10d6:103:13a::10) with Microsoft SMTP
        Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id
        15.20.9343.17; Tue, 24 Nov 2026 13:00:04 +0000
from BN1NAM02FT001.eop-nam02.prod.protection.outlook.com (2603:10b6:408:fa:cafe::f9) by
        BN9PR03CA0001.outlook.office365.com (2603:10b6:408:fa::6) with Microsoft SMTP Server
        id 15.20.9343.17 via Frontend Transport; Tue, 24 Nov 2026 13:00:03 +0000
from mail.clinica.com.br (177.71.200.30) by
        BN1NAM02FT001.mail.protection.outlook.com (10.13.2.130) with Microsoft SMTP Server
        id 15.20.9343.17 via Frontend Transport; Tue, 24 Nov 2026 13:00:02 +0000
from [192.168.0.10] (unknown [192.168.0.10]) by mail.clinica.com.br (Postfix) with ESMTPSA
        id 5A1; Tue, 24 Nov 2026 10:00:00 -0300 (-03)
"""
POSTFIX = """\
from relay.r3izzy.com.br (relay.r3izzy.com.br [10.0.0.5]) by mail.r3izzy.com.br (Postfix)
        with ESMTP id 4Xy; Tue, 24 Nov 2026 10:02:03 -0300 (-03)
from smtp.provedor.com.br (smtp.provedor.com.br [200.147.99.41]) by relay.r3izzy.com.br
        (Postfix) with ESMTPS id 4Xz for <suporte@r3izzy.com.br>;
        Tue, 24 Nov 2026 10:00:00 -0300 (-03)
"""
QMAIL = """\
(qmail 11223 invoked from network); 24 Nov 2026 13:00:02 -0000
from unknown (HELO mail.clinica.com.br) (177.71.200.30)
        by mx.r3izzy.com.br with SMTP; 24 Nov 2026 13:00:01 -0000
(qmail 998 invoked by uid 500); 24 Nov 2026 13:00:00 -0000
"""
EXIM = """\
from mail.clinica.com.br ([177.71.200.30]:40112 helo=pc-da-ana)
        by mx.r3izzy.com.br with esmtps (TLS1.3) (Exim 4.97) (envelope-from
        <ana@clinica.com.br>) id 1tF; Tue, 24 Nov 2026 10:00:00 -0300
"""
FORGED = """\
from mx.google.com (dsl-6-6.example.net [66.66.6.6]) by mx.r3izzy.com.br (Postfix) with ESMTP
        id 4Xz; Tue, 24 Nov 2026 10:00:00 -0300 (-03)
from banco.com.br (banco.com.br [200.155.86.10]) by mx.google.com with ESMTPS id 1;
        Tue, 24 Nov 2026 10:00:05 -0300
"""
BROKEN_DATES = """\
from d.com by mx.com; Tue, 24 Nov 2026 10:00:09 -0300
from c.com by d.com; amanhã cedo
from b.com by c.com; Tue, 32 Nov 2026 10:00:00 -0300
from a.com by b.com; Fri, 24 Nov 2026 10:00:00 -0300
from z.com by a.com
"""


def path(received: str, body: str = "oi\n", **headers: str) -> MailPath:
    """Of a mail with these Received fields, the newest first as they stand in mail."""
    lines = (line if line[:1] == " " else f"Received: {line}" for line in received.splitlines())
    return read_path("".join(f"{line}\r\n" for line in lines).encode() + mail(body, **headers))


def at(second: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, 13, minute, second, tzinfo=UTC)


def delays(found: MailPath) -> list[float | None]:
    return [hop.delay for hop in found.hops]


def test_gmail() -> None:
    found = path(GMAIL)
    assert [hop.by for hop in found.hops] == [
        "2002:a17:90b:1c8e:b0:1",
        "mx.google.com",
        "2002:a05:6a10:8a4b:b0:2f5:4d1e:9c",
    ]
    assert [hop.at for hop in found.hops] == [at(6), at(8), at(9)]
    assert delays(found) == [None, 2, 1]
    assert found.hops[1].protocol == "SMTPS"
    assert found.origin == MailServer(
        name="mail-sor-f41.google.com", claimed="mail-sor-f41.google.com", address="209.85.220.41"
    )
    assert found.defects == ()


def test_microsoft_365_talks_among_itself_by_public_addresses() -> None:
    found = path(MICROSOFT)
    assert [hop.at for hop in found.hops] == [at(0), at(2), at(3), at(4), at(5)]
    assert delays(found) == [None, 2, 1, 1, 1]
    assert found.hops[1].by == "BN1NAM02FT001.mail.protection.outlook.com (10.13.2.130)"
    assert found.hops[0].server == MailServer(claimed="[192.168.0.10]", address="192.168.0.10")
    assert found.origin == MailServer(claimed="mail.clinica.com.br", address="177.71.200.30")


def test_postfix_with_a_relay_of_our_own() -> None:
    found = path(POSTFIX)
    assert delays(found) == [None, 123]
    assert found.origin is not None
    assert (found.origin.name, found.origin.address) == ("smtp.provedor.com.br", "200.147.99.41")


def test_qmail_shows_as_it_came_what_names_no_server() -> None:
    found = path(QMAIL)
    assert [hop.at for hop in found.hops] == [at(0), at(1), at(2)]
    assert found.hops[0].raw == "(qmail 998 invoked by uid 500); 24 Nov 2026 13:00:00 -0000"
    assert found.origin == MailServer(claimed="mail.clinica.com.br", address="177.71.200.30")


def test_exim_writes_the_name_that_it_found_first() -> None:
    assert path(EXIM).origin == MailServer(
        name="mail.clinica.com.br", claimed="pc-da-ana", address="177.71.200.30"
    )


def test_what_a_stranger_put_below_is_not_the_origin() -> None:
    found = path(FORGED)
    assert found.origin == MailServer(
        name="dsl-6-6.example.net", claimed="mx.google.com", address="66.66.6.6"
    )
    assert delays(found) == [None, -5]


def test_an_address_in_the_greeting_is_not_the_origin() -> None:
    found = path(
        "from [8.8.8.8] (unknown [66.66.6.6]) by mx.com; Tue, 24 Nov 2026 10:00:00 -0300\n"
    )
    assert found.origin == MailServer(claimed="[8.8.8.8]", address="66.66.6.6")


def test_where_all_is_private_the_newest_hop_tells() -> None:
    found = path("from pc (pc.lan [10.0.0.9]) by mx.com; Tue, 24 Nov 2026 10:00:00 -0300\n")
    assert found.origin == MailServer(name="pc.lan", claimed="pc", address="10.0.0.9")


def test_mail_of_a_program_on_our_own_server_has_no_origin() -> None:
    own = "by mx.com (Postfix, from userid 33) id 1; Tue, 24 Nov 2026 10:00:00 -0300\n"
    invented = "from banco.com.br (banco.com.br [10.0.0.1]) by x; Tue, 24 Nov 2026 10:00:00 -0300\n"
    found = path(own + invented)
    assert len(found.hops) == 2
    assert found.origin is None


def test_mail_within_microsoft_365_comes_from_there() -> None:
    found = path("".join(MICROSOFT.partition("from BN1NAM")[:1]))
    assert found.origin == MailServer(
        claimed="BN9PR03CA0001.namprd03.prod.outlook.com", address="2603:10b6:408:fa::6"
    )


def test_without_any() -> None:
    assert path("") == MailPath()


def test_broken_dates() -> None:
    found = path(BROKEN_DATES)
    assert [hop.at for hop in found.hops] == [None, at(0), None, None, at(9)]
    assert delays(found) == [None, None, None, None, 9]
    assert [hop.date for hop in found.hops][2:4] == [
        "Tue, 32 Nov 2026 10:00:00 -0300",
        "amanhã cedo",
    ]
    assert {(each.where, each.detail) for each in found.defects} == {
        ("received 2", "weekday-mismatch"),
        ("received 3", "invalid-calendar-date"),
        ("received 4", "invalid-date-syntax"),
    }


def test_a_date_at_the_end_of_time_has_no_instant() -> None:
    [hop] = path("from a by b; 31 Dec 9999 23:59:59 +0000\n").hops
    assert (hop.at, hop.date) == (None, "31 Dec 9999 23:59:59 +0000")


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_letters_beyond_ascii(charset: str) -> None:
    field = (
        "Received: from clínica.com.br (clínica.com.br [177.71.200.30]) by mx.com (São João)\r\n"
    )
    [hop] = read_path(field.encode(charset) + mail("oi")).hops
    assert hop.sender == "clínica.com.br (clínica.com.br [177.71.200.30])"
    assert hop.by == "mx.com (São João)"


def test_what_mail_parser_cannot_read_is_there_as_it_came() -> None:
    found = path("from a (b by c; Tue, 24 Nov 2026 10:00:00 -0300\n")
    [hop] = found.hops
    assert (hop.by, hop.sender, hop.at) == ("", "", None)
    assert hop.raw == "from a (b by c; Tue, 24 Nov 2026 10:00:00 -0300"
    assert [(each.where, each.detail) for each in found.defects] == [
        ("received 1", "unclosed-comment")
    ]


def multipart(body: str, **headers: str) -> MailPath:
    return path("", body, Content_Type='multipart/mixed; boundary="b"', **headers)


def categories(found: MailPath) -> list[str]:
    return [each.category for each in found.defects]


def test_defects_of_the_structure() -> None:
    assert categories(multipart("--b\n\noi\n")) == ["CloseBoundaryNotFoundDefect"]
    assert "StartBoundaryNotFoundDefect" in categories(multipart("oi\n"))
    assert categories(path("", From="Ana <ana@x.com", Date="ontem")) == [
        "AddressHeaderDefect",
        "DateHeaderDefect",
    ]


def test_long_bodies_make_no_defect() -> None:
    nested = "Content-Type: message/rfc822\n\nSubject: a\n\n" + "texto\n" * 1000
    base64 = "Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n" + "b2kK\n" * 1000
    found = multipart(f"--b\n{nested}\n--b\n{base64}\n--b--\n")
    assert (found.defects, found.cut) == ((), False)


def test_a_mail_of_which_only_the_beginning_came_has_an_end_all_the_same() -> None:
    raw = mail("--b\n\noi\n", Content_Type='multipart/mixed; boundary="b"')
    assert read_path(raw, complete=False) == MailPath(cut=True)


def test_a_broken_word_hides_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """mail-parser raises on it, and would write the header into the log."""
    caplog.set_level(logging.DEBUG)
    found = multipart("--b\n\noi\n", From="=?utf-8?B?abcde?= <ana@exemplo.com.br>")
    assert categories(found) == ["Unreadable", "CloseBoundaryNotFoundDefect"]
    assert "abcde" not in caplog.text


def test_the_newest_fifty_are_read() -> None:
    lines = "".join(f"from h{n} by h{n + 1}; 24 Nov 2026 10:00:00 -0300\n" for n in range(80))
    found = path(lines)
    assert found.left_out == 30
    assert [hop.sender for hop in found.hops] == [f"h{n}" for n in range(49, -1, -1)]


LINE_OF_998 = ("from a.com (b.com [66.66.6.6]) by c.com (" + "by x (" * 200)[:988]
EXPENSIVE: dict[str, Callable[[], bytes]] = {
    **COSTLY,
    "five_thousand_received": lambda: f"Received: {LINE_OF_998}\r\n".encode() * 5_000 + mail("oi"),
    "private_and_long": lambda: (
        (b"Received: from a (b [10.0.0.1]) " + b"1.1.1. " * 290 + b"\r\n") * 50
    ),
    "microsoft_and_long": lambda: (
        (b"Received: from a (2603:1000::1) " + b"by x " * 400 + b"\r\n") * 50
    ),
    "a_hundred_parts": lambda: mail(
        ("--b\n" + "Content-Type: text/plain; a*0=1; " * 30 + "\n\noi\n") * 100,
        Content_Type='multipart/mixed; boundary="b"',
    ),
    "addresses": lambda: mail("oi", To="(" * 4_000, Cc="a@b.c, " * 500, Bcc="=?utf-8?q?a?= " * 250),
}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_none_costs_more_than_it_may(name: str) -> None:
    """Half a second on an idle machine; processor time, with room for a slow one."""
    raw = EXPENSIVE[name]()
    begun = time.process_time()
    read_path(raw)
    assert time.process_time() - begun < 2.0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_never_raises(name: str) -> None:
    read_path(HOSTILE[name]()).as_json()


_PIECES = st.sampled_from(
    ["from ", "by ", "with ", "(", ")", "[", "]", "<", ">", ";", '"', "\\", "helo=", "(HELO ",
     "[10.0.0.1]", "2603:1000::1", "8.8.8.8", "IPv6:", "::1", "24 Nov 2026 10:00:00 ", "-0300",
     "9999", "é", "a.com ", "=?utf-8?b?", " "]
)  # fmt: skip
_FIELDS = st.lists(st.lists(_PIECES | st.text(max_size=4), max_size=25).map("".join), max_size=60)


@settings(max_examples=300, deadline=None)
@given(_FIELDS)
def test_any_fields_keep_their_order(fields: list[str]) -> None:
    texts = [" ".join(f"n{number} {text}".split()) for number, text in enumerate(fields)]
    raw = "".join(f"Received: {text}\r\n" for text in texts).encode("utf-8", "replace")
    found = read_path(raw + mail("oi"))
    assert [hop.raw.split()[0] for hop in found.hops[::-1]] == [
        f"n{number}" for number in range(min(50, len(fields)))
    ]
    assert found.left_out == max(0, len(fields) - 50)
    dated = [hop for hop in found.hops if hop.at is not None]
    if len(dated) > 1:
        assert (
            sum(hop.delay or 0 for hop in dated)
            == (
                dated[-1].at - dated[0].at  # type: ignore[operator]
            ).total_seconds()
        )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(TOKENS) | st.binary(max_size=6), max_size=60).map(b"".join))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    read_path(b"Received: " + raw).as_json()
