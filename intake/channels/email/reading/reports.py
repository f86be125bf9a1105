"""Reads delivery reports: which of our messages failed, for whom and why (RFC 3464)."""

import re
from collections.abc import Sequence

from intake.content import headers
from routing.message import DeliveryReport

_MOST_RECIPIENTS = 50
_LONGEST = 65_536
_BLANK_LINES = re.compile(rb"\n[ \t]*\r?\n")
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_ACTIONS = frozenset(("failed", "delayed", "delivered", "relayed", "expanded"))
_COPIED_MESSAGE_ID = re.compile(r"^[>\s]{0,4}message-id:\s*(<[^<>\s]{1,990}>)", re.I | re.M)


def from_status(status: bytes, returned: bytes) -> DeliveryReport:
    """Read a message/delivery-status part and the returned message, which may be incomplete."""
    recipients: list[str] = []
    action = code = ""
    for block in _BLANK_LINES.split(status[:_LONGEST].replace(b"\r\n", b"\n").strip()):
        fields = dict(headers.scan(block + b"\n\n"))
        recipient = fields.get("original-recipient") or fields.get("final-recipient", "")
        if recipient:
            recipients.append(recipient.rpartition(";")[2].strip(" <>").lower())
        action = action or _known_action(fields.get("action", ""))
        match = _STATUS.search(fields.get("status", ""))
        code = code or (match[0] if match else "")
    return DeliveryReport(
        original_message_id=_message_id(returned),
        recipients=_distinct(recipients),
        status=code,
        action=action,
    )


def from_text(text: str, failed_recipients: str) -> DeliveryReport:
    """Read a bounce without a machine-readable part, as Exim and qmail write them."""
    match = _COPIED_MESSAGE_ID.search(text[:_LONGEST])
    status = _STATUS.search(text[:_LONGEST])
    recipients = [word.strip(" <>").lower() for word in failed_recipients[:_LONGEST].split(",")]
    return DeliveryReport(
        original_message_id=match[1] if match else "",
        recipients=_distinct(recipients),
        status=status[0] if status else "",
        action="failed" if failed_recipients else "",
    )


def _known_action(value: str) -> str:
    action = headers.keyword(value)
    return action if action in _ACTIONS else ""


def _message_id(returned: bytes) -> str:
    found = dict(reversed(list(headers.scan(returned[:_LONGEST])))).get("message-id", "")
    return next(iter(headers.identifiers(found)), "")


def _distinct(recipients: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for address in recipients if address))[:_MOST_RECIPIENTS]
