"""The doors of the firm's own apps: `POST /v1/requests`, `GET /v1/requests/{number}`.

A request is checked before anything of it is kept, and answered once it is safe and has a number.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake.apps.files import host_allowed
from intake.apps.keys import Keyring, Unknown
from intake.apps.openapi import document
from intake.apps.problems import Problem
from intake.apps.request import (
    AppRequest,
    Fault,
    NotJson,
    RequestInvalid,
    check_deadline,
    check_names,
    parse_request,
)
from intake.apps.taking import Taking, arrival, source_of
from intake.http.limits import Allowance, TooLarge, TooSlow, read_body
from intake.journal.apps import Taken, status_of
from intake.journal.passing_trouble import transaction
from intake.listeners.arrival import IntakeUnavailable
from intake.office import Office
from intake.settings.apps import App
from intake.settings.credential import CredentialMissing

log = structlog.get_logger(__name__)

DOOR = "app"
REQUESTS = "/v1/requests"
SLOWEST_BODY = 30.0
"""Seconds."""
LARGE = 64_000
"""Bytes of a body from which it is checked in a thread: others must not wait for it."""
WRONG_RATE = 0.5
"""Requests a second that nobody we know has signed, from one address, after the first few."""
WRONG_BURST = 20
AWAY_SECONDS = "5"
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")

Handler = Callable[[Request], Awaitable[Response]]


class AppDoors:
    """Reads, checks and answers. Raises CredentialMissing where a secret is not there."""

    def __init__(self, office: Office, taking: Taking) -> None:
        self._office = office
        self._context = office.context
        self._taking = taking
        self._wrong = Allowance(WRONG_RATE, WRONG_BURST)
        self._shut: set[str] = set()
        self._apps = self._context.in_force.settings.app
        self._keys = Keyring(self._apps)

    def routes(self) -> list[Route]:
        """Of the daemon's HTTP server."""
        return [
            Route(REQUESTS, self._guarded(self._open), methods=["POST"]),
            Route(f"{REQUESTS}/{{number}}", self._guarded(self._look), methods=["GET"]),
            Route("/v1/openapi.json", self._describe, methods=["GET"]),
        ]

    def _guarded(self, handle: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            try:
                response = await handle(request)
            except Problem as problem:
                self._office.meters.knocked(DOOR, problem.outcome)
                log.warning("webhook.turned_away", door=DOOR, outcome=problem.outcome)
                return problem.answer()
            except IntakeUnavailable:
                self._office.meters.knocked(DOOR, "journal_away")
                return Problem(
                    503,
                    "journal_away",
                    "the journal is away; try again with the same webhook-id",
                    headers={"Retry-After": AWAY_SECONDS},
                ).answer()
            self._office.meters.knocked(DOOR, "accepted")
            return response

        return guarded

    async def _open(self, request: Request) -> Response:
        app, body = await self._admit(request, bodied=True)
        webhook_id = request.headers.get("webhook-id") or request.headers.get("idempotency-key")
        if webhook_id is None or not _ID.fullmatch(webhook_id):
            raise Problem(
                400,
                "no_id",
                "a webhook-id header is needed (1 to 200 printable characters), the same at "
                "every attempt: by it a repeat is known",
            )
        asked = await _aside(len(body), lambda: self._checked(app, body))
        came = arrival(app, webhook_id, asked, body, self._context.clock())
        taken = await self._taking.take(came)
        if taken.body != came.details["body"]:
            raise Problem(409, "other_body", "this webhook-id came before with another body")
        return self._accepted(request, taken)

    def _accepted(self, request: Request, taken: Taken) -> Response:
        if taken.number is None:
            raise Problem(
                503,
                "not_triaged",
                "the request is kept and a person looks at it; ask again with the same webhook-id",
                headers={"Retry-After": "300"},
            )
        place = f"{REQUESTS}/{taken.number}"
        host = request.headers.get("host", "")
        if _HOST.fullmatch(host):
            place = f"{request.scope['scheme']}://{host}{place}"
        return JSONResponse(
            {"number": taken.number, "status_url": place}, 202, headers={"Location": place}
        )

    async def _look(self, request: Request) -> Response:
        app, _ = await self._admit(request, bodied=False)
        number = request.path_params["number"]
        found = None
        if len(number) <= 64 and number.isprintable():
            async with transaction(self._office.database) as connection:
                found = await status_of(connection, number, source_of(app))
        if found is None:
            raise Problem(404, "no_such_request", "this app opened no request of that number")
        return JSONResponse({name: _said(value) for name, value in found.items()})

    async def _describe(self, _: Request) -> Response:
        sla = self._context.in_force.policy.procedure.sla
        return JSONResponse(document(types=sorted(sla.types), services=sorted(sla.services)))

    async def _admit(self, request: Request, *, bodied: bool) -> tuple[App, bytes]:
        """Whose request it is, and its body."""
        address = request.client.host if request.client else ""
        if address in self._shut and not self._wrong.spend(address):
            raise Problem(
                429,
                "too_many",
                "too many requests that nobody signed",
                headers={"Retry-After": AWAY_SECONDS},
            )
        self._shut.discard(address)
        try:
            return await self._known(request, bodied=bodied)
        except Unknown as error:
            if not self._wrong.spend(address):
                self._shut.add(address)
            raise Problem(
                401, "unknown", str(error), headers={"WWW-Authenticate": "Bearer"}
            ) from error

    async def _known(self, request: Request, *, bodied: bool) -> tuple[App, bytes]:
        authorization = request.headers.get("authorization", "")
        app = self._keys.by_token(authorization) if authorization else None
        if app is None and "webhook-signature" not in request.headers:
            raise Unknown("a signature (Standard Webhooks) or a bearer token is needed")
        if bodied and not _is_json(request.headers.get("content-type", "")):
            raise Problem(415, "no_json", "the content type must be application/json, in UTF-8")
        most = app.max_request if app else max(each.max_request for each in self._apps)
        body = await _body(request, most)
        if app is None:
            headers = request.headers
            app = await _aside(len(body), lambda: self._keys.by_signature(body, headers))
            if len(body) > app.max_request:
                raise _too_large(app.max_request)
        return app, body

    def _checked(self, app: App, body: bytes) -> AppRequest:
        sla = self._context.in_force.policy.procedure.sla
        try:
            asked = parse_request(body)
            check_names(asked, types=list(sla.types), services=list(sla.services))
            check_deadline(asked, self._context.clock())
            _check_links(asked, app)
        except NotJson as error:
            raise Problem(400, "not_json", f"the body is no JSON that can be read: {error}") from (
                error
            )
        except RequestInvalid as error:
            raise Problem(
                422, "invalid", "the request cannot be used; see errors", faults=error.faults
            ) from error
        return asked


def app_routes(office: Office) -> list[Route]:
    """The doors of all apps in force. Raises CredentialMissing with the app's place in mind."""
    try:
        return AppDoors(office, Taking(office.gate, office.context)).routes()
    except CredentialMissing as error:
        raise CredentialMissing(f"[[app]]: {error}") from error


def _check_links(asked: AppRequest, app: App) -> None:
    faults = [
        Fault(
            pointer=f"/links/{position}/url",
            detail="the settings allow this app no files from that host (file_hosts)",
        )
        for position, link in enumerate(asked.links)
        if not host_allowed(link.url, app.file_hosts)
    ]
    if faults:
        raise RequestInvalid(faults)


def _is_json(content_type: str) -> bool:
    kind, *parameters = [part.strip().lower() for part in content_type.split(";")]
    return kind == "application/json" and all(
        part in ("", "charset=utf-8", 'charset="utf-8"') for part in parameters
    )


async def _body(request: Request, most: int) -> bytes:
    try:
        return await read_body(request, most=most, seconds=SLOWEST_BODY)
    except TooLarge as error:
        raise _too_large(most) from error
    except TooSlow as error:
        raise Problem(408, "too_slow", f"the body took over {SLOWEST_BODY:.0f} seconds") from error


def _too_large(most: int) -> Problem:
    return Problem(413, "too_large", f"at most {most} bytes, with the files in them")


async def _aside(size: int, work: Callable[[], Any]) -> Any:
    return work() if size <= LARGE else await asyncio.to_thread(work)


def _said(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
