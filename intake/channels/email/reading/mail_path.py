"""The path of a mail, by mail-parser. Not for the hot path: only where somebody asks for it.

mail-parser gets no mail as it came. It takes every Received field apart sign by sign, and decodes
all headers and bodies; some broken ones make it raise. It gets two small mails that are made of
this one: the newest Received fields alone, and the skeleton of the structure without bodies.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from email.message import Message as MimePart
from ipaddress import IPv6Network, ip_address
from typing import Any

import mailparser

from intake.channels.email.reading import structure
from intake.content import charset, headers
from intake.ports.mail_path import Defect, Hop, MailPath, MailServer

# Its errors quote the header that it could not decode.
logging.getLogger("mailparser").setLevel(logging.CRITICAL)

_MOST_HOPS = 50
"""Of Received fields that are read, the newest; honest mail has at most some twenty."""

_LONGEST_HOP = 2_000
_LONGEST_DATE = 100
_LAST_YEAR = 9_998
"""Of dates: a later one cannot be shown in every time zone."""

_MOST_PARTS = 100
_MOST_DEPTH = 20
_LARGEST_STRUCTURE = 131_072
"""Bytes of the skeleton that mail-parser gets."""

_OF_STRUCTURE = frozenset(
    b"mime-version content-type content-transfer-encoding content-disposition content-id".split()
)
_EXAMINED = _OF_STRUCTURE | frozenset(
    b"from reply-to to cc bcc delivered-to date resent-date".split()
)
"""Fields of the header in which mail-parser looks for defects, beside Received."""

_LONGEST_EXAMINED = 4_096
_COPIES = 2
_MOST_DEFECTS = 50
_LONGEST_DETAIL = 200
_OF_THE_BODY = "CharsetDecodeDefect"
"""Is never told: the bodies are taken out."""

_CUT_OFF = frozenset({"CloseBoundaryNotFoundDefect", "StartBoundaryNotFoundDefect"})
"""Defects that a structure has, too, whose end we took away ourselves."""

_EVERY_HOP = "from"
"""Given as the trusted string: mail-parser then passes over private addresses from the newest hop
on, and ends at the first public address, or at a hop that names none."""

_INSIDE_MICROSOFT_365 = IPv6Network("2603:1000::/24")
"""Public addresses by which servers of Exchange Online talk among themselves."""

_MOST_INSIDE = 6
"""Hops of that kind that are passed over."""

_QMAIL_NOTE = re.compile(r"\(qmail [0-9]+ invoked from network\)")
"""Begins a field that qmail adds to the one that says from where."""

_VERIFIED = re.compile(r"\(([A-Za-z0-9_][A-Za-z0-9_.-]{0,253}) ?\[")
_HELO = re.compile(r"\be?helo[ =]+([^\s()]+)", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:[\[(]|IPv6:)([0-9A-Fa-f.:]{2,45})(?=[\])\s])")


def read_path(raw: bytes, *, complete: bool = True) -> MailPath:
    """Never raises for any bytes, and costs less than half a second whatever they are.

    `complete` is False where `raw` is only a mail's beginning.
    """
    raw = headers.trimmed(raw)
    received = [value for name, value in headers.scan(raw) if name == "received"]
    fields = [value[:_LONGEST_HOP] for value in received[:_MOST_HOPS]]
    hops, origin, about_hops = _route(fields)
    about_structure, cut = _structure_defects(raw, complete=complete)
    found = tuple(dict.fromkeys((*about_hops, *about_structure)))
    return MailPath(
        hops=hops,
        left_out=len(received) - len(fields),
        origin=origin,
        defects=found[:_MOST_DEFECTS],
        cut=cut or len(found) > _MOST_DEFECTS,
    )


def _route(fields: Sequence[str]) -> tuple[tuple[Hop, ...], MailServer | None, list[Defect]]:
    """From Received fields, the newest first."""
    message = _mail_of(fields)
    try:
        parser = mailparser.MailParser(message)
        read = parser.received
        defects = [
            *_of_hops("ReceivedHeaderDefect", parser.received_header_defects, len(fields)),
            *_of_hops("DateHeaderDefect", parser.date_header_defects, len(fields)),
        ]
        hops = _with_delays([_hop(*pair) for pair in zip(reversed(fields), read, strict=True)])
        origin = _origin(parser, message, hops)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - what breaks the library is shown as it is
        return (
            tuple(Hop(raw=field) for field in reversed(fields)),
            None,
            [_unreadable("received", error)],
        )
    return tuple(hops), origin, defects


def _of_hops(category: str, defects: Sequence[dict[str, Any]], count: int) -> Iterator[Defect]:
    """mail-parser counts from the newest one and from 0; we count as the hops stand there."""
    for each in defects:
        where = f"received {count - each['occurrence']}"
        yield Defect(category=category, where=where, detail=_short(each["reason"]))


def _mail_of(fields: Sequence[str]) -> "MimePart[str, str]":
    message: MimePart[str, str] = MimePart()
    for field in fields:
        message["Received"] = field
    message.set_payload("")
    return message


def _hop(raw: str, read: dict[str, Any]) -> Hop:
    at = datetime.fromisoformat(read["date_utc"]) if read.get("date_utc") else None
    sender = str(read.get("from", ""))
    return Hop(
        raw=raw,
        by=str(read.get("by", "")),
        sender=sender,
        server=_server(sender),
        protocol=str(read.get("with", "")),
        at=at if at and at.year <= _LAST_YEAR else None,
        date=str(read.get("date", ""))[:_LONGEST_DATE],
    )


def _with_delays(hops: Sequence[Hop]) -> list[Hop]:
    """Not mail-parser's: it gives 0 where a date is missing, which reads like no delay."""
    timed: list[Hop] = []
    last: datetime | None = None
    for hop in hops:
        if hop.at is not None and last is not None:
            hop = replace(hop, delay=(hop.at - last).total_seconds())
        last = hop.at or last
        timed.append(hop)
    return timed


