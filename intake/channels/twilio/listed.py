"""Lists an account's messages and recordings at Twilio, converted to the form a webhook posts.

Everything here blocks: call it in a thread.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from intake.ports.listener import ListenerUnavailable, LoginRefused
from intake.settings.credential import Credential

MOST = 10_000
"""Maximum messages that one comparison lists."""
PAGE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One inbound message or recording. `at`: when Twilio received it, or when it was complete."""

    sid: str
    at: datetime
    fields: dict[str, str] = field(repr=False)
    """The fields that its webhook posts, without those of its files."""
    files: int = 0


class _Gone(ListenerUnavailable):
    """Twilio has nothing of that name: nobody need ask again"""


class Account:
    """One account at Twilio's API."""

    def __init__(self, *, sid: str, token: Credential, api_url: str, most: int = MOST) -> None:
        self._sid = sid
        self._token = token
        self._api_url = api_url
        self._most = most

    def look(self) -> tuple[str, str]:
        """The account's name and status. Raises ListenerUnavailable."""
        with self._asking() as client:
            found = client.api.accounts(self._sid).fetch()
            return found.friendly_name, found.status

    def inbound(self, since: datetime) -> list[Listed]:
        """Inbound messages from `since` on, oldest first. Raises ListenerUnavailable."""
        with self._asking() as client:
            messages = client.messages.list(date_sent_after=since, page_size=PAGE, limit=self._most)
        found = [_listed(each) for each in messages if each.direction == "inbound"]
        return sorted(found, key=lambda each: each.at)

    def recordings(self, since: datetime) -> list[Listed]:
        """Callers' recordings from the day of `since` on, oldest first.

        Raises ListenerUnavailable.
        """
        with self._asking() as client:
            found = client.recordings.list(
                date_created_after=since, page_size=PAGE, limit=self._most
            )
        listed = [self._recording(each) for each in found if _left_by_a_caller(each)]
        return sorted(listed, key=lambda each: each.at)

    def call_form(self, listed: Listed) -> bytes:
        """The body of a recording's webhook, with the caller. Empty for an outbound call.

        The caller is missing if Twilio has deleted the call. Raises ListenerUnavailable.
        """
        call = None
        with suppress(_Gone), self._asking() as client:
            call = client.calls(listed.fields["CallSid"]).fetch()
        if call is None:
            return urlencode(listed.fields).encode()
        if call.direction != "inbound":
            return b""
        return urlencode({**listed.fields, "From": call._from or "", "To": call.to or ""}).encode()

    def _recording(self, recording: Any) -> Listed:
        seconds = int(recording.duration)
        fields = {
            "CallSid": recording.call_sid,
            "AccountSid": recording.account_sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self._api_url + recording.uri.removesuffix(".json"),
            "RecordingDuration": str(seconds),
        }
        at = recording.date_created + timedelta(seconds=seconds)
        return Listed(sid=recording.sid, at=at, fields=fields)

    def as_form(self, listed: Listed) -> bytes:
        """The body of a message's webhook, without the fields that only a webhook has.

        Deleted files are left out. Raises ListenerUnavailable.
        """
        fields = dict(listed.fields)
        if listed.files:
            files: list[Any] = []
            with suppress(_Gone), self._asking() as client:
                files = client.messages(listed.sid).media.list(limit=listed.files)
            fields["NumMedia"] = str(len(files))
            for number, each in enumerate(files):
                fields[f"MediaUrl{number}"] = self._api_url + each.uri.removesuffix(".json")
                fields[f"MediaContentType{number}"] = each.content_type
        return urlencode(fields).encode()

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        # Imported here because the library is large and only Twilio accounts need it.
        import requests
        from twilio.base.exceptions import TwilioException
        from twilio.rest import Client

        from intake.channels.twilio.rest import ApiClient, TooManyRequests

        http = ApiClient(self._api_url)
        try:
            yield Client(self._sid, self._token.read(), http_client=http)
        except TwilioException as error:
            status, words = _refusal(error)
            if status in (401, 403):
                raise LoginRefused(
                    f"twilio:{self._sid}: Twilio does not accept account_sid and auth_token"
                ) from error
            kind = _Gone if status == HTTPStatus.NOT_FOUND else ListenerUnavailable
            raise kind(f"twilio:{self._sid}: HTTP {status}: {words}") from error
        except (TooManyRequests, requests.RequestException) as error:
            words = " ".join(str(error).split())
            raise ListenerUnavailable(f"twilio:{self._sid}: {words}") from error
        finally:
            http.close()


def _left_by_a_caller(recording: Any) -> bool:
    """Whether it is a complete message of a caller: not empty, not a recorded conversation."""
    seconds = str(recording.duration or "0")
    said = seconds.isdecimal() and int(seconds) > 0
    return said and recording.source == "RecordVerb" and recording.status == "completed"


def _refusal(error: Any) -> tuple[int, str]:
    """HTTP status and message. For list pages the library gives them only in its response."""
    if hasattr(error, "status"):
        return error.status, error.msg
    answer = error.args[-1] if error.args else None
    return getattr(answer, "status_code", 0), " ".join(str(error).split())[:200]


def _listed(message: Any) -> Listed:
    fields = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_ or "",
        "To": message.to or "",
        "Body": message.body or "",
        "NumMedia": "0",
        "NumSegments": message.num_segments or "1",
        "SmsStatus": "received",
        "ApiVersion": message.api_version or "",
    }
    count = str(message.num_media or "0")
    return Listed(
        sid=message.sid,
        at=message.date_sent or message.date_created,
        fields=fields,
        files=int(count) if count.isdecimal() else 0,
    )
