"""Interprets an SMTP server's refusals: are they about the message or about us?

Only a refusal of the message or its recipient is final. One that concerns us (our login, address,
rate or session) passes or can be repaired. Such mails are tried again later, whatever the server's
code says. Codes: RFC 5321 4.2.3, RFC 4954 6, RFC 3463.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from intake.ports.sender import Delivery, Outcome


class Phase(StrEnum):
    """How far an attempt got. Up to DATA the mail was not transferred."""

    CONNECT = "connect"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    CONTENT = "content"


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A server's reply with an error code."""

    phase: Phase
    code: int
    text: str

    @property
    def status(self) -> str:
        """The enhanced status code (RFC 3463), for instance `5.1.1`, or the empty string."""
        match = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", self.text)
        return match[1] if match else ""


_SESSION_CODES = frozenset({421, 503})
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_OUR_STATUS = frozenset({"5.1.7", "5.1.8", "5.7.8", "5.7.9", "5.7.11", "5.7.60"})
_THEIR_STATUS = frozenset(
    {"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1", "5.2.2", "5.2.3", "5.4.1"}
)
_TOO_LARGE = frozenset({"5.3.4", "5.2.3"})
_SESSION_WORDS = re.compile(
    r"too many (?:messages?|mails?|recipients|transactions|errors|commands|connections)"
    r"|(?:per|in this|for this) (?:session|connection)",
    re.IGNORECASE,
)
_OUR_WORDS = re.compile(
    r"sender address rejected|sender verify failed|not owned by (?:auth )?user|send ?as ?denied"
    r"|relay(?:ing)? (?:access )?denied|relay(?:ing)? not (?:permitted|allowed)|unable to relay"
    r"|authentication (?:is )?required|not authenticated|must issue a starttls|client host rejected"
    r"|helo command rejected|too many (?!hops)|rate limit|rate exceeded|submissionquota"
    r"|(?:daily|hourly|sending|submission).{0,20}(?:quota|limit)"
    r"|block ?list|black ?list|spamhaus|listed (?:at|by) \S+\.\w",
    re.IGNORECASE,
)


def asks_for_new_session(refusal: Refusal) -> bool:
    """True if the server may accept the same mail at once over a new connection.

    For instance after `452 4.5.3 Too many messages sent`, or 421 at any time.
    """
    if refusal.phase in (Phase.CONNECT, Phase.LOGIN, Phase.CONTENT):
        return False
    return refusal.code in _SESSION_CODES or (
        refusal.code >= 400 and bool(_SESSION_WORDS.search(refusal.text))
    )


def ends_session(refusal: Refusal) -> bool:
    """True if the connection cannot be used any more: it is out of step or being closed."""
    return not 400 <= refusal.code < 600 or refusal.code in _SESSION_CODES | _LOGIN_CODES


def judge(refusal: Refusal) -> Delivery:
    """A Delivery with outcome LATER or REFUSED and the server's own words."""
    words = " ".join(refusal.text.split())[:500]
    detail = f"{refusal.phase}: {refusal.code} {words}".rstrip()
    outcome = Outcome.REFUSED if _is_final(refusal) else Outcome.LATER
    return Delivery(outcome=outcome, detail=detail)


def _is_final(refusal: Refusal) -> bool:
    if not 500 <= refusal.code < 600:
        return False
    if refusal.phase is Phase.MAIL:
        # MAIL is refused for our address and our rights. Only the size concerns the message.
        return refusal.status in _TOO_LARGE or (refusal.code == 552 and not _is_about_us(refusal))
    return refusal.phase in (Phase.RCPT, Phase.DATA, Phase.CONTENT) and not _is_about_us(refusal)


def _is_about_us(refusal: Refusal) -> bool:
    if refusal.code in _SESSION_CODES | _LOGIN_CODES or refusal.status in _OUR_STATUS:
        return True
    return refusal.status not in _THEIR_STATUS and bool(_OUR_WORDS.search(refusal.text))
