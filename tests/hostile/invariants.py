"""What holds for every Message, whatever the mail was."""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum

from intake.content import file_names
from intake.content.headers import LONGEST_IDENTIFIER
from intake.settings.mail import Mail
from routing.message import Address, Attachment, DeliveryReport, Message

FORBIDDEN_IN_NAMES = frozenset('/\\<>:"|?*\x00\n\r\t')
LONGEST_SUBJECT = 1_000
COVERING = 5_000
"""Characters that come on top of `max_text`: a covering note, an invitation in words."""


def check(message: Message, limits: Mail) -> None:
    """All of the below; raises AssertionError."""
    check_storable(message)
    check_budgets(message, limits)
    for identifier in (message.message_id, *message.in_reply_to, *message.references):
        assert len(identifier.encode()) <= LONGEST_IDENTIFIER
        assert identifier == "" or (identifier[0], identifier[-1]) == ("<", ">")
        assert not any(character.isspace() for character in identifier)


def check_storable(message: Message) -> None:
    """PostgreSQL takes every text: UTF-8, no NUL; headers and names are one line each."""
    for text in _texts(message):
        text.encode("utf-8")  # raises on lone surrogates
        assert "\x00" not in text
    for name, value in message.headers:
        assert name == name.lower()
        assert len(value.splitlines()) <= 1
    for address in (message.sender, message.reply_to, *message.recipients):
        if address is not None:
            assert "@" in address.address
            assert len(address.address) <= 320
            outside_quotes = address.address.split('"')[::2]
            assert not any(character.isspace() for character in "".join(outside_quotes))
            assert len(address.name.splitlines()) <= 1
    if message.sent_at is not None:
        assert message.sent_at.tzinfo is not None


def check_budgets(message: Message, limits: Mail) -> None:
    """Nothing is larger than the settings allow."""
    most = limits.max_text + COVERING
    assert len(message.text) <= most
    assert len(message.quoted) <= most
    assert len(message.signature) <= most
    assert len(message.subject) <= LONGEST_SUBJECT
    assert len(message.attachments) <= limits.max_attachments
    assert all(file.size <= limits.max_attachment for file in message.attachments)
    assert sum(file.size for file in message.attachments) <= limits.max_attachments_total
    taken = [file.name.casefold() for file in message.attachments]
    assert len(set(taken)) == len(taken)
    for file in message.attachments:
        check_name(file.name)


def check_name(name: str) -> None:
    """Safe to write in a folder of any system."""
    assert 0 < len(name) <= file_names.LONGEST
    assert not FORBIDDEN_IN_NAMES & set(name)
    assert name == name.strip(" .")
    assert name.isprintable() or "\u00a0" in name or " " in name
    assert file_names.safe(name) == name


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(tuple(value.items()))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, Message | Address | Attachment | DeliveryReport):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name))
    else:
        assert value is None or isinstance(value, bytes | bool | int | datetime | Enum), value
