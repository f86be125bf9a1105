"""Protection and login: certificates are checked, secrets come from where settings say."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from intake.channels.email.smtp import SmtpSender
from intake.ports.sender import Outcome, SenderUnavailable
from intake.settings.replies import Smtp
from tests.replies.outgoings import outgoing
from tests.replies.smtp_server import ScriptedSmtp, scripted_smtp
from tests.servers.certificates import Certificates, make_certificates

USER = "suporte@r3izzy.com.br"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("ca"))


@pytest.fixture
async def server(certificates: Certificates) -> AsyncIterator[ScriptedSmtp]:
    server = protected(certificates)
    async with scripted_smtp(server):
        yield server


def protected(certificates: Certificates) -> ScriptedSmtp:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    return ScriptedSmtp(tls=context, logins={USER: "senha certa"})


class Tokens:
    """A source of tokens that gives the next one after each `invalidate`."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    async def token(self) -> str:
        if not self.tokens:
            raise SenderUnavailable("https://login.exemplo.com.br: no answer")
        return self.tokens[0]

    def invalidate(self) -> None:
        self.tokens.pop(0)


def sender_for(
    server: ScriptedSmtp, *, tokens: Tokens | None = None, **settings: object
) -> SmtpSender:
    plain = {"host": "localhost", "port": server.port, "timeout": 5}
    return SmtpSender(Smtp.model_validate(plain | settings), tokens=tokens)


def oauth(mechanism: str) -> dict[str, object]:
    return {
        "token_url": "https://login.exemplo.com.br",
        "client_id": "x",
        "mechanism": mechanism,
        "refresh_token": {"env": "NOT_ASKED_FOR"},
    }


async def test_starttls_with_a_password_from_a_file(
    server: ScriptedSmtp, certificates: Certificates, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("senha certa\n", encoding="utf-8")
    sender = sender_for(
        server,
        security="starttls",
        ca_file=certificates.ca,
        user=USER,
        password={"file": secret},
    )
    assert (await sender.send(outgoing())).outcome is Outcome.SENT
    assert server.commands.index("STARTTLS") < next(
        place for place, command in enumerate(server.commands) if command.startswith("AUTH")
    )
    line = await sender.check()
    assert "TLSv1.3" in line
    assert USER in line
    assert "senha" not in line
    await sender.close()


async def test_tls_from_the_start(certificates: Certificates) -> None:
    server = protected(certificates)
    async with scripted_smtp(server, implicit_tls=True):
        sender = sender_for(server, security="tls", ca_file=certificates.ca)
        assert (await sender.send(outgoing())).outcome is Outcome.SENT
        await sender.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_certificate_of_an_unknown_ca_is_not_trusted(
    certificates: Certificates, security: str
) -> None:
    server = protected(certificates)
    async with scripted_smtp(server, implicit_tls=security == "tls"):
        sender = sender_for(server, security=security)
        assert (await sender.send(outgoing())).outcome is Outcome.LATER
        with pytest.raises(SenderUnavailable, match=r"give its certificate as smtp\.ca_file"):
            await sender.check()
    assert server.taken == []


async def test_a_certificate_for_another_host_is_not_trusted(
    server: ScriptedSmtp, tmp_path: Path
) -> None:
    other = make_certificates(tmp_path, host="mail.exemplo.com.br")
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(other.certificate, other.key)
    sender = sender_for(server, security="starttls", ca_file=other.ca)
    assert (await sender.send(outgoing())).outcome is Outcome.LATER
    assert server.taken == []


async def test_nothing_is_sent_in_clear_where_the_server_has_no_starttls(
    server: ScriptedSmtp,
) -> None:
    server.tls = None
    sender = sender_for(server, security="starttls")
    assert (await sender.send(outgoing())).outcome is Outcome.LATER
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)
    with pytest.raises(SenderUnavailable, match=r'smtp\.security = "tls"'):
        await sender.check()


async def test_a_wrong_password_keeps_the_mail_for_later(
    server: ScriptedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "senha errada")
    sender = sender_for(server, security="none", user=USER, password={"env": "SMTP_PASSWORD"})
    delivery = await sender.send(outgoing())
    assert delivery.outcome is Outcome.LATER
    assert "535" in delivery.detail
    with pytest.raises(SenderUnavailable, match=r"check smtp\.user and smtp\.password"):
        await sender.check()


async def test_a_missing_secret_keeps_the_mail_for_later(server: ScriptedSmtp) -> None:
    sender = sender_for(server, security="none", user=USER, password={"env": "NOT_SET_ANYWHERE"})
    delivery = await sender.send(outgoing())
    assert delivery.outcome is Outcome.LATER
    assert "NOT_SET_ANYWHERE" in delivery.detail


def test_a_missing_ca_file_is_said_at_once(server: ScriptedSmtp, tmp_path: Path) -> None:
    with pytest.raises(SenderUnavailable, match=r"smtp\.ca_file .*nowhere\.pem"):
        sender_for(server, ca_file=tmp_path / "nowhere.pem")


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_oauth_fetches_another_token_once_where_one_is_not_taken(
    server: ScriptedSmtp, mechanism: str
) -> None:
    tokens = Tokens("old", "senha certa")
    sender = sender_for(server, tokens=tokens, security="none", user=USER, oauth=oauth(mechanism))
    assert (await sender.send(outgoing())).outcome is Outcome.SENT
    assert tokens.tokens == ["senha certa"]
    assert server.sessions == 1
    await sender.close()


@pytest.mark.parametrize("tokens", [("old", "older"), ()])
async def test_oauth_without_a_good_token_keeps_the_mail_for_later(
    server: ScriptedSmtp, tokens: tuple[str, ...]
) -> None:
    source = Tokens(*tokens)
    sender = sender_for(server, tokens=source, security="none", user=USER, oauth=oauth("xoauth2"))
    assert (await sender.send(outgoing())).outcome is Outcome.LATER
    assert server.taken == []
