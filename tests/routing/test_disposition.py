"""Which mail is a person's request, and which is answered (RFC 3834, RFC 3464)."""

import pytest

from intake.settings.mail import Mail
from routing.disposition import Disposition, Nature, dispose
from tests.mail.reading import mail, read

OURS = "suporte@r3izzy.com.br"
OWN = frozenset((OURS,))
HUMAN, AUTO, MADE = Nature.HUMAN, Nature.AUTO_REPLY, Nature.AUTO_GENERATED
BOUNCE, LIST, OWN_MAIL = Nature.BOUNCE, Nature.LIST, Nature.OWN
REPORT = "multipart/report; report-type={}; boundary=b"


def decided(*lines: str, envelope_sender: str | None = None, **fields: str) -> Disposition:
    """On a client's mail that has these header lines too."""
    raw = "".join(f"{line}\r\n" for line in lines).encode() + mail("A nota não sai.", **fields)
    message = read(raw, limits=Mail(), envelope_sender=envelope_sender)
    return dispose(message, own_addresses=OWN)


@pytest.mark.parametrize(
    ("line", "nature"),
    [
        ("Auto-Submitted: no", HUMAN),
        ("Auto-Submitted: No (a person)", HUMAN),
        ("Auto-Submitted: (comment) no", HUMAN),
        ("Auto-Submitted:", HUMAN),
        ("Auto-Submitted: auto-replied", AUTO),
        ("Auto-Submitted: Auto-Replied (vacation)", AUTO),
        ("Auto-Submitted: (vacation) auto-replied", AUTO),
        ("Auto-Submitted: auto-replied; owner-email=x@y.z", AUTO),
        ("Auto-Submitted: auto-generated", MADE),
        ("Auto-Submitted: auto-notified", AUTO),
        ("Auto-Submitted: something-new", AUTO),
        ("Auto-Submitted: no\r\nAuto-Submitted: auto-replied", AUTO),
        ("X-Autoreply: yes", AUTO),
        ("X-Autoreply: no", HUMAN),
        ("X-Autorespond: vacation", AUTO),
        ("Precedence: auto_reply", AUTO),
        ("Precedence: bulk", LIST),
        ("Precedence: junk", LIST),
        ("Precedence: list", LIST),
        ("Precedence: normal", HUMAN),
        ("List-Id: Novidades <novidades.exemplo.com.br>", LIST),
        ("List-Post: <mailto:lista@exemplo.com.br>", LIST),
        ("List-Id: Suporte <suporte.r3izzy.com.br>", HUMAN),
        ("List-Post: <mailto:suporte@r3izzy.com.br>\r\nPrecedence: list", HUMAN),
        ("List-Unsubscribe: <https://x.y>\r\nFeedback-ID: 1:2", LIST),
        ("X-Central-Intake: R3-2026-000001", OWN_MAIL),
        ("X-Loop: suporte@r3izzy.com.br", OWN_MAIL),
        (f"Content-Type: {REPORT.format('disposition-notification')}", AUTO),
        (f"Content-Type: {REPORT.format('feedback-report')}", AUTO),
        (f"Content-Type: {REPORT.format('delivery-status')}", BOUNCE),
        (f"Content-Type: {REPORT.format('Delivery-Status')}", BOUNCE),
        ("Content-Type: multipart/report; boundary=b", BOUNCE),
        ("X-Failed-Recipients: ana@exemplo.com.br", BOUNCE),
    ],
)
def test_headers_tell(line: str, nature: Nature) -> None:
    decision = decided(line)
    assert decision.nature is nature
    assert decision.opens_ticket is (nature is HUMAN)
    if nature is not HUMAN:
        assert not decision.may_acknowledge
        assert decision.reasons