def _origin(
    parser: mailparser.MailParser,
    message: "MimePart[str, str]",
    hops: Sequence[Hop],
) -> MailServer | None:
    """The first server that is not ours, from the newest hop on; where no public address stands
    there, whoever the newest hop names; None where that came from a program on its own server."""
    rest = [hop for hop in hops[::-1] if not _QMAIL_NOTE.match(hop.raw)]
    for _ in range(_MOST_INSIDE):
        _replace_fields(message, rest)
        address = parser.get_server_ipaddress(_EVERY_HOP)
        at = _hop_of(rest, address) if address else None
        if address is None or at is None:
            break
        if not _is_inside(address) or at + 1 == len(rest):
            return replace(rest[at].server, address=address)
        rest = rest[at + 1 :]
    newest = next((hop for hop in rest if _EVERY_HOP in hop.raw), None)
    return newest.server if newest and newest.sender else None


def _replace_fields(message: "MimePart[str, str]", hops: Sequence[Hop]) -> None:
    """mail-parser's search looks at the mail again, each time."""
    del message["Received"]
    for hop in hops:
        message["Received"] = hop.raw


def _hop_of(hops: Sequence[Hop], address: str) -> int | None:
    return next((index for index, hop in enumerate(hops) if address in hop.sender), None)


def _is_inside(address: str) -> bool:
    return ip_address(address) in _INSIDE_MICROSOFT_365


def _server(clause: str) -> MailServer:
    """From a clause `from`.

    Postfix, sendmail, Gmail: `helo (name [address])`; Exchange: `helo (address)`; Exim: `name
    ([address] helo=helo)`; qmail: `name (HELO helo) (address)`.
    """
    first, _, rest = clause.partition(" ")
    literal = first if first.startswith("[") else ""
    introduced = _HELO.search(rest)
    if introduced:
        name, claimed = ("" if literal else first), introduced[1].rstrip(",;")
        rest = rest[: introduced.start()] + rest[introduced.end() :]
    else:
        verified = _VERIFIED.search(rest)
        name, claimed = (verified[1] if verified else ""), first
    found = [each for each in _ADDRESS.findall(f"{rest} ") if _is_address(each)]
    if not found and introduced and literal:
        found = [each for each in _ADDRESS.findall(f"{literal} ") if _is_address(each)]
    name = name.rstrip(".")
    return MailServer(
        name="" if name.lower() == "unknown" else name,
        claimed=claimed,
        address=found[-1] if found else "",
    )


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _structure_defects(raw: bytes, *, complete: bool) -> tuple[list[Defect], bool]:
    """What mail-parser finds in the structure, and whether there may be more of it."""
    skeleton = structure.skeleton(raw, max_parts=_MOST_PARTS, max_depth=_MOST_DEPTH)
    data = skeleton.without_bodies()
    unreadable: list[Defect] = []
    # A broken word in an address must not hide what is wrong with the parts.
    for where, names in (("header", _EXAMINED), ("structure", _OF_STRUCTURE)):
        small = _with_fields(data, names)
        cut = len(small) > _LARGEST_STRUCTURE or not complete or skeleton.is_cut
        try:
            defects = mailparser.parse_from_bytes(small[:_LARGEST_STRUCTURE]).defects
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - what breaks the library is itself a defect
            unreadable.append(_unreadable(where, error))
            continue
        told = [
            each
            for each in _told(defects)
            if each.category != _OF_THE_BODY and not (cut and each.category in _CUT_OFF)
        ]
        return [*unreadable, *told], cut or bool(unreadable)
    return unreadable, True


def _with_fields(data: bytes, names: frozenset[bytes]) -> bytes:
    """With a header of these fields alone."""
    block = headers.block(data, 0)
    kept: list[bytes] = []
    seen: dict[bytes, int] = {}
    for whole in structure.fields(block.data):
        name = whole.partition(b":")[0].rstrip(b" \t").lower()
        seen[name] = seen.get(name, 0) + 1
        if name in names and seen[name] <= _COPIES and len(whole) <= _LONGEST_EXAMINED:
            kept.append(whole)
    return b"".join(kept) + data[block.end :]


def _told(defects: Sequence[dict[str, list[str]]]) -> Iterator[Defect]:
    for each in defects:
        for where, texts in each.items():
            for text in texts:
                category, _, detail = text.partition(": ")
                yield Defect(category=category, where=_short(where), detail=_short(detail))


def _unreadable(where: str, error: Exception) -> Defect:
    return Defect(category="Unreadable", where=where, detail=type(error).__name__)


def _short(text: str) -> str:
    return charset.one_line(text)[:_LONGEST_DETAIL]
