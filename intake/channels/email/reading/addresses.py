"""Reads a mail's sender, recipients and date with mail-parser."""

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
"""Maximum characters that are read of an address field: some 300 addresses."""

_MOST_RECIPIENTS = 200
_IN_ANGLES = re.compile(r"<([^<>\s@,;:\"()]{1,64}@[^<>\s@,;:\"()]{1,255})>")
_READ = frozenset(("from", "sender", "reply-to", "to", "cc", "date"))
_MARK = f"word-{secrets.token_hex(8)}-"
"""Placeholder for an encoded word. Random, so that no mail can contain one itself."""

_MARKED = re.compile(f"{_MARK}([0-9]+)x")


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """Contents of the address and date fields. Of a repeated field only the first counts."""

    senders: tuple[Address, ...] = ()
    sender: Address | None = None
    """The Sender field: who sent the mail, if From names several people (RFC 5322, 3.6.2)."""
    sender_name: str = ""
    """The text of a From that has no address."""
    reply_to: tuple[Address, ...] = ()
    recipients: tuple[Address, ...] = ()
    sent_at: datetime | None = None
    """In UTC; None if the field is missing or invalid."""


def read(fields: Sequence[tuple[str, str]]) -> Envelope:
    """Read an Envelope from unfolded fields, names in lower case, encoded words not yet decoded.

    Only the address and date fields go to mail-parser. Given the whole mail, it would also parse
    every Received line, which takes longer than all the rest.
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
    """The addresses in a field.

    Encoded words are replaced before mail-parser reads the field, because some programs leave
    commas in them, and it fails on broken ones.
    """
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
    """The sender of an ambiguous field, if it has exactly one address in angle brackets.

    Usually a name has a comma or colon outside quotation marks. mail-parser drops such addresses,
    because a display name can be made to deceive. That is harmless here: the sender's domain is
    verified separately (`authentication`).
    """
    found = set(_IN_ANGLES.findall(value))
    if len(found) != 1:
        return ()
    address = found.pop()
    name = value.partition(f"<{address}>")[0]
    return (Address(address=charset.one_line(address).lower(), name=_words(name)),)


def _words(value: str) -> str:
    return encoded_words.decode(value).strip("<>\"' ")[:200]
