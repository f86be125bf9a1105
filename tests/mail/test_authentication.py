"""The verdict on a sender's domain: only by the word of servers that the settings trust."""

import pytest

from intake.settings.mail import Mail
from routing.vocabulary import Authentication
from tests.mail.reading import mail, read

PASS, FAIL, NONE = Authentication.PASS, Authentication.FAIL, Authentication.NONE
OURS = "mx.r3izzy.com.br"


def verdict(*results: str, trusted: tuple[str, ...] = (OURS,)) -> Authentication:
    """Of a mail from exemplo.com.br that has these header lines in front."""
    raw = "".join(f"{line}\r\n" for line in results).encode() + mail("oi")
    return read(raw, limits=Mail(trusted_authserv_ids=trusted)).authentication


def results(statement: str, server: str = OURS) -> str:
    """One header line."""
    return f"Authentication-Results: {server}; {statement}"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("dmarc=pass header.from=exemplo.com.br", PASS),
        ("dmarc=fail header.from=exemplo.com.br", FAIL),
        ("dmarc=pass (p=REJECT sp=NONE (aligned)) header.from=exemplo.com.br", PASS),
        ("DMARC=Pass Header.From=Exemplo.COM.br", PASS),
        ("dmarc=fail header.from=exemplo.com.br; dkim=pass header.d=exemplo.com.br", FAIL),
        ("spf=fail smtp.mailfrom=x@exemplo.com.br; dmarc=pass header.from=exemplo.com.br", PASS),
        ("dmarc=none header.from=exemplo.com.br", NONE),
        ("dmarc=temperror header.from=exemplo.com.br", NONE),
        ("dmarc=pass header.from=outro.com.br", NONE),
        ("dmarc=none; dkim=pass header.d=exemplo.com.br", PASS),
        ("dkim=pass header.i=@mail.exemplo.com.br", PASS),
        ("dkim=pass header.d=envio.com.br", NONE),
        ("dkim=fail header.d=exemplo.com.br", NONE),
        ("spf=pass smtp.mailfrom=volta@exemplo.com.br", PASS),
        ("spf=pass smtp.mailfrom=exemplo.com.br", PASS),
        ("spf=pass smtp.mailfrom=x@exemplo.com.br.mau.example", NONE),
        ("spf=pass smtp.mailfrom=x@br", NONE),
        ('dmarc="pass"', NONE),
        ("none", NONE),
        ("", NONE),
        ("(dmarc=pass header.from=exemplo.com.br)", NONE),
    ],
)
def test_what_our_server_says(statement: str, expected: Authentication) -> None:
    assert verdict(results(statement)) is expected


def test_nobody_is_believed_unless_settings_say_so() -> None:
    good = results("dmarc=pass header.from=exemplo.com.br")
    assert verdict(good, trusted=()) is NONE
    assert verdict(good, trusted=("MX.R3izzy.com.br",)) is PASS
    assert verdict(results("dmarc=pass", server="mx.exemplo.com.br")) is NONE
    assert verdict(results("dmarc=pass", server="mx.r3izzy.com.br.mau.example")) is NONE


def test_the_server_may_give_a_version_and_quote_its_name() -> None:
    assert verdict(results("dmarc=pass header.from=exemplo.com.br", server=f"{OURS} 1")) is PASS
    assert verdict(results("dmarc=pass header.from=exemplo.com.br", server=f'"{OURS}"')) is PASS


def test_what_stands_below_our_server_may_be_forged() -> None:
    forged = results("dmarc=pass header.from=exemplo.com.br")
    received = "Received: from x by mx.r3izzy.com.br; Tue, 24 Nov 2026 10:00:00 -0300"
    real = results("dmarc=fail header.from=exemplo.com.br")
    assert verdict(real, received, forged) is FAIL
    assert verdict(results("spf=none"), received, forged) is NONE
    assert verdict(results("dmarc=pass", server="outro.example"), forged) is NONE


def test_several_lines_of_our_server_count_together() -> None:
    lines = (results("spf=pass smtp.mailfrom=x@envio.com.br"), results("dmarc=pass"))
    assert verdict(*lines) is PASS


def test_exchange_online_leaves_its_name_out() -> None:
    line = (
        "Authentication-Results: spf=pass (sender IP is 203.0.113.9)\r\n"
        " smtp.mailfrom=exemplo.com.br; dkim=pass (signature was verified)\r\n"
        " header.d=exemplo.com.br;dmarc=pass action=none\r\n"
        " header.from=exemplo.com.br;compauth=pass reason=100"
    )
    assert verdict(line) is NONE
    assert verdict(line, trusted=("microsoft-365",)) is PASS
