"""Implements `OdooRpc` with odoorpc. No other module imports odoorpc."""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import odoorpc
import odoorpc.error

from intake.desk.odoo.rpc import (
    Login,
    OdooAway,
    OdooBusy,
    OdooChoked,
    OdooLoginRefused,
    OdooRefused,
)

_BUSY = frozenset(
    (
        "psycopg2.errors.SerializationFailure",
        "psycopg2.errors.DeadlockDetected",
        "psycopg2.errors.LockNotAvailable",
        "odoo.exceptions.LockError",
    )
)
_AWAY = frozenset(
    (
        "odoo.http.SessionExpiredException",
        "psycopg2.OperationalError",
        "psycopg2.InterfaceError",
        "psycopg2.pool.PoolError",
    )
)
_PERHAPS_THE_REQUEST = frozenset((413, 500))
"""HTTP status codes that may be caused by the request itself: too large for a proxy, or data on
which Odoo fails."""
_LOGIN = frozenset(("odoo.exceptions.AccessDenied",))
_NOT_ODOOS = (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError)
"""Errors that odoorpc raises if the response is not JSON or not Odoo's."""


class OdoorpcSession:
    """See `OdooRpc`."""

    def __init__(
        self,
        login: Login,
        *,
        timeout: float,
        ca_file: Path | None = None,
        user_id: int | None = None,
    ) -> None:
        """Connect and log in. Raises OdooAway or OdooLoginRefused.

        `timeout` is in seconds, for each call. `user_id` is the id from an earlier login: with it,
        no login is needed, because every call carries the password. This saves Odoo half a second
        of processor time per login, since it caches passwords that it has checked.
        """
        where = urlsplit(login.url)
        secure = where.scheme == "https"
        with _in_our_words(login):
            self._odoo = odoorpc.ODOO(
                host=where.hostname or "",
                protocol="jsonrpc+ssl" if secure else "jsonrpc",
                port=where.port or (443 if secure else 80),
                timeout=timeout,
                version=None,
                opener=_opener(login.database, ca_file if secure else None),
            )
        self._login = login
        self._borrowed = user_id is not None
        self._user_id = self._log_in() if user_id is None else user_id

    def _log_in(self) -> int:
        login = self._login
        with _in_our_words(login):
            try:
                self._odoo.login(login.database, login.user, login.password)
            except odoorpc.error.RPCError as error:
                if not isinstance(error.info, dict):  # by odoorpc: no user was returned
                    raise OdooLoginRefused(_refusal(login)) from error
                raise
            return int(self._odoo._env.uid)

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        """See `OdooRpc.call`."""
        try:
            return self._call(model, method, args, kwargs)
        except OdooLoginRefused:
            if not self._borrowed:
                raise
        # The user may have been created again: same login and password, but another id. Log in to
        # learn it.
        self._borrowed = False
        self._user_id = self._log_in()
        return self._call(model, method, args, kwargs)

    def _call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        login = self._login
        who = [login.database, self.user_id, login.password]
        with _in_our_words(login):
            # Like odoorpc's execute_kw, but that returns None for any JSON that has no result.
            answer = self._odoo.json(
                "/jsonrpc",
                {
                    "service": "object",
                    "method": "execute_kw",
                    "args": [*who, model, method, args, dict(kwargs)],
                },
            )
            answer["jsonrpc"]  # raises KeyError if the response is not Odoo's
            return answer.get("result")

    @property
    def version(self) -> str:
        """See `OdooRpc.version`."""
        return str(self._odoo.version)

    @property
    def user_id(self) -> int:
        """See `OdooRpc.user_id`."""
        return self._user_id


def _opener(database: str, ca_file: Path | None) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=str(ca_file))
        except OSError as error:
            raise OdooAway(f"ca_file {ca_file}: {error.strerror or error}") from error
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context), urllib.request.HTTPCookieProcessor()
    )
    if database.isascii():
        # Without this header, Odoo opens a connection for every call to list its databases.
        opener.addheaders.append(("X-Odoo-Database", database))
    return opener


@contextmanager
def _in_our_words(login: Login) -> Iterator[None]:
    where = f"{login.url}, database {login.database}"
    try:
        yield
    except odoorpc.error.RPCError as error:
        raise _classified(error, login) from error
    except urllib.error.HTTPError as error:
        kind = OdooChoked if error.code in _PERHAPS_THE_REQUEST else OdooAway
        raise kind(f"{where}: HTTP {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise OdooAway(f"{where}: {_words(error)}") from error
    except _NOT_ODOOS as error:
        raise OdooAway(
            f"{where}: the answer is not Odoo's; is a proxy in between showing its own page?"
        ) from error


def _classified(error: odoorpc.error.RPCError, login: Login) -> Exception:
    info = error.info if isinstance(error.info, dict) else {}
    data = info.get("data") or {}
    name = str(data.get("name") or "odoorpc.error.RPCError")
    words = " ".join(str(data.get("message") or error).split())
    kinds: tuple[tuple[frozenset[str], Callable[[], Exception]], ...] = (
        (_BUSY, lambda: OdooBusy(words)),
        (_AWAY, lambda: OdooAway(f"{login.url}, database {login.database}: {words}")),
        (_LOGIN, lambda: OdooLoginRefused(_refusal(login))),
    )
    for names, make in kinds:
        if name in names:
            return make()
    return OdooRefused(name, words)


def _refusal(login: Login) -> str:
    return (
        f"{login.url}: user {login.user} or the password is wrong for database {login.database}; "
        "an API key (Preferences, Account Security) can stand for the password"
    )


def _words(error: BaseException) -> str:
    reason = getattr(error, "reason", error)
    words = " ".join(str(reason).split()) or type(error).__name__
    if isinstance(reason, ssl.SSLCertVerificationError):
        words += "; for a private CA give ca_file, and in url the name in the certificate"
    return words
