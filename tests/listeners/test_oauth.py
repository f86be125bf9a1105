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

from intake.net.oauth import AccessTokens, TokenRefused, TokenUnavailable
from intake.net.token_requests import Usage, grant_for
from intake.ports.arrivals import IntakeUnavailable
from intake.ports.listener import LoginRefused
from intake.ports.memory_inbox import MemoryTokenShelf, MemoryTokenStore
from intake.settings.listeners import OAuth
from tests.listeners.conftest import now
from tests.listeners.oauth_section import oauth
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
