"""What Twilio says later about a message of ours. Source: Twilio, *Outbound message status*."""

from dataclasses import dataclass

from intake.channels.twilio.payload import Payload


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusUpdate:
    """One step of a message's way; steps may come late, twice and out of their order."""

    sid: str
    status: str
    """`queued`, `sent`, `delivered`, `read`, `undelivered`, `failed`, …"""
    error_code: str = ""
    """Twilio's, `63016` for instance; empty where nothing is wrong."""


def status_update(form: Payload) -> StatusUpdate | None:
    """None where it names no message or no status."""
    status = form.get("MessageStatus") or form.get("SmsStatus")
    if not (form.sid and status):
        return None
    code = form.get("ErrorCode")
    return StatusUpdate(
        sid=form.sid,
        status=status.lower(),
        error_code="" if code == "0" else code,
    )
