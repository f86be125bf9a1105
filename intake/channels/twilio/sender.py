"""Sends replies by WhatsApp and SMS through Twilio.

Twilio has no idempotency key. If an earlier attempt may have succeeded (no response in time, or a
crash before it was recorded), the sender first asks Twilio which messages it has for that number.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from intake.ports.sender import (
    Attempt,
    Delivery,
    Outcome,
    Outgoing,
    Sender,
    SenderUnavailable,
    Template,
)
from intake.settings.credential import CredentialMissing
from intake.settings.twilio import Twilio
from routing.phone.faults import Remedy, fault
from routing.phone.sms import shortened, size, worded
from routing.vocabulary import Channel

if TYPE_CHECKING:
    from twilio.rest import Client

STATUS_PATH = "/twilio/status"
"""Path of the webhook that Twilio calls with a message's status."""
PREFIX = {Channel.WHATSAPP: "whatsapp:", Channel.SMS: ""}
ANSWER_SECONDS = 20.0
LISTED = timedelta(seconds=30)
"""Time after which a message that Twilio accepted is certain to be in its list."""
SKEW = timedelta(minutes=2)
"""Maximum difference between Twilio's clock and ours."""
MOST_LISTED = 50
WINDOW_CLOSED = 63016
NOT_NOW = frozenset((401, 403, 408))
"""HTTP statuses that an operator or time can resolve, if Twilio gives no error code."""


