"""Who a mail is from and to, and when it says it was sent: mail-parser's readings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Head

from mailparser import MailParser

from intake.mail import charset, encoded_words
from routing.message import Address

_LONGEST_FIELD = 16_384
"""Characters of an address field that are looked at: some 300 addresses."""

_MOST_RECIPIENTS = 200
_IN_ANGLES = re.compile(r"<([^<>\s@,;:\"()]{1,64}@[^<>\s@,;:\"()]{1,255})>")
_READ = frozenset(("from", "sender", "reply-to", "to", "cc", "date"))
_ADDRESS_FIELDS = ("from", "sender", "reply-to", "to", "cc")


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
    has_date: bool = False


def read(fields: Sequence[tuple[str, str]]) -> Envelope:
    """From unfolded fields, names in lower case, encoded words not yet decoded.

    mail-parser sees only these fields: it would also take apart every Received line, which costs
    more than all the rest. `Sender` goes to it under a name that it reads as addresses.
    """
    head = Head()
    seen: set[str] = set()
    first: dict[str, str] = {}
    for name, value in fields:
        if name in _READ and name not in seen:
            seen.add(name)
            first[name] = value[:_LONGEST_FIELD]
            head["Delivered-To" if name == "sender" else name] = first[name]
    parsed = MailParser(head)
    lists = {
        "from": parsed.from_,
        "sender": parsed.delivered_to,
        "reply-to": parsed.reply_to,
        "to": parsed.to,
        "cc": parsed.cc,
    }
    found = {name: _addresses(lists[name] or ()) for name in _ADDRESS_FIELDS}
    senders = found["from"] or _recovered(first.get("from", ""))
    recipients = dict.fromkeys((*found["to"], *found["cc"]))
    return Envelope(
        senders=senders,
        sender=next(iter(found["sender"]), None),
        sender_name="" if senders else _words(first.get("from", "")),
        reply_to=found["reply-to"],
        recipients=tuple(recipients)[:_MOST_RECIPIENTS],
        sent_at=parsed.date,
        has_date="date" in first,
    )


def _addresses(pairs: Iterable[tuple[str, str]]) -> tuple[Address, ...]:
    return tuple(
        Address(address=address, name=encoded_words.decode(name))
        for name, given in pairs
        if (address := charset.one_line(given).lower()) and len(address) <= 320
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
