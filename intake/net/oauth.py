"""OAuth 2.0 access tokens for IMAP and SMTP (RFC 6749): fetched, cached, renewed in time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog

from intake.net.token_requests import Grant, GrantUnusable, Usage, grant_for
from intake.ports.arrivals import TokenSlot, TokenStore
from intake.ports.listener import ListenerUnavailable, LoginRefused
from intake.settings.credential import CredentialMissing
from intake.settings.listeners import OAuth

log = structlog.get_logger(__name__)

DEFAULT_LIFETIME = 3600.0
"""Seconds, if the server does not send `expires_in`."""
TIMEOUT = 30.0
"""Seconds for a request to the token server."""
_ADVICE = {
    "invalid_grant": "sign in again and renew refresh_token",
    "invalid_client": "look at client_id and client_secret; secrets expire",
    "unauthorized_client": "the provider must allow this app this flow; look at client_id, tenant",
    "invalid_scope": "look at scope",
    "access_denied": "an administrator must consent to what the app asks for",
    "unsupported_grant_type": "the provider does not know this flow",
}
"""What to do about an error code of RFC 6749, section 5.2."""
_TEMPORARY = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


class TokenUnavailable(ListenerUnavailable):
    """the OAuth token server cannot be reached just now"""


class TokenRefused(LoginRefused):
    """the OAuth token server does not give us a token"""


class _InvalidGrant(TokenRefused):
    """the refresh token is expired, revoked or was used up"""


@dataclass(frozen=True, slots=True)
class _Access:
    token: str
    renew_at: datetime


class AccessTokens:
    """The access tokens of one account. All who log in to the account share one instance.

    A new refresh token is stored durably before the access token that came with it is used, so that
    no crash loses it (RFC 6749, section 6: the old one may be invalid from then on).
    """

    def __init__(
        self,
        oauth: OAuth,
        *,
        user: str,
        store: TokenStore,
        clock: Callable[[], datetime],
        usage: Usage = Usage.IMAP,
    ) -> None:
        self._oauth = oauth
        self._grant: Grant = grant_for(oauth, user=user, usage=usage)
        self._name = f"oauth:{oauth.client_id}:{user}"
        self._store = store
        self._clock = clock
        self._lock = asyncio.Lock()
        self._access: _Access | None = None

    def __repr__(self) -> str:
        return f"AccessTokens({self._name!r})"

    async def token(self) -> str:
        """An access token that remains valid for a while.

        Raises TokenUnavailable (try again) or TokenRefused (a person must look).
        """
        async with self._lock:
            if self._access is None or self._clock() >= self._access.renew_at:
                self._access = await self._fetch()
            return self._access.token

    def invalidate(self) -> None:
        """Drop the last token, which the server did not accept, so that the next call fetches
        another.
        """
        self._access = None

    async def _fetch(self) -> _Access:
        try:
            if not self._grant.uses_refresh_token:
                return self._access_of(await self._ask(""))
            return await self._refresh()
        except (CredentialMissing, GrantUnusable) as error:
            raise TokenRefused(str(error)) from error

    async def _refresh(self) -> _Access:
        async with self._store.turn(self._name) as shelf:
            answer = await self._renewed(shelf)
        # The new refresh token is safely stored only now.
        return self._access_of(answer)

    async def _renewed(self, shelf: TokenSlot) -> dict[str, Any]:
        """Ask with the stored refresh token, else with the one from the settings.

        The latter is also used if the stored one is refused, because the operator has set a new
        one.
        """
        used, refusal = await shelf.load(), None
        if used is not None:
            try:
                return await self._spent(used, shelf)
            except _InvalidGrant as error:
                refusal = error
        given = self._configured()
        if given is not None and given != used:
            return await self._spent(given, shelf)
        assert refusal is not None, "the settings always give a refresh token"
        raise refusal

    async def _spent(self, refresh_token: str, shelf: TokenSlot) -> dict[str, Any]:
        answer = await self._ask(refresh_token)
        renewed = answer.get("refresh_token")
        if isinstance(renewed, str) and renewed and renewed != refresh_token:
            await shelf.save(renewed)
            log.info("oauth.refresh_token_stored", client=self._oauth.client_id)
        return answer

    def _configured(self) -> str | None:
        credential = self._oauth.refresh_token
        return None if credential is None else credential.read()

    def _access_of(self, answer: dict[str, Any]) -> _Access:
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise TokenRefused(f"{self._grant.url} answered without an access_token")
        try:
            lifetime = float(answer.get("expires_in") or DEFAULT_LIFETIME)
        except (TypeError, ValueError):
            lifetime = DEFAULT_LIFETIME
        early = min(300.0, lifetime * 0.2)
        return _Access(token, self._clock() + timedelta(seconds=lifetime - early))

    async def _ask(self, refresh_token: str) -> dict[str, Any]:
        form, basic = self._grant.request(refresh_token)
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT) as client:
                response = await client.post(
                    self._grant.url,
                    data=form,
                    auth=basic if basic is not None else httpx.USE_CLIENT_DEFAULT,
                    headers={"Accept": "application/json"},
                )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise TokenUnavailable(f"{self._grant.url}: {reason}") from error
        return self._answer(response)

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise TokenUnavailable(
                f"{self._grant.url} answered {response.status_code} without JSON: "
                "is token_url right?"
            )
        error = str(answer.get("error") or "")
        if response.is_success and not error:
            return answer
        said = str(answer.get("error_description") or "").partition("\n")[0].strip()
        line = f"{self._grant.url} answered {error or response.status_code}"
        line = f"{line}: {said}" if said else line
        if error in _TEMPORARY or response.status_code >= 500 or response.status_code == 429:
            raise TokenUnavailable(line)
        line = f"{line} ({_ADVICE.get(error, 'look at oauth in the settings')})"
        raise _InvalidGrant(line) if error == "invalid_grant" else TokenRefused(line)