class TwilioSender:
    """Implements `Sender` for the channels that have a number in the settings."""

    def __init__(self, settings: Twilio, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._settings = settings
        self._answer_seconds = answer_seconds
        self._ours = {
            Channel.WHATSAPP: settings.whatsapp_from,
            Channel.SMS: settings.sms_from,
        }
        self._opened: Client | None = None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels it can send by."""
        return tuple(channel for channel, number in self._ours.items() if number)

    async def send(self, outgoing: Outgoing) -> Delivery:
        """See `Sender.send`."""
        return await asyncio.to_thread(self._send, outgoing)

    async def check(self) -> str:
        """See `Sender.check`."""
        return await asyncio.to_thread(self._check)

    async def close(self) -> None:
        """See `Sender.close`."""
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.http_client.close()

    def _client(self) -> "Client":
        if self._opened is None:
            # The library is large: it is imported when the first message is sent.
            from intake.channels.twilio.rest import client

            self._opened = client(self._settings, answer_seconds=self._answer_seconds)
        return self._opened

    def _check(self) -> str:
        try:
            account = self._client().api.v2010.accounts(self._settings.account_sid).fetch()
        except Exception as error:
            raise SenderUnavailable(f"Twilio: {_said(error)}") from error
        ways = ", ".join(channel.value for channel in self.channels) or "no number to send from"
        return f"Twilio: account {account.status}, {ways}"

    def _send(self, outgoing: Outgoing) -> Delivery:
        attempt = outgoing.attempt or Attempt()
        try:
            client = self._client()
        except CredentialMissing as error:
            return Delivery(outcome=Outcome.LATER, detail=str(error))
        text = self._text(outgoing)
        if attempt.begun_at is not None:
            return self._after_asking(client, outgoing, attempt, text)
        return self._now(client, outgoing, attempt, text)

    def _after_asking(
        self, client: "Client", outgoing: Outgoing, attempt: Attempt, text: str
    ) -> Delivery:
        found = ""

        def ask() -> Delivery | None:
            nonlocal found
            found = self._taken(client, outgoing, attempt, text)
            return None

        trouble = _guarded(ask)
        if trouble is not None:
            # Twilio did not answer the query, so it stays unknown whether the reply was sent.
            return Delivery(
                outcome=Outcome.LATER, detail=trouble.detail, doubtful=True, wait=trouble.wait
            )
        if found:
            detail = f"{found}: o Twilio já tinha a mensagem"
            return Delivery(outcome=Outcome.SENT, detail=detail, provider_id=found)
        return self._now(client, outgoing, attempt, text)

    def _now(self, client: "Client", outgoing: Outgoing, attempt: Attempt, text: str) -> Delivery:
        free = outgoing.channel is not Channel.WHATSAPP or attempt.window_open
        delivery = self._create(client, outgoing, {"body": text}) if free else CLOSED
        if delivery.code == WINDOW_CLOSED and attempt.template is not None:
            return self._create(client, outgoing, _as_template(attempt.template))
        return delivery

    def _create(self, client: "Client", outgoing: Outgoing, words: dict[str, str]) -> Delivery:
        def create() -> Delivery:
            message = client.messages.create(
                to=self._address(outgoing.channel, outgoing.recipient),
                from_=self._address(outgoing.channel, self._ours[outgoing.channel]),
                status_callback=self._settings.public_url + STATUS_PATH,
                **words,
            )
            return Delivery(
                outcome=Outcome.SENT,
                detail=_size_words(outgoing.channel, words.get("body", "")) or message.sid,
                provider_id=message.sid,
            )

        delivery = _guarded(create)
        assert delivery is not None
        return delivery

    def _taken(self, client: "Client", outgoing: Outgoing, attempt: Attempt, text: str) -> str:
        """The SID of this reply if Twilio already has it; else the empty string."""
        assert attempt.begun_at is not None
        messages = client.messages.list(
            to=self._address(outgoing.channel, outgoing.recipient),
            from_=self._address(outgoing.channel, self._ours[outgoing.channel]),
            limit=MOST_LISTED,
        )
        since = attempt.begun_at - SKEW
        wanted = [text, *(attempt.template.variables.values() if attempt.template else ())]
        for message in messages:
            new = message.date_created is None or message.date_created >= since
            if new and message.sid not in attempt.claimed and _says(message.body or "", wanted):
                return str(message.sid)
        return ""

    def _address(self, channel: Channel, number: str) -> str:
        return PREFIX[channel] + number

    def _text(self, outgoing: Outgoing) -> str:
        if outgoing.channel is Channel.SMS:
            return worded(outgoing.text, accents=self._settings.sms_accents)
        return shortened(outgoing.text.strip())


CLOSED = Delivery(
    outcome=Outcome.REFUSED,
    code=WINDOW_CLOSED,
    detail=f"{fault(WINDOW_CLOSED).words}, e não há modelo aprovado para esta mensagem "
    "(twilio.whatsapp_templates)",
)


def _guarded(ask: Callable[[], Delivery | None]) -> Delivery | None:
    """The result of `ask`; a Twilio or network error becomes an unsuccessful Delivery."""
    import requests
    from twilio.base.exceptions import TwilioException, TwilioRestException

    from intake.channels.twilio.rest import TooManyRequests

    try:
        return ask()
    except TooManyRequests as error:
        wait = timedelta(seconds=error.seconds)
        return Delivery(outcome=Outcome.LATER, detail=str(error), wait=wait, code=20429)
    except TwilioRestException as error:
        # The library substitutes the HTTP status for a missing error code.
        code = int(error.code or 0)
        return _refusal(error.status, code if code != error.status else 0, str(error.msg))
    except (requests.RequestException, TwilioException, json.JSONDecodeError) as error:
        # Includes truncated responses and those not from Twilio: the message may have been sent.
        detail = f"sem resposta do Twilio ({type(error).__name__})"
        return Delivery(outcome=Outcome.LATER, detail=detail, doubtful=True, wait=LISTED)


def _refusal(status: int, code: int, words: str) -> Delivery:
    if status >= 500:
        detail = f"o Twilio está com problemas ({status})"
        return Delivery(outcome=Outcome.LATER, detail=detail, doubtful=True, wait=LISTED, code=code)
    known = fault(code)
    later = known.remedy is Remedy.LATER or (not code and status in NOT_NOW)
    detail = f"{known.words} ({code or f'HTTP {status}'}: {words[:200]})"
    return Delivery(outcome=Outcome.LATER if later else Outcome.REFUSED, detail=detail, code=code)


def _as_template(template: Template) -> dict[str, str]:
    variables = json.dumps(dict(template.variables), ensure_ascii=False)
    return {"content_sid": template.content_sid, "content_variables": variables}


def _says(body: str, wanted: list[str]) -> bool:
    """Whether `body` is our reply: it ends with the text or has all of the template's variables.

    White space is not compared, because Twilio may change it. The text may follow a preface, which
    trial accounts get.
    """
    text, *variables = (" ".join(each.split()) for each in wanted)
    plain = " ".join(body.split())
    said = [each for each in variables if each]
    return (bool(text) and plain.endswith(text)) or (
        bool(said) and all(each in plain for each in said)
    )


def _size_words(channel: Channel, body: str) -> str:
    if channel is not Channel.SMS:
        return ""
    found = size(body)
    return f"{found.parts} parte(s), {found.units} caracteres em {found.alphabet.value}"


def _said(error: Exception) -> str:
    return str(getattr(error, "msg", "") or error)[:300]


def phone_senders(settings: Twilio | None) -> dict[Channel, Sender]:
    """A sender for each channel that has a number in the settings."""
    if settings is None:
        return {}
    sender = TwilioSender(settings)
    return dict.fromkeys(sender.channels, sender)
