"""OAuth 2.0 at a real Dovecot: both mechanisms, both flows, tokens that expire or are revoked."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.app.listeners import listeners
from intake.ports.listener import LoginRefused
from intake.settings.model import Settings
from tests.listeners.conftest import Desk, mail, now, running, subjects, until
from tests.listeners.oauth_section import oauth
from tests.servers.token_server import TokenServer, running_token_server

pytestmark = pytest.mark.servers


@pytest.fixture(params=["jwt", "opaque"])
def signed_in(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TokenServer]:
    """Dovecot checks the tokens with its key, or asks the token server about each."""
    opaque = request.param == "opaque"
    with running_token_server(desk.user, desk.dovecot, opaque=opaque) as server:
        (tmp_path / "secret").write_text(server.client_secret)
        (tmp_path / "refresh").write_text(server.refresh_token)
        yield server


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
async def test_login(desk: Desk, signed_in: TokenServer, tmp_path: Path, mechanism: str) -> None:
    desk.deliver(2)
    given = oauth(signed_in, tmp_path) | {"mechanism": mechanism}
    assert await desk.listener(oauth=given).drain() == 2
    assert bool(signed_in.introspected) == signed_in.opaque


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


async def test_client_credentials_at_a_real_server(
    desk: Desk, signed_in: TokenServer, tmp_path: Path
) -> None:
    given = oauth(signed_in, tmp_path) | {"flow": "client_credentials", "refresh_token": None}
    desk.deliver(1)
    assert await desk.listener(oauth=given).drain() == 1
    assert desk.tokens.tokens == {}


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


async def test_a_token_for_somebody_else_is_refused_with_a_way_out(
    desk: Desk, signed_in: TokenServer, tmp_path: Path
) -> None:
    signed_in.user = "outra@r3izzy.test"
    desk.dovecot.add_user(signed_in.user)
    with pytest.raises(LoginRefused, match=r"look at user and oauth of \[\[imap\]\] suporte"):
        await desk.listener(oauth=oauth(signed_in, tmp_path)).check()


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
