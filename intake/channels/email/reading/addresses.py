"""Who a mail is from and to, and when it says it was sent: mail-parser's readings."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from intake.content import charset, encoded_words
from routing.message import Address

_LONGEST_FIELD = 16_384
"""Characters of an address field that are looked at: some 300 addresses."""

_MOST_RECIPIENTS = 200
_IN_ANGLES = re.compile(r"<([^<>\s@,;:\"()]{1,64}@[^<>\s@,;:\"()]{1,255})>")
_READ = frozenset(("from", "sender", "reply-to", "to", "cc", "date"))
_MARK = f"word-{secrets.token_hex(8)}-"
"""Stands for encoded words. Random, so that no mail can write one itself."""

_MARKED = re.compile(f"{_MARK}([0-9]+)x")


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """What the address and date fields say. A field that repeats counts once, the first time."""

    senders: tuple[Address, ...] = ()
    sender: Address | None = None
    """Of the field Sender: who sent it, where From names several (RFC 5322, 3.6.2)."""
    sender_name: str = ""
    """The words of a From that has no address."""
    reply_to: tuple[Address, ...] = ()
    recipients: tuple[Address, ...] = ()
    sent_at: datetime | None = None
    """In UTC; None where the field is missing or impossible."""


def read(fields: Sequence[tuple[str, str]]) -> Envelope:
    """From unfolded fields, names in lower case, encoded words not yet decoded.

    Only these fields go to mail-parser: given the whole mail it would also take apart every
    Received line, which costs more than all the rest.
    """
    first: dict[str, str] = {}
    for name, value in fields:
        if name in _READ and name not in first:
            first[name] = value[:_LONGEST_FIELD]
    senders = _addresses(first.get("from", "")) or _recovered(first.get("from", ""))
    to, cc = _addresses(first.get("to", "")), _addresses(first.get("cc", ""))
    return Envelope(
        senders=senders,
        sender=next(iter(_addresses(first.get("sender", ""))), None),
        sender_name="" if senders else _words(first.get("from", "")),
        reply_to=_addresses(first.get("reply-to", "")),
        recipients=tuple(dict.fromkeys((*to, *cc)))[:_MOST_RECIPIENTS],
        sent_at=parse_mail_date(first.get("date")).value,
    )


def _addresses(value: str) -> tuple[Address, ...]:
    """Encoded words are taken out before mail-parser sees the field: some programs leave commas
    in them, and it fails on broken ones."""
    words: list[str] = []

    def mark(match: re.Match[str]) -> str:
        words.append(match[0])
        return f"{_MARK}{len(words) - 1}x"

    def words_back(text: str) -> str:
        return _MARKED.sub(lambda match: words[int(match[1])], text)

    pairs = get_addresses(encoded_words.RUN.sub(mark, value) if "=?" in value else value)
    return tuple(
        Address(address=address, name=encoded_words.decode(words_back(name)))
        for name, given in pairs
        if (address := charset.one_line(words_back(given)).lower()) and len(address) <= 320
    )


def _recovered(value: str) -> tuple[Address, ...]:
    """The sender of a field that mail-parser rightly calls ambiguous, where there is but one
    address in angle brackets: a name with a comma or colon outside quotation marks, mostly.

    mail-parser leaves it out because a display name can be made to deceive. Here nothing rests on
    it: the verdict on the sender's domain is another thing (`authentication`).
    """
    found = set(_IN_ANGLES.findall(value))
    if len(found) != 1:
        return ()
    address = found.pop()
    name = value.partition(f"<{address}>")[0]
    return (Address(address=charset.one_line(address).lower(), name=_words(name)),)


def _words(value: str) -> str:
    return encoded_words.decode(value).strip("<>\"' ")[:200]
