"""Converts a chat message to an `Arrival`, and the stored message to a `Message`."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from intake.content import html_text
from intake.content.requester import RequesterUnreadable, requester
from intake.ports.arrivals import Arrival
from intake.ports.chat import ROOM, Author, Contact, Written
from intake.ports.manual_request import CAME_BY as WORDS
from intake.ports.messages import StoredMessage
from intake.settings.mail import Mail
from routing.commands import words
from routing.commands.command import Command, Line, Talk, Wrong
from routing.commands.heeding import CAME_BY, wants_internal, wants_silence
from routing.commands.parameters import folded
from routing.commands.parse import read_line
from routing.message import Address, Message
from routing.vocabulary import Channel

MOST_NAMED = 5
"""Maximum contacts of the same name that a notice lists."""
LONGEST_HTML = 100_000
PERHAPS_A_COMMAND = re.compile(r"/\s?(?:ticket|chamado)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """The desk's contacts with the client name given in a command."""

    name: str
    found: tuple[Contact, ...] = field(default=(), repr=False)


def perhaps_a_command(html: str) -> bool:
    """Whether `html` may be a command. Cheap; never False for a command.

    Other messages that pass are recognised as ordinary talk later.
    """
    return PERHAPS_A_COMMAND.search(html) is not None


def client_named(html: str) -> str:
    """The client name to look up at the desk; empty if there is none or an address is given."""
    line = _read(html)
    name = line.said.get("client", "") if isinstance(line, Command) else ""
    return "" if _address(name) is not None else name


def arrival(
    written: Written, *, source: str, room: int, looked: Looked | None, now: datetime
) -> Arrival:
    """The Arrival of a chat message.

    Its key also contains the time, because a restored chat may assign a message id again.
    """
    at = min(written.at, now)
    body = {
        "html": written.html,
        "author": asdict(written.author),
        "message": written.id,
        "room": room,
        "client": None if looked is None else asdict(looked),
    }
    return Arrival(
        source=source,
        key=f"{source}:{room}:{written.id}:{int(written.at.timestamp())}",
        channel=Channel.CHAT,
        received_at=at,
        raw=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
    )


def read_chat(stored: StoredMessage, limits: Mail) -> Message:
    """Read a stored chat message into a `Message`."""
    body: dict[str, Any] = json.loads(stored.raw)
    author = Author(**body["author"])
    line = _line(body["html"], author)
    said: Mapping[str, str] = line.said if isinstance(line, Command) else {}
    client = _client(said.get("client", ""), body["client"])
    us = Address(address=author.address, name=author.name) if author.address else None
    internal = wants_internal(said.get("kind", ""))
    asks = us if internal or (client.ref and client.address is None) else client.address
    title, description = (line.title, line.description) if isinstance(line, Command) else ("", "")
    return Message(
        channel=Channel.CHAT,
        received_at=stored.received_at,
        sender=asks,
        # A ticket number in brackets would let the command join another requester's ticket.
        subject=_unbracketed(title) if description else "",
        text=(description or _unbracketed(title))[: limits.max_text],
        fields=_fields(said, client, us, asks),
        notices=(_written_by(author, said.get("came_by", "")), *client.notices)
        if isinstance(line, Command)
        else (),
        command=line,
        room=f"{ROOM}{body['room']}/{body['message']}",
    )


def _read(html: str) -> Line:
    return read_line(html_text.read(html[:LONGEST_HTML]))


def _line(html: str, author: Author) -> Line:
    line = _read(html)
    if author.is_member or isinstance(line, Talk):
        return line
    return Wrong(words=words.NOT_A_MEMBER)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Client:
    name: str = ""
    ref: str = ""
    address: Address | None = None
    notices: tuple[str, ...] = ()


def _client(said: str, looked: Mapping[str, Any] | None) -> _Client:
    """The client, by what the command says and by the desk's contacts of that name."""
    if not said:
        return _Client()
    named = _address(said)
    if named is not None:
        return _Client(address=named)
    found = [Contact(**each) for each in looked["found"]] if looked else []
    if len(found) != 1:
        return _Client(name=said, notices=words.client_unknown(said, _names(found)))
    [contact] = found
    reach = contact.address.lower() or _number(contact.phone)
    return _Client(
        name=contact.name,
        ref=contact.ref,
        address=Address(address=reach, name=contact.name) if reach else None,
    )


def _address(said: str) -> Address | None:
    """The Address in `Bia <bia@exemplo.com.br>`, `Bia / (11) 98765-4321` or an address alone.

    None if only a name is given.
    """
    if "@" not in said and sum(sign.isdigit() for sign in said) < 8:
        return None
    try:
        name, address = requester(said)
    except RequesterUnreadable:
        return None
    return Address(address=address, name=name) if address else None


def _number(written: str) -> str:
    found = _address(written) if written else None
    return found.address if found else ""


def _names(found: Sequence[Contact]) -> list[str]:
    return [each.name for each in found[:MOST_NAMED]]


def _fields(
    said: Mapping[str, str], client: _Client, us: Address | None, asks: Address | None
) -> dict[str, str]:
    """The command's explicit fields, under the names that `routing.stated` reads."""
    silent = wants_silence(said.get("acknowledge", ""))
    # Set for an internal request about a client of whom only the address is known.
    about = client.address if client.address is not None and asks is us else None
    fields = {
        "client": client.name or (about.name or about.address if about else ""),
        "client_ref": client.ref,
        "opened_by": us.address if us and asks is us else "",
        "acknowledge": "no" if silent else "",
    }
    return {key: value for key, value in fields.items() if value}


def _written_by(author: Author, came_by: str) -> str:
    who = f"{author.name} ({author.login})" if author.name else author.login
    way = WORDS.get(CAME_BY.get(folded(came_by), ""), "")
    return f"Chamado aberto no chat (/ticket) por {who}" + (
        f"; o pedido chegou {way}." if way else "."
    )


def _unbracketed(title: str) -> str:
    return title.replace("[", "(").replace("]", ")")
