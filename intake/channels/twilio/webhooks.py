"""Webhooks that Twilio calls. A message is durably stored before the request is answered.

A request with a wrong signature is rejected and counted; nothing of it is stored. Responses are
empty TwiML, because the client's reply is sent later as a message of its own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from intake.channels.twilio.payload import Payload, json_pairs, pairs
from intake.channels.twilio.signature import Signatures, signs_body
from intake.channels.twilio.status import StatusUpdate, status_update
from intake.content.phone_numbers import conversation
from intake.metrics import Metrics
from intake.net.rejections import RejectionLog
from intake.net.request_limits import (
    SMALL,
    RateLimiter,
    TooLarge,
    TooSlow,
    Unfinished,
    caller,
    read_body,
)
from intake.ports.arrivals import Arrival, IntakeUnavailable, NamedFile
from intake.ports.webhook_paths import MESSAGES, STATUS
from intake.settings.twilio import Twilio
from intake.store.batching import ArrivalBatcher

ENDPOINT = "twilio"
SOURCE = "twilio"
TOO_MANY = "too_many"
LARGEST_BODY = SMALL
"""Bytes. A message has at most 1,600 characters and ten links."""
SLOWEST_BODY = 10.0
"""Seconds that a request body may take to arrive."""
LONGEST_SID = 100
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
NoteStatus = Callable[[StatusUpdate], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedRequest:
    """A verified request: Twilio has signed it."""

    body: bytes
    payload: Payload


class RequestRejected(Exception):
    """the request is not one of Twilio's"""

    def __init__(self, status: int, outcome: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.outcome = outcome


class Verifier:
    """Reads and verifies requests to Twilio's webhooks, for messages and calls."""

    def __init__(self, signatures: Signatures, metrics: Metrics) -> None:
        self._signatures = signatures
        self._meters = metrics
        self._forged = RateLimiter()
        self._rejections = RejectionLog(ENDPOINT)

    async def admit(self, request: Request) -> VerifiedRequest:
        """Read and verify a request. Raises RequestRejected."""
        try:
            body, form = await self._proven(request)
        except RequestRejected as error:
            raise self._limited(caller(request), error) from error.__cause__
        except Exception as error:
            # The sender is not verified yet and chose every byte. Whatever error these bytes
            # cause in the check, the request is not known to be Twilio's.
            forged = RequestRejected(403, "forged", "the signature does not fit")
            raise self._limited(caller(request), forged) from error
        fields = {name: value.replace("\x00", "") for name, value in form}
        return VerifiedRequest(body=body, payload=Payload(fields=fields))

    def _limited(self, address: str, error: RequestRejected) -> RequestRejected:
        enough = self._forged.used_up(address)
        self._forged.spend(address)
        if not enough:
            return error
        return RequestRejected(429, TOO_MANY, "too many requests with a wrong signature")

    async def _proven(self, request: Request) -> tuple[bytes, list[tuple[str, str]]]:
        """Body and fields of a request that Twilio has signed. Raises RequestRejected."""
        body = await _body(request)
        query = _ascii(request, "query_string")
        try:
            form = json_pairs(body) if signs_body(query) else pairs(body)
        except ValueError as error:
            raise RequestRejected(400, "no_form", "a form of Twilio's is wanted") from error
        if not self._fits(request, query, body, form):
            raise RequestRejected(403, "forged", "the signature does not fit")
        return body, form

    def _fits(self, request: Request, query: str, body: bytes, form: list[tuple[str, str]]) -> bool:
        # The signature covers the path as it was requested, before decoding.
        path = _ascii(request, "raw_path") or request.scope["path"]
        signature = request.headers.get("x-twilio-signature", "")
        if signs_body(query):
            return self._signatures.valid_body(path, query, body, signature)
        return self._signatures.valid(path, query, form, signature)

    def answer(self, request: Request, error: RequestRejected) -> Response:
        """The response to a rejected request. Counts and logs the rejection."""
        self._meters.count_request(ENDPOINT, error.outcome)
        self._rejections.note(caller(request), error.outcome, error.__cause__)
        return PlainTextResponse(str(error), status_code=error.status)


def message_webhook(
    verifier: Verifier, batcher: ArrivalBatcher, metrics: Metrics, clock: Callable[[], datetime]
) -> Route:
    """The webhook for incoming WhatsApp and SMS messages."""

    async def take_in(knock: VerifiedRequest) -> None:
        if not is_sid(knock.payload.sid):
            raise RequestRejected(400, "no_message", "MessageSid is missing, or is none")
        await batcher.accept(arrival(knock.payload, knock.body, clock()))

    return endpoint(MESSAGES, verifier, metrics, take_in)


def status_webhook(verifier: Verifier, metrics: Metrics, note: NoteStatus) -> Route:
    """The webhook for the delivery status of messages that we sent."""

    async def take_note(knock: VerifiedRequest) -> None:
        update = status_update(knock.payload)
        if update is None or not is_sid(update.sid):
            raise RequestRejected(400, "no_status", "MessageSid or MessageStatus is missing")
        await note(update)

    return endpoint(STATUS, verifier, metrics, take_note)


def endpoint(
    path: str,
    verifier: Verifier,
    metrics: Metrics,
    take: Callable[[VerifiedRequest], Awaitable[str | None]],
) -> Route:
    """A webhook that passes each verified request to `take` and responds with the TwiML it returns.

    The response is empty TwiML if `take` returns None.
    """

    async def answer(request: Request) -> Response:
        try:
            twiml = await take(await verifier.admit(request))
        except RequestRejected as error:
            return verifier.answer(request, error)
        except IntakeUnavailable:
            # Twilio keeps the message. The next comparison with its list stores it.
            metrics.count_request(ENDPOINT, "journal_away")
            return PlainTextResponse("try again later", status_code=503)
        metrics.count_request(ENDPOINT, "accepted")
        return Response(twiml or EMPTY, media_type="text/xml")

    return Route(path, answer, methods=["POST"])


def arrival(payload: Payload, body: bytes, received_at: datetime) -> Arrival:
    """The Arrival of a message's form. The same message always gives the same key."""
    return Arrival(
        source=f"{SOURCE}:{payload.account}",
        key=f"{SOURCE}:{payload.name}",
        channel=payload.channel,
        received_at=received_at,
        raw=body,
        details={
            "conversation": conversation(payload.channel.value, payload.sender or payload.sid)
        },
        files=tuple(
            NamedFile(url=file.url, content_type=file.content_type) for file in payload.media
        ),
    )


def is_sid(name: str) -> bool:
    """Whether `name` may be a SID of Twilio's: 1 to LONGEST_SID characters (today they have 34)."""
    return 0 < len(name) <= LONGEST_SID


def signatures(settings: Twilio) -> Signatures:
    """Signatures with the tokens of the account and its subaccounts. Raises CredentialMissing."""
    tokens = {sid: token.read() for sid, token in settings.subaccounts.items()}
    tokens[settings.account_sid] = settings.auth_token.read()
    return Signatures(tokens, settings.public_url)


async def _body(request: Request) -> bytes:
    try:
        return await read_body(request, most=LARGEST_BODY, seconds=SLOWEST_BODY)
    except TooLarge as error:
        raise RequestRejected(413, "too_large", f"at most {LARGEST_BODY} bytes") from error
    except TooSlow as error:
        raise RequestRejected(408, "too_slow", f"at most {SLOWEST_BODY:.0f} seconds") from error
    except Unfinished as error:
        raise RequestRejected(400, "unfinished", "the body has no end") from error


def _ascii(request: Request, name: str) -> str:
    value: bytes = request.scope.get(name) or b""
    return value.decode("ascii", "replace")
