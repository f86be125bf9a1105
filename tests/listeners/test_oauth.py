"""OAuth 2.0: tokens in time, refresh tokens never lost, and logins at a real Dovecot."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jwt
from joserfc.jwk import RSAKey

from intake.listeners.arrival import IntakeUnavailable
from intake.listeners.configured import listeners
from intake.listeners.grants import Usage, grant_for
from intake.listeners.listener import LoginRefused
from intake.listeners.memory import MemoryTokenShelf, MemoryTokenStore
from intake.listeners.oauth import AccessTokens, TokenRefused, TokenUnavailable
from intake.settings.listeners import OAuth
from intake.settings.model import Settings
from tests.listeners.conftest import Desk, mail, now, running, subjects, until
from tests.servers.token_server import TokenServer, running_token_server

NAME = "oauth:the-client:ana@r3izzy.test"


class Account:
    """An account at the token server, a clock that can be put forward, and a store."""

    def __init__(self, server: TokenServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.store = MemoryTokenStore()
        self.time = now()
        self.give("refresh", server.refresh_token)
        self.give("secret", server.client_secret)

    def give(self, name: str, secret: str) -> None:
        (self.folder / name).write_text(secret)

    def settings(self, **changes: Any) -> OAuth:
        return OAuth.model_validate(oauth(self.server, self.folder) | changes)

    def tokens(self, **changes: Any) -> AccessTokens:
        return AccessTokens(
            self.settings(**changes), user=self.server.user, store=self.store, clock=self.clock
        )

    def clock(self) -> datetime:
        return self.time

    def forward(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def oauth(server: TokenServer, folder: Path) -> dict[str, Any]:
    return {
        "provider": "other",
        "token_url": server.url,
        "client_id": server.client_id,
        "client_secret": {"file": str(folder / "secret")},
        "refresh_token": {"file": str(folder / "refresh")},
    }


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with running_token_server("ana@r3izzy.test") as server:
        yield Account(server, tmp_path)


# Access tokens


async def test_a_token_is_kept_until_shortly_before_it_expires(account: Account) -> None:
    tokens = account.tokens()
    first = await tokens.token()
    account.forward(3600 - 301)
    assert await tokens.token() == first
    account.forward(2)
    assert await tokens.token() != first
    assert len(account.server.requests) == 2


async def test_invalidate_fetches_another(account: Account) -> None:
    tokens = account.tokens()
    first = await tokens.token()
    tokens.invalidate()
    assert await tokens.token() != first


async def test_many_askers_are_one_request(account: Account) -> None:
    tokens = account.tokens()
    assert len(set(await asyncio.gather(*[tokens.token() for _ in range(10)]))) == 1
    assert len(account.server.requests) == 1


async def test_client_credentials(account: Account) -> None:
    tokens = account.tokens(flow="client_credentials", refresh_token=None, scope="mail")
    await tokens.token()
    [form] = account.server.requests
    assert form["grant_type"] == "client_credentials"
    assert form["scope"] == "mail"
    assert (form["basic_user"], form["basic_password"]) == ("the-client", "the-secret")
    assert account.store.tokens == {}


# Refresh tokens


async def test_each_new_refresh_token_is_stored_and_used_next(account: Account) -> None:
    tokens = account.tokens()
    for number in (1, 2, 3):
        await tokens.token()
        assert account.store.tokens == {NAME: f"refresh-{number}"}
        tokens.invalidate()
    after_a_restart = account.tokens()
    await after_a_restart.token()
    assert [form["refresh_token"] for form in account.server.requests] == [
        "refresh-0",
        "refresh-1",
        "refresh-2",
        "refresh-3",
    ]


async def test_no_access_token_is_handed_out_before_its_refresh_token_is_stored(
    account: Account,
) -> None:
    class Full(MemoryTokenStore):
        @asynccontextmanager
        async def turn(self, name: str) -> AsyncIterator[MemoryTokenShelf]:
            async with super().turn(name) as shelf:
                yield shelf
                raise IntakeUnavailable("journal: no space left")  # As where a commit fails.

    account.store = Full()
    with pytest.raises(IntakeUnavailable, match="no space"):
        await account.tokens().token()


async def test_a_server_that_does_not_rotate(account: Account) -> None:
    account.server.rotates = False
    tokens = account.tokens()
    await tokens.token()
    tokens.invalidate()
    await tokens.token()
    assert account.store.tokens == {}


async def test_a_fresh_token_in_the_settings_heals_a_dead_stored_one(account: Account) -> None:
    await account.tokens().token()
    account.server.refresh_token = "signed-in-again"
    account.give("refresh", "signed-in-again\n")
    await account.tokens().token()
    assert account.store.tokens[NAME] == account.server.refresh_token


async def test_who_renews_the_same_token_waits_for_the_other(account: Account) -> None:
    """Listener, sender and other daemons: no refresh token is ever spent twice."""
    several = [account.tokens() for _ in range(5)]
    assert len(set(await asyncio.gather(*[each.token() for each in several]))) == 5
    used = [form["refresh_token"] for form in account.server.requests]
    assert used == [f"refresh-{number}" for number in range(5)]


async def test_the_settings_token_is_not_needed_once_there_is_a_stored_one(
    account: Account,
) -> None:
    await account.tokens().token()
    (account.folder / "refresh").unlink()
    await account.tokens().token()


# What can go wrong


async def test_a_dead_refresh_token_says_what_to_do(account: Account) -> None:
    account.give("refresh", "expired")
    with pytest.raises(TokenRefused, match=r"invalid_grant it is .*sign in again") as refused:
        await account.tokens().token()
    assert "Trace ID" not in str(refused.value)
    assert "expired" not in str(refused.value)
    assert isinstance(refused.value, LoginRefused)


async def test_a_wrong_secret(account: Account) -> None:
    account.give("secret", "wrong")
    with pytest.raises(TokenRefused, match="invalid_client"):
        await account.tokens().token()


async def test_a_missing_secret(account: Account) -> None:
    (account.folder / "secret").unlink()
    with pytest.raises(TokenRefused, match="secret: No such file"):
        await account.tokens().token()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b"<html>maintenance</html>"),
        (200, b"<html>a captive portal</html>"),
        (429, b'{"error": "too_many_requests"}'),
        (400, b'{"error": "temporarily_unavailable"}'),
        (500, b'{"error": "server_error"}'),
        (200, b"[]"),
    ],
)
async def test_a_token_server_in_trouble_is_not_a_refusal(
    account: Account, status: int, body: bytes
) -> None:
    account.server.answers.append((status, body))
    tokens = account.tokens()
    with pytest.raises(TokenUnavailable):
        await tokens.token()
    assert await tokens.token()


async def test_a_token_server_that_is_not_there(account: Account) -> None:
    with pytest.raises(TokenUnavailable):
        await account.tokens(token_url="http://127.0.0.1:9/token").token()
    with pytest.raises(TokenUnavailable):
        await account.tokens(token_url="https://no-such-host.invalid/token").token()


async def test_an_answer_without_a_token(account: Account) -> None:
    account.server.answers.append((200, b'{"token_type": "Bearer"}'))
    with pytest.raises(TokenRefused, match="without an access_token"):
        await account.tokens().token()


async def test_an_unreadable_lifetime_counts_as_an_hour(account: Account) -> None:
    account.server.answers.append((200, b'{"access_token": "a", "expires_in": "soon"}'))
    tokens = account.tokens()
    assert await tokens.token() == "a"
    account.forward(3200)
    assert await tokens.token() == "a"


# Providers


@pytest.mark.parametrize(
    ("flow", "usage", "scope"),
    [
        ("refresh_token", Usage.IMAP, "https://outlook.office.com/IMAP.AccessAsUser.All"),
        ("refresh_token", Usage.SMTP, "https://outlook.office.com/SMTP.Send"),
        ("client_credentials", Usage.IMAP, "https://outlook.office365.com/.default"),
    ],
)
def test_microsoft(account: Account, flow: str, usage: Usage, scope: str) -> None:
    settings = account.settings(provider="microsoft", tenant="r3izzy", token_url="", flow=flow)
    grant = grant_for(settings, user="ana", usage=usage)
    form, basic = grant.request("r")
    assert grant.url == "https://login.microsoftonline.com/r3izzy/oauth2/v2.0/token"
    assert scope in form["scope"].split()
    assert (form["client_id"], form["client_secret"], basic) == ("the-client", "the-secret", None)


def test_google_with_a_persons_refresh_token(account: Account) -> None:
    settings = account.settings(provider="google", token_url="")
    grant = grant_for(settings, user="ana", usage=Usage.IMAP)
    form, _ = grant.request("r")
    assert grant.url == "https://oauth2.googleapis.com/token"
    assert form["grant_type"] == "refresh_token"
    assert form["refresh_token"] == "r"
    assert form["client_secret"] == "the-secret"


@pytest.mark.parametrize("as_json", [True, False])
def test_google_with_a_service_account(account: Account, as_json: bool) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    account.give("secret", json.dumps({"private_key": pem}) if as_json else pem)
    settings = account.settings(
        provider="google", token_url="", flow="client_credentials", client_id="robot@google.test"
    )
    form, basic = grant_for(settings, user="suporte@r3izzy.test", usage=Usage.IMAP).request("")
    assert basic is None
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = jwt.decode(form["assertion"], RSAKey.import_key(pem), algorithms=["RS256"]).claims
    assert claims["iss"] == "robot@google.test"
    assert claims["sub"] == "suporte@r3izzy.test"
    assert claims["scope"] == "https://mail.google.com/"
    assert claims["aud"] == "https://oauth2.googleapis.com/token"


@pytest.mark.parametrize("secret", ["{}", "{", "not a key", ""])
async def test_google_with_something_that_is_no_key(account: Account, secret: str) -> None:
    account.give("secret", secret)
    tokens = account.tokens(provider="google", token_url="", flow="client_credentials")
    with pytest.raises(TokenRefused, match="JSON key file"):
        await tokens.token()


# At a real server


@pytest.fixture(params=["jwt", "opaque"])
def signed_in(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TokenServer]:
    """Dovecot checks the tokens with its key, or asks the token server about each."""
    opaque = request.param == "opaque"
    with running_token_server(desk.user, desk.dovecot, opaque=opaque) as server:
        (tmp_path / "secret").write_text(server.client_secret)
        (tmp_path / "refresh").write_text(server.refresh_token)
        yield server


@pytest.mark.servers
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_login(desk: Desk, signed_in: TokenServer, tmp_path: Path, mechanism: str) -> None:
    desk.deliver(2)
    given = oauth(signed_in, tmp_path) | {"mechanism": mechanism}
    assert await desk.listener(oauth=given).drain() == 2
    assert bool(signed_in.introspected) == signed_in.opaque


@pytest.mark.servers
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_an_expired_token_is_replaced_once(
    desk: Desk, signed_in: TokenServer, tmp_path: Path, mechanism: str
) -> None:
    """The token server says an hour, but the token is refused: a fresh one heals it."""
    signed_in.token_expires_in = -5
    listener = desk.listener(oauth=oauth(signed_in, tmp_path) | {"mechanism": mechanism})
    with pytest.raises(LoginRefused):
        await listener.drain()
    assert len(signed_in.requests) == 2
    signed_in.token_expires_in = None
    desk.deliver(1)
    assert await listener.drain() == 1
    assert len(signed_in.requests) == 3


@pytest.mark.servers
async def test_a_listener_outlives_its_tokens(
    desk: Desk, signed_in: TokenServer, tmp_path: Path
) -> None:
    """Refused while running: it goes on trying, and works again when the account does."""
    signed_in.token_expires_in = -5
    listener = desk.listener(oauth=oauth(signed_in, tmp_path))
    async with running(listener):
        await until(lambda: len(desk.progress.failures.get(listener.source, ())) >= 2)
        signed_in.token_expires_in = None
        desk.deliver(1)
        await until(lambda: desk.subjects == subjects(1, 1))
        desk.dovecot.append(desk.user, mail(2))
        await until(lambda: desk.subjects == subjects(1, 2))


@pytest.mark.servers
async def test_client_credentials_at_a_real_server(
    desk: Desk, signed_in: TokenServer, tmp_path: Path
) -> None:
    given = oauth(signed_in, tmp_path) | {"flow": "client_credentials", "refresh_token": None}
    desk.deliver(1)
    assert await desk.listener(oauth=given).drain() == 1
    assert desk.tokens.tokens == {}


@pytest.mark.servers
async def test_several_folders_share_the_tokens_of_their_account(
    desk: Desk, signed_in: TokenServer, tmp_path: Path
) -> None:
    with desk.dovecot.client(desk.user) as client:
        client.create_folder("Fiscal")
    desk.deliver(1)
    desk.deliver(1, start=2, folder="Fiscal")
    account = desk.settings(oauth=oauth(signed_in, tmp_path), folders=["INBOX", "Fiscal"])
    settings = Settings.model_validate({}).model_copy(update={"imap": (account,)})
    found = listeners(
        settings, intake=desk.intake, tokens=desk.tokens, progress=desk.progress, clock=now
    )
    assert await asyncio.gather(*[listener.drain() for listener in found]) == [1, 1]
    assert len(signed_in.requests) == 1


@pytest.mark.servers
async def test_a_token_for_somebody_else_is_refused_with_a_way_out(
    desk: Desk, signed_in: TokenServer, tmp_path: Path
) -> None:
    signed_in.user = "outra@r3izzy.test"
    desk.dovecot.add_user(signed_in.user)
    with pytest.raises(LoginRefused, match=r"look at user and oauth of \[\[imap\]\] suporte"):
        await desk.listener(oauth=oauth(signed_in, tmp_path)).check()


@pytest.mark.servers
@pytest.mark.parametrize("signed_in", ["opaque"], indirect=True)  # A JWT cannot be revoked.
async def test_a_token_that_is_revoked_early_is_replaced_when_we_connect_again(
    desk: Desk, signed_in: TokenServer, tmp_path: Path
) -> None:
    listener = desk.listener(oauth=oauth(signed_in, tmp_path))
    async with running(listener):
        await until(lambda: desk.progress.ok)
        signed_in.revoke()
        desk.dovecot.kick(desk.user)
        desk.deliver(1)
        await until(lambda: desk.subjects == subjects(1, 1))
    assert len(signed_in.requests) == 2
