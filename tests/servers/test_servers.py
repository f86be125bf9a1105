"""The test servers themselves: what other tests rely on them for."""

import smtplib
import ssl

import psycopg
import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.postfix import DEFERRED, DISCARD_DOMAIN, REFUSED, Postfix
from tests.servers.postgres import PostgresCluster
from tests.servers.process import HOST, wait_until
from tests.servers.scripted_smtp import DROP, ScriptedSmtp, Step

pytestmark = pytest.mark.servers

MAIL = b"From: a@clinica.test\r\nSubject: teste\r\n\r\ntexto\r\n"


def connect(port: int, ca: object = None) -> smtplib.SMTP:
    client = smtplib.SMTP(HOST, port, timeout=20)
    if ca is not None:
        client.starttls(context=ssl.create_default_context(cafile=str(ca)))
    return client


def test_postfix_delivers_into_dovecot_and_into_its_maildir(
    postfix: Postfix, dovecot: Dovecot, mailbox: str
) -> None:
    with connect(postfix.port) as client:
        before = len(postfix.delivered())
        client.sendmail("a@clinica.test", [mailbox], MAIL)
        client.sendmail("a@clinica.test", ["quem@quer.test"], MAIL)
        client.sendmail("a@clinica.test", [f"x@{DISCARD_DOMAIN}"], MAIL)
    wait_until(lambda: len(dovecot.uids(mailbox)) == 1, "delivered by LMTP")
    assert b"Subject: teste" in postfix.wait_for(before + 1)[before]


def test_postfix_takes_logins_over_tls_only(
    postfix: Postfix, dovecot: Dovecot, mailbox: str
) -> None:
    with connect(postfix.port) as plain:
        plain.ehlo()
        assert not plain.has_extn("auth")
    with connect(postfix.port, postfix.certificates.ca) as client:
        client.login(mailbox, dovecot.password(mailbox))
    with (
        connect(postfix.port, postfix.certificates.ca) as client,
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        client.login(mailbox, "errada")


@pytest.mark.parametrize(("who", "code"), [(REFUSED, 550), (DEFERRED, 451)])
def test_postfix_refuses(postfix: Postfix, who: str, code: int) -> None:
    with connect(postfix.port) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.sendmail("a@clinica.test", [f"{who}@quer.test"], MAIL)
    assert refused.value.recipients[f"{who}@quer.test"][0] == code


def test_scripted_smtp_records_and_fails_as_told(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.will_answer(Step.RCPT, "451 4.3.0 depois", recipient="b@x.test")
    scripted_smtp.will_answer(Step.DATA, DROP, keep=True)
    with connect(scripted_smtp.port, scripted_smtp.certificates.ca) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@x.test", ["b@x.test"], MAIL)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.sendmail("a@x.test", ["b@x.test"], MAIL)
        client.close()
    with connect(scripted_smtp.port) as client:
        client.sendmail("a@x.test", ["b@x.test"], MAIL)
    first, second = scripted_smtp.wait_for(2)
    assert (first.tls, second.tls) == (True, False)
    assert first.message["Subject"] == "teste"


def test_scripted_smtp_speaks_tls_and_checks_passwords(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.passwords["ana"] = "segredo"
    context = ssl.create_default_context(cafile=str(scripted_smtp.certificates.ca))
    with smtplib.SMTP_SSL(HOST, scripted_smtp.tls_port, context=context) as client:
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("ana", "errada")
        client.login("ana", "segredo")
        client.sendmail("a@x.test", ["b@x.test"], MAIL)
    [received] = scripted_smtp.received
    assert (received.tls, received.login) == (True, "ana")


def test_scripted_smtp_refuses_connections(scripted_smtp: ScriptedSmtp) -> None:
    scripted_smtp.will_answer(Step.CONNECT, "421 4.3.2 cheio")
    with pytest.raises(smtplib.SMTPConnectError):
        connect(scripted_smtp.port)
    scripted_smtp.stop()
    with pytest.raises(ConnectionRefusedError):
        connect(scripted_smtp.port)
    scripted_smtp.start()
    connect(scripted_smtp.port).close()


def test_postgres_gives_each_test_a_database_and_survives_a_kill(
    postgres_cluster: PostgresCluster, debian_postgres: str
) -> None:
    with psycopg.connect(debian_postgres, autocommit=True) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS n")
    postgres_cluster.kill()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(debian_postgres)
    postgres_cluster.start()
    with psycopg.connect(debian_postgres) as connection:
        assert connection.execute("SELECT n FROM t").fetchone() == (1,)
