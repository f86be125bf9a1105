"""Delivery reports (RFC 3464) and the ones that are none: what did not arrive, for whom, why."""

import pytest

from routing.disposition import Nature, dispose
from routing.message import DeliveryReport
from tests.mail.reading import mail, read

OURS = "<central-intake.abc@r3izzy.com.br>"


def report(
    status: str, *, returned: str = "message/rfc822", kind: str = "delivery-status"
) -> bytes:
    """A multipart/report about OURS."""
    body = (
        "--b\nContent-Type: text/plain\n\nNão foi entregue.\n"
        f"--b\nContent-Type: message/{kind}\n\n{status}\n"
        f"--b\nContent-Type: {returned}\n\nMessage-ID: {OURS}\nSubject: Chamado\n\n--b--\n"
    )
    return mail(
        body,
        From="MAILER-DAEMON@mx.exemplo.com.br",
        Content_Type="multipart/report; report-type=delivery-status; boundary=b",
    )


FAILED = (
    "Reporting-MTA: dns; mx\n\nOriginal-Recipient: rfc822;Ana@exemplo.com.br\n"
    "Final-Recipient: rfc822;outra@exemplo.com.br\nAction: failed\nStatus: 5.1.1 (unknown user)\n"
)


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers", "message/global"])
@pytest.mark.parametrize("kind", ["delivery-status", "global-delivery-status"])
def test_rfc_3464(returned: str, kind: str) -> None:
    assert read(report(FAILED, returned=returned, kind=kind)).report == DeliveryReport(
        original_message_id=OURS,
        recipients=("ana@exemplo.com.br",),
        status="5.1.1",
        action="failed",
    )


def test_several_recipients_count_once_each() -> None:
    second = "Final-Recipient: rfc822; bia@exemplo.com.br\nAction: failed\nStatus: 4.4.1\n"
    found = read(report(f"{FAILED}\n{second}\n{second}")).report
    assert found is not None
    assert found.recipients == ("ana@exemplo.com.br", "bia@exemplo.com.br")
    assert found.status == "5.1.1"


def test_a_delay_is_told_from_a_failure() -> None:
    found = read(report(FAILED.replace("failed", "delayed").replace("5.1.1", "4.4.7"))).report
    assert found is not None
    assert (found.action, found.status) == ("delayed", "4.4.7")


def test_nonsense_in_the_status_part_is_passed_over() -> None:
    found = read(report("Action: exploded\nStatus: cinco\nFinal-Recipient: x")).report
    assert found == DeliveryReport(original_message_id=OURS, recipients=("x",))


def test_exim_writes_no_report_but_a_header() -> None:
    raw = mail(
        "A message could not be delivered.\n\n  ana@exemplo.com.br\n    550 5.1.1 unknown\n\n"
        f"------ This is a copy of the message ------\n\nMessage-ID: {OURS}\n",
        From="Mail Delivery System <Mailer-Daemon@mx.exemplo.com.br>",
        X_Failed_Recipients="ana@exemplo.com.br",
        Subject="Mail delivery failed: returning message to sender",
    )
    message = read(raw)
    assert message.report == DeliveryReport(
        original_message_id=OURS,
        recipients=("ana@exemplo.com.br",),
        status="5.1.1",
        action="failed",
    )
    assert dispose(message, own_addresses=frozenset()).nature is Nature.BOUNCE


def test_a_report_that_a_client_forwards_is_the_clients_mail() -> None:
    inner = report(FAILED).decode().replace("\r\n", "\n")
    body = (
        "--o\nContent-Type: text/plain\n\nO que significa este aviso?\n"
        f"--o\nContent-Type: message/rfc822\n\n{inner}\n--o--\n"
    )
    message = read(mail(body, Content_Type="multipart/mixed; boundary=o"))
    assert message.report is None
    assert dispose(message, own_addresses=frozenset()).nature is Nature.HUMAN
    assert message.text.startswith("O que significa este aviso?")
