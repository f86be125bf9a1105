"""Webhooks for the organisation's own apps: `POST /v1/requests`, `GET /v1/requests/{number}`.

A request is checked before any of it is stored, and answered once it is durable and has a ticket
number.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake.channels.apps.app_requests import AppRequests, arrival, source_of
from intake.channels.apps.openapi import document
from intake.channels.apps.problems import Problem
from intake.channels.apps.request import (
    AppRequest,
    Fault,
    NotJson,
    RequestInvalid,
    check_deadline,
    check_names,
    parse_request,
)
from intake.context import Context
from intake.net.linked_files import host_allowed
from intake.net.rejections import RejectionLog
from intake.net.request_limits import (
    SMALL,
    BodyMemory,
    BodyShare,
    RateLimiter,
    TooLarge,
    TooManyBodies,
    TooSlow,
    Unfinished,
    caller,
    read_body,
)
from intake.net.webhook_keys import Keyring, Unknown
from intake.ports.arrivals import IntakeUnavailable
from intake.ports.webhook_paths import REQUESTS
from intake.settings.apps import App
from intake.settings.credential import CredentialMissing
from intake.store.app_requests import Taken, status_of
from intake.store.transient_errors import transaction

ENDPOINT = "app"
SLOWEST_BODY = 30.0
"""Seconds that a request body may take to arrive."""
TOO_MANY = "too_many"
AWAY_SECONDS = "5"
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")

Handler = Callable[[Request], Awaitable[Response]]


class AppWebhooks:
    """Verifies, stores and answers requests. Raises CredentialMissing if a secret is missing."""

    def __init__(self, context: Context, app_requests: AppRequests, apps: Sequence[App]) -> None:
        self._context = context
        self._taking = app_requests
        self._wrong = RateLimiter()
        self._rejections = RejectionLog(ENDPOINT)
        self._room = BodyMemory()
        self._apps = apps
        self._keys = Keyring(self._apps)

    def routes(self) -> list[Route]:
        """The routes for the daemon's HTTP server."""
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
                self._context.metrics.count_request(ENDPOINT, problem.outcome)
                self._rejections.note(caller(request), problem.outcome, problem.__cause__)
                return problem.answer()
            except IntakeUnavailable:
                self._context.metrics.count_request(ENDPOINT, "journal_away")
                return Problem(
                    503,
                    "journal_away",
                    "the journal is away; try again with the same webhook-id",
                    headers={"Retry-After": AWAY_SECONDS},
                ).answer()
            self._context.metrics.count_request(ENDPOINT, "accepted")
            return response

        return guarded

    async def _open(self, request: Request) -> Response:
        with self._room.place() as place:
            return await self._open_in(place, request)

    async def _open_in(self, place: BodyShare, request: Request) -> Response:
        app, body = await self._admit(request, place)
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
        app, _ = await self._admit(request, None)
        number = request.path_params["number"]
        found = None
        if len(number) <= 64 and number.isprintable():
            async with transaction(self._context.database) as connection:
                found = await status_of(connection, number, source_of(app))
        if found is None:
            raise Problem(404, "no_such_request", "this app opened no request of that number")
        return JSONResponse({name: _said(value) for name, value in found.items()})

    async def _describe(self, _: Request) -> Response:
        sla = self._context.config.policy.procedure.sla
        return JSONResponse(document(types=sorted(sla.types), services=sorted(sla.services)))

    async def _admit(self, request: Request, place: BodyShare | None) -> tuple[App, bytes]:
        """The app that sent the request, and the body. Raises Problem.

        `place` reserves memory for the body; None where no body is expected.
        """
        address = caller(request)
        enough, app = self._wrong.used_up(address), None
        try:
            app = self._by_token(request)
            if place is not None and not _is_json(request.headers.get("content-type", "")):
                raise Problem(415, "no_json", "the content type must be application/json, in UTF-8")
            most = SMALL if place is None else self._most(app, enough)
            body = await _body(request, most, place)
            return app or await self._by_signature(request, body), body
        except Problem as error:
            problem = error
        except Exception as error:
            if app is not None:
                raise
            # The sender is not verified yet and chose every byte. Whatever error these bytes
            # cause in the check, no known app has signed them.
            problem = _unknown("the signature does not fit")
            problem.__cause__ = error
        if app is not None or not (enough or problem.status == HTTPStatus.UNAUTHORIZED):
            raise problem
        self._wrong.spend(address)
        if not enough:
            raise problem
        raise Problem(
            429,
            TOO_MANY,
            "too many requests that nobody signed",
            headers={"Retry-After": AWAY_SECONDS},
        ) from problem

    def _by_token(self, request: Request) -> App | None:
        """The app of the bearer token; None if the request has a signature instead."""
        authorization = request.headers.get("authorization", "")
        try:
            if authorization:
                return self._keys.by_token(authorization)
        except Unknown as error:
            raise _unknown(str(error)) from error
        if "webhook-signature" not in request.headers:
            raise _unknown("a signature (Standard Webhooks) or a bearer token is needed")
        return None

    async def _by_signature(self, request: Request, body: bytes) -> App:
        try:
            app: App = await _aside(
                len(body), lambda: self._keys.by_signature(body, request.headers)
            )
        except Unknown as error:
            raise _unknown(str(error)) from error
        if len(body) > app.max_request:
            raise _too_large(app.max_request)
        return app

    def _most(self, app: App | None, enough: bool) -> int:
        """Maximum body size in bytes. A caller with too many unsigned requests gets only SMALL."""
        if app is not None:
            return app.max_request
        return SMALL if enough else max(each.max_request for each in self._apps)

    def _checked(self, app: App, body: bytes) -> AppRequest:
        sla = self._context.config.policy.procedure.sla
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


def app_routes(context: Context, app_requests: AppRequests, apps: Sequence[App]) -> list[Route]:
    """The webhook routes of `apps`. Raises CredentialMissing, naming `[[app]]`."""
    try:
        return AppWebhooks(context, app_requests, apps).routes()
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


async def _body(request: Request, most: int, place: BodyShare | None) -> bytes:
    try:
        return await read_body(request, most=most, seconds=SLOWEST_BODY, place=place)
    except TooLarge as error:
        raise _too_large(most) from error
    except TooSlow as error:
        raise Problem(408, "too_slow", f"the body took over {SLOWEST_BODY:.0f} seconds") from error
    except Unfinished as error:
        raise Problem(400, "unfinished", "the body has no end") from error
    except TooManyBodies as error:
        raise Problem(
            503,
            "no_room",
            "too many large requests at a time; try again with the same webhook-id",
            headers={"Retry-After": AWAY_SECONDS},
        ) from error


def _unknown(words: str) -> Problem:
    return Problem(401, "unknown", words, headers={"WWW-Authenticate": "Bearer"})


def _too_large(most: int) -> Problem:
    return Problem(413, "too_large", f"at most {most} bytes, with the files in them")


async def _aside(size: int, work: Callable[[], Any]) -> Any:
    # A large body is checked in a thread, so that other requests need not wait.
    return work() if size <= SMALL else await asyncio.to_thread(work)


def _said(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
