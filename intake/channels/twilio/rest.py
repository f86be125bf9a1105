"""Calls Twilio's API through Twilio's library, at the address in the settings, with timeouts.

The library blocks: call it in a thread. It is large: import this module only where it is needed.
"""

from typing import Any

import requests
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from intake.settings.twilio import Twilio

THEIRS = "https://api.twilio.com"
"""The address built into the library."""
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
POOL = 8
"""Maximum connections kept open."""


class TooManyRequests(Exception):
    """Twilio asks us to slow down"""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Twilio pede que se espere {seconds:.0f} s (429)")
        self.seconds = seconds


class ApiClient(HttpClient):  # type: ignore[misc]
    """Replaces the library's own HTTP client, which mixes up the responses of threads.

    It repeats no request. Only the caller knows whether repeating is safe.
    """

    def __init__(self, api_url: str, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._api_url = api_url
        self._timeout = (CONNECT_SECONDS, answer_seconds)
        self._session = requests.Session()
        adapter = requests.adapters.HTTPAdapter(pool_maxsize=POOL)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send one request.

        Raises TooManyRequests, and requests.RequestException if there is no response.
        """
        answer = self._session.request(
            method.upper(),
            self._api_url + url.removeprefix(THEIRS),
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=self._timeout,
            allow_redirects=allow_redirects,
        )
        if answer.status_code == 429:
            raise TooManyRequests(_seconds(answer.headers.get("Retry-After", "")))
        return Response(answer.status_code, answer.text, answer.headers)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def client(settings: Twilio, *, answer_seconds: float = ANSWER_SECONDS) -> Client:
    """A client for the account in the settings. Raises CredentialMissing."""
    return Client(
        settings.account_sid,
        settings.auth_token.read(),
        http_client=ApiClient(settings.api_url, answer_seconds=answer_seconds),
    )


def _seconds(retry_after: str) -> float:
    return float(retry_after) if retry_after.strip().isdecimal() else 1.0
