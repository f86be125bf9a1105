"""Reads Twilio's status updates of sent messages. Source: Twilio, *Outbound message status*."""

from dataclasses import dataclass

from intake.channels.twilio.payload import Payload


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusUpdate:
    """One status of a sent message. Updates may come late, twice and out of order."""

    sid: str
    status: str
    """`queued`, `sent`, `delivered`, `read`, `undelivered`, `failed`, …"""
    error_code: str = ""
    """Twilio's error code, `63016` for instance; empty if there is no error."""


def status_update(form: Payload) -> StatusUpdate | None:
    """The update in `form`; None if it names no message or no status."""
    status = form.get("MessageStatus") or form.get("SmsStatus")
    if not (form.sid and status):
        return None
    code = form.get("ErrorCode")
    return StatusUpdate(
        sid=form.sid,
        status=status.lower(),
        error_code="" if code == "0" else code,
    )
