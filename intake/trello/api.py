"""The part of Trello's REST API that cards need.

Key and token are sent in the Authorization header, as Trello's guide *Authorizing With Trello's
REST API* allows: in a URL they would end up in the logs of proxies. A call succeeds, fails for now
(429 by *Rate Limits*, 5xx, no answer), or is refused for good.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from intake.ports.unavailable import Unavailable
from intake.replies.presentable import one_line
from intake.settings.credential import Credential, CredentialMissing
from intake.settings.trello import Trello as TrelloSettings
from routing.watch.boards import Board
from routing.watch.cards import Card

AWAY = frozenset((408, 425, 429))
PERMISSION = "permission"
"""Trello also answers 401 if the member may not write to a board, or if the token may only read:
"unauthorized card permission requested". That is a refusal, not a wrong token."""


class TrelloAway(Unavailable):
    """Trello does not answer now; later it will"""


class TrelloRefused(Exception):
    """Trello does not do it, and will not if asked again"""


class TrelloLockedOut(Exception):
    """Trello does not accept our key or token"""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardList:
    """A list (column) of a board."""

    id: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeCard:
    """An existing card."""

    id: str
    url: str


class TrelloApi:
    """Calls Trello as the token's member.

    Calls raise TrelloAway, TrelloRefused and TrelloLockedOut; the constructor raises
    CredentialMissing.
    """

    def __init__(self, settings: TrelloSettings) -> None:
        key, token = _secret(settings.key, "key"), _secret(settings.token, "token")
        self._seconds = settings.timeout
        self._client = httpx.AsyncClient(
            base_url=f"{settings.base_url}/1",
            timeout=None,  # `_ask` limits the whole response; httpx would limit each read
            trust_env=False,
            headers={
                "authorization": f'OAuth oauth_consumer_key="{key}", oauth_token="{token}"',
                "accept": "application/json",
            },
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def member(self) -> str:
        """The user name of the token's member."""
        return _text(await self._ask("GET", "/members/me", {"fields": "username"}), "username")

    async def boards(self) -> list[Board]:
        """The open boards that the member can see."""
        found = await self._ask(
            "GET", "/members/me/boards", {"filter": "open", "fields": "name,closed"}
        )
        return [Board(id=_text(each, "id"), name=_name(each)) for each in _rows(found)]

    async def lists(self, board_id: str) -> list[BoardList]:
        """A board's open lists, from left to right."""
        found = await self._ask(
            "GET", f"/boards/{board_id}/lists", {"filter": "open", "fields": "name"}
        )
        return [BoardList(id=_text(each, "id"), name=_name(each)) for each in _rows(found)]

    async def find_card(self, board_id: str, mark: str, since: datetime) -> MadeCard | None:
        """The card, archived or not, created after `since`, with `mark` as a line of its
        description."""
        found = await self._ask(
            "GET",
            f"/boards/{board_id}/cards",
            {
                "filter": "all",
                "fields": "desc,shortUrl",
                "since": since.astimezone(UTC).isoformat(timespec="milliseconds"),
                "limit": "1000",
            },
        )
        for each in _rows(found):
            if mark in str(each.get("desc", "")).splitlines():
                return _card(each)
        return None

    async def make_card(self, list_id: str, card: Card) -> MadeCard:
        """Create a card at the end of the list. Not idempotent: a repeated call creates a second
        card."""
        made = await self._ask(
            "POST",
            "/cards",
            body={"idList": list_id, "name": card.name, "desc": card.description},
        )
        return _card(made)

    async def _ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        body: Mapping[str, str] | None = None,
    ) -> Any:
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._client.request(method, path, params=parameters, json=body)
        except TimeoutError as error:
            raise TrelloAway(f"no answer within {self._seconds:g} seconds") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TrelloAway(f"{type(error).__name__}: {error}".rstrip(": ")) from error
        return _read(answer)


def _secret(place: Credential, name: str) -> str:
    secret = place.read().strip()
    if not secret.isascii() or not secret.isalnum():
        raise CredentialMissing(f"Trello's {name} has signs that no {name} has: copy it once more")
    return secret


def _read(answer: httpx.Response) -> Any:
    status, words = answer.status_code, _words(answer)
    if status in AWAY or status >= 500:
        raise TrelloAway(words)
    if status == 401 and PERMISSION not in words.lower():
        raise TrelloLockedOut(words)
    if not answer.is_success:
        raise TrelloRefused(words)
    try:
        return answer.json()
    except ValueError as error:
        raise TrelloAway("its answer is no JSON: is something else answering?") from error


def _words(answer: httpx.Response) -> str:
    """`HTTP 400: invalid value for idList`. Trello answers in plain text, sometimes in JSON."""
    said = answer.text[:2000]
    try:
        tree = json.loads(said)
    except ValueError:
        tree = None
    if isinstance(tree, dict):
        said = str(tree.get("message") or tree.get("error") or "")
    said = "" if said.lstrip().startswith("<") else one_line(said, 200)
    return f"HTTP {answer.status_code}" + (f": {said}" if said else "")


def _rows(tree: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(tree, list) or not all(isinstance(each, dict) for each in tree):
        raise TrelloAway("its answer is no list: is something else answering?")
    return tree


def _text(tree: Any, name: str) -> str:
    value = tree.get(name) if isinstance(tree, dict) else None
    if not isinstance(value, str):
        raise TrelloAway(f"its answer has no {name}: is something else answering?")
    return value


def _name(tree: Any) -> str:
    """A name that a person chose, as one line of at most 200 characters."""
    return one_line(_text(tree, "name"), 200)


def _card(tree: Any) -> MadeCard:
    return MadeCard(id=_text(tree, "id"), url=_text(tree, "shortUrl"))