@pytest.mark.parametrize(
    ("fields", "nature"),
    [
        ({"From": "MAILER-DAEMON@mx.exemplo.com.br"}, BOUNCE),
        ({"From": "Mail Delivery System <mailer-daemon@googlemail.com>"}, BOUNCE),
        ({"From": "postmaster@exemplo.com.br", "Subject": "Undeliverable: Chamado"}, BOUNCE),
        ({"From": "postmaster@exemplo.com.br", "Subject": "Não foi possível entregar"}, BOUNCE),
        ({"From": "postmaster@exemplo.com.br", "Subject": "Nosso servidor não envia"}, HUMAN),
        ({"Subject": "Resposta automática: Chamado R3-2026-000001"}, AUTO),
        ({"Subject": "Automatic reply: Chamado"}, AUTO),
        ({"Subject": "Fora do escritório: Chamado"}, AUTO),
        ({"Subject": "Estou de férias e não consigo emitir nota"}, HUMAN),
        ({"Subject": "Férias", "In_Reply_To": "<a@r3izzy.com.br>"}, HUMAN),
        ({"Subject": "Estou de férias", "In_Reply_To": "<a@r3izzy.com.br>"}, AUTO),
        ({"Subject": "Undeliverable"}, HUMAN),
        ({"Subject": "Falha na entrega da guia pelo correio"}, HUMAN),
        ({"From": f"Central <{OURS}>"}, OWN_MAIL),
        ({"From": f"Site <{OURS}>", "Reply_To": "cliente@exemplo.com.br"}, HUMAN),
        ({"From": f"Site <{OURS}>", "Reply_To": OURS}, OWN_MAIL),
        ({"Message_ID": "<x.1@r3izzy.com.br>"}, HUMAN),
    ],
)
def test_senders_and_subjects_tell(fields: dict[str, str], nature: Nature) -> None:
    more = {key.replace("_", "-"): value for key, value in fields.items()}
    raw = mail("A nota não sai.", more)
    decision = dispose(read(raw), own_addresses=OWN)
    assert decision.nature is nature


def test_a_bounce_subject_from_the_null_sender_is_a_bounce() -> None:
    assert decided(envelope_sender="", Subject="Delivery has failed").nature is BOUNCE


@pytest.mark.parametrize(
    ("lines", "fields", "envelope_sender"),
    [
        ((), {}, ""),
        (("Return-Path: <>",), {}, None),
        ((), {"From": "noreply@exemplo.com.br"}, None),
        ((), {"From": "nao-responda@exemplo.com.br"}, None),
        ((), {"From": "Site <naoresponda+7@exemplo.com.br>"}, None),
        ((), {"Reply_To": "no-reply@exemplo.com.br"}, None),
        ((), {"Reply_To": OURS}, None),
        ((), {"From": "Ana"}, None),
        (("X-Auto-Response-Suppress: All",), {}, None),
        (("X-Auto-Response-Suppress: DR, AutoReply",), {}, None),
        (("X-Loop: outro@exemplo.com.br",), {}, None),
        (("List-Unsubscribe: <https://x.y>",), {}, None),
        ((), {}, "owner-lista@exemplo.com.br"),
        ((), {}, "lista-bounces+ana=x.y@exemplo.com.br"),
        ((), {"From": "lista-request@exemplo.com.br"}, None),
    ],
)
def test_in_doubt_a_ticket_is_opened_and_nothing_is_sent(
    lines: tuple[str, ...], fields: dict[str, str], envelope_sender: str | None
) -> None:
    decision = decided(*lines, envelope_sender=envelope_sender, **fields)
    assert (decision.nature, decision.opens_ticket) == (HUMAN, True)
    assert not decision.may_acknowledge
    assert decision.reasons


@pytest.mark.parametrize(
    ("lines", "fields", "envelope_sender"),
    [
        ((), {}, None),
        ((), {}, "dra.samara@exemplo.com.br"),
        ((), {"Reply_To": "recepcao@exemplo.com.br"}, None),
        (("X-Auto-Response-Suppress: OOF, DR",), {}, None),
        (("Auto-Submitted: no",), {}, None),
        ((), {"From": "owner@exemplo.com.br"}, None),
        ((), {"From": "recepcao-clinica@exemplo.com.br"}, None),
        ((), {"From": "noreplyson@exemplo.com.br"}, None),
        (("List-Unsubscribe: <x>", "List-Id: <suporte.r3izzy.com.br>"), {}, None),
    ],
)
def test_a_person_is_answered(
    lines: tuple[str, ...], fields: dict[str, str], envelope_sender: str | None
) -> None:
    decision = decided(*lines, envelope_sender=envelope_sender, **fields)
    assert (decision.nature, decision.may_acknowledge, decision.reasons) == (HUMAN, True, ())
