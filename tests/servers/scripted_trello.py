"""Trello on loopback: boards, lists and cards in memory, as strict as its documentation.

It asks for key and token (in the query, or in an OAuth header: *Authorizing With Trello's REST
API*), refuses parameters that the reference does not name, ids of the wrong shape and texts over
16,384 characters with 400 and Trello's plain words, and does not find what is not there (404). What
a test asks for beside that: rate limits and outages, and a connection that is cut after a card was
made.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers.process import HOST

KEY, TOKEN = "0123456789abcdef0123456789abcdef", "ATTA" + "f" * 60
LONGEST = 16_384
LIMITED = (429, '{"error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded"}')
UNAVAILABLE = (503, "<html>Trello is down</html>")
NOT_FOUND = (404, "The requested resource was not found.")
_OAUTH = re.compile(r'OAuth oauth_consumer_key="([^"]*)", oauth_token="([^"]*)"')
_ID = re.compile(r"[0-9a-f]{24}")
KNOWN = {
    "/members/me": {"fields"},
    "/members/me/boards": {"filter", "fields"},
    "/boards/lists": {"filter", "fields", "cards", "card_fields"},
    "/boards/cards": {"filter", "fields", "since", "before", "limit", "attachments", "members"},
    "/cards": {
        *("name", "desc", "pos", "due", "start", "dueComplete", "idList", "idMembers"),
        *("idLabels", "urlSource", "fileSource", "mimeType", "idCardSource", "keepFromSource"),
    },
}


@dataclass(kw_only=True, slots=True)
class Board:
    """A board of the member's."""

    id: str
    name: str
    lists: dict[str, str] = field(default_factory=dict)
    """Open ones: id → name."""
    may_write: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A card that was made."""

    id: str
    board: str
    in_list: str
    name: str
    desc: str
    at: datetime

    @property
    def url(self) -> str:
        return f"https://trello.com/c/{self.id[-8:]}"


class ScriptedTrello:
    """Boards that the test made, and the cards that came."""

    def __init__(self) -> None:
        self.boards: list[Board] = []
        self.cards: list[Card] = []
        self.asked: list[str] = []
        """`POST /cards`, in order."""
        self.addresses: list[str] = []
        """The same with what followed the path."""
        self.troubles: list[tuple[str, tuple[int, str]]] = []
        """What the next requests of that beginning (`POST /cards`) are answered instead."""
        self.cuts = 0
        """How many of the next cards are made without an answer."""
        self.pause = 0.0
        """Seconds between the pieces of an answer."""
        self.clock: Callable[[], datetime] = _now
        self.token = TOKEN
        self._ids = count(1)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_address[1]}"

    def board(self, name: str, *lists: str, may_write: bool = True) -> Board:
        """A new one, with a list at least."""
        made = Board(id=self._id(), name=name, may_write=may_write)
        made.lists = {self._id(): each for each in lists or ("Entrada", "Feito")}
        self.boards.append(made)
        return made

    def clear(self) -> None:
        """As it was at the start, for the next test."""
        for kept in (self.boards, self.cards, self.asked, self.addresses, self.troubles):
            kept.clear()  # type: ignore[attr-defined]
        self.cuts, self.pause, self.clock, self.token = 0, 0.0, _now, TOKEN

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _id(self) -> str:
        """As Trello's: eight digits of them are the time."""
        return f"{int(time.time()):08x}{next(self._ids):016x}"

    def answer(
        self, method: str, address: str, authorization: str, body: bytes
    ) -> tuple[int, str] | None:
        """None: the connection is cut."""
        where = urlsplit(address)
        asked = dict(parse_qsl(where.query))
        path = where.path.removeprefix("/1")
        with self._lock:
            self.asked.append(f"{method} {path}")
            self.addresses.append(address)
            for trouble in self.troubles:
                if self.asked[-1].startswith(trouble[0]):
                    self.troubles.remove(trouble)
                    return trouble[1]
            found = _OAUTH.fullmatch(authorization)
            key, token = found.groups() if found else (asked.pop("key", ""), asked.pop("token", ""))
            if key != KEY:
                return 401, "invalid key"
            if token != self.token:
                return 401, "invalid token"
            if method == "POST":
                asked |= json.loads(body or b"{}")
            return self._answer(method, path, asked)

    def _answer(self, method: str, path: str, asked: Mapping[str, Any]) -> tuple[int, str] | None:
        parts = path.strip("/").split("/")
        name = f"/{parts[0]}/{parts[2]}" if parts[0] == "boards" and len(parts) == 3 else path
        if unknown := set(asked) - KNOWN.get(name, set(asked)):
            return 400, f"unknown parameter {sorted(unknown)[0]}"
        if (method, name) == ("GET", "/members/me"):
            return _ok({"id": "5" * 24, "username": "cartoes"})
        if (method, name) == ("GET", "/members/me/boards"):
            return _ok([{"id": board.id, "name": board.name} for board in self.boards])
        if method == "GET" and name in ("/boards/lists", "/boards/cards"):
            if not _ID.fullmatch(parts[1]):
                return 400, "invalid id"
            board = next((each for each in self.boards if each.id == parts[1]), None)
            if board is None:
                return 404, "board not found"
            if name == "/boards/lists":
                return _ok([{"id": id_, "name": name} for id_, name in board.lists.items()])
            return self._cards_of(board, asked)
        if (method, name) == ("POST", "/cards"):
            return self._make(asked)
        return 404, f"Cannot {method} {path}"

    def _cards_of(self, board: Board, asked: Mapping[str, Any]) -> tuple[int, str]:
        since = datetime.fromisoformat(asked["since"]) if "since" in asked else None
        if int(asked.get("limit", 1)) > 1000:
            return 400, "invalid value for limit"
        return _ok(
            [
                {"id": card.id, "desc": card.desc, "shortUrl": card.url}
                for card in self.cards
                if card.board == board.id and (since is None or card.at >= since)
            ]
        )

    def _make(self, asked: Mapping[str, Any]) -> tuple[int, str] | None:
        if not _ID.fullmatch(str(asked.get("idList", ""))):
            return 400, "invalid value for idList"
        for name in ("name", "desc"):
            if len(asked.get(name, "")) > LONGEST:
                return 400, f"invalid value for {name}"
        board = next((each for each in self.boards if asked["idList"] in each.lists), None)
        if board is None:
            return NOT_FOUND
        if not board.may_write:
            return 401, "unauthorized card permission requested"
        made = Card(
            id=self._id(),
            board=board.id,
            in_list=board.lists[asked["idList"]],
            name=asked.get("name", ""),
            desc=asked.get("desc", ""),
            at=self.clock(),
        )
        self.cards.append(made)
        if self.cuts:
            self.cuts -= 1
            return None
        return _ok({"id": made.id, "shortUrl": made.url, "name": made.name})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                authorization = self.headers.get("Authorization", "")
                answer = scripted.answer(self.command, self.path, authorization, body)
                if answer is None:
                    self.close_connection = True
                    return
                said = answer[1].encode()
                try:
                    self.send_response(answer[0])
                    kind = "application/json" if said[:1] in (b"{", b"[") else "text/plain"
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(said)))
                    self.end_headers()
                    for piece in (said[:1], said[1:]) if scripted.pause else (said,):
                        time.sleep(scripted.pause)
                        self.wfile.write(piece)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler


def _now() -> datetime:
    return datetime.now(UTC)


def _ok(tree: Any) -> tuple[int, str]:
    return 200, json.dumps(tree)


@contextmanager
def running_scripted_trello() -> Iterator[ScriptedTrello]:
    """Until the block ends."""
    server = ScriptedTrello()
    server.start()
    try:
        yield server
    finally:
        server.stop()
