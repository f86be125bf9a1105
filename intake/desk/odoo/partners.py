"""Finds the client among Odoo's contacts: who wrote a message."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from intake.desk.odoo.layout import external
from intake.desk.odoo.loading import load
from intake.desk.odoo.phones import same_number, search_pattern
from intake.desk.odoo.place import by_external_id
from intake.desk.odoo.sessions import OdooSessions

MODEL = "res.partner"
FIELDS = ["name", "email", "phone", "is_company", "commercial_partner_id"]

UNPROVEN = (
    "O remetente não foi comprovado (DMARC falhou): não procuramos o cliente. "
    "Confirme com quem escreveu antes de definir o cliente."
)
NO_ADDRESS = "A mensagem não traz e-mail nem telefone: pergunte quem é o cliente."
NONE_FOUND = "Nenhum contato do Odoo tem {what}: pergunte quem é o cliente e cadastre o contato."
SEVERAL = (
    "Vários contatos do Odoo têm {what} ({names}): pergunte de qual cliente se trata e escolha-o."
)
CREATED = "O contato foi criado a partir da mensagem: confira-o e complete a empresa."
NOT_CREATED = "O contato não pôde ser criado, e o Odoo disse: {words}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Requester:
    """The sender, as the message names them."""

    address: str = field(repr=False)
    phone: str = field(default="", repr=False)
    """In E.164, or empty."""
    name: str = field(default="", repr=False)
    trusted: bool = True
    """False if the message failed DMARC: anybody may have written it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientMatch:
    """The requester's contact in Odoo, or a note that says why there is none."""

    partner_id: int | None = None
    company_id: int | None = None
    """The contact's company, or the contact itself if it is a company."""
    note_pt: str = ""
    """An internal note, if somebody must ask or check something."""


async def find_clients(
    sessions: OdooSessions, requesters: Collection[Requester], *, create: bool = False
) -> Mapping[Requester, ClientMatch]:
    """Match a whole batch in one or two calls.

    With `create`, a contact is created for a trusted requester who is not found, if the rights
    allow it; the note says whether it was. Raises OdooAway and other DeskUnavailable errors, and
    OdooRefused if contacts may not be read.
    """
    asked = list(dict.fromkeys(each for each in requesters if each.trusted))
    found = _by_address(asked, await _read(sessions, _addresses(asked)))
    rest = [each for each in asked if not found[each]]
    found |= _loosely(rest, await _read(sessions, _loose_conditions(rest)))
    matches = {each: _match(each, found.get(each, [])) for each in requesters}
    if create:
        for each in asked:
            if not found[each] and each.address:
                matches[each] = await _create(sessions, each)
    return matches


def _addresses(requesters: Iterable[Requester]) -> list[tuple[str, str, object]]:
    wanted = sorted({each.address.lower() for each in requesters if each.address})
    return [("email_normalized", "in", wanted)] if wanted else []


def _loose_conditions(requesters: Iterable[Requester]) -> list[tuple[str, str, object]]:
    """Search by telephone, and by an address that is not the first in a contact's field."""
    patterns = {search_pattern(each.phone) for each in requesters if each.phone}
    addresses = {each.address.lower() for each in requesters if each.address}
    return [
        *(("phone", "=ilike", pattern) for pattern in sorted(filter(None, patterns))),
        *(("email", "ilike", address) for address in sorted(addresses)),
    ]


async def _read(
    sessions: OdooSessions, conditions: Sequence[tuple[str, str, object]]
) -> list[dict[str, Any]]:
    if not conditions:
        return []
    domain = ["|"] * (len(conditions) - 1) + list(conditions)
    rows: list[dict[str, Any]] = await sessions.call(
        MODEL, "search_read", domain, FIELDS, order="id"
    )
    return rows


def _by_address(
    requesters: Iterable[Requester], rows: Sequence[dict[str, Any]]
) -> dict[Requester, list[dict[str, Any]]]:
    found = {}
    for each in requesters:
        same = [row for row in rows if each.address and _has_address(row, each.address)]
        # Several contacts may share an address, such as a clinic's: the telephone may tell them
        # apart.
        both = [row for row in same if each.phone and same_number(row["phone"] or "", each.phone)]
        found[each] = both if len(both) == 1 else same
    return found


def _loosely(
    requesters: Iterable[Requester], rows: Sequence[dict[str, Any]]
) -> dict[Requester, list[dict[str, Any]]]:
    found = {}
    for each in requesters:
        same = [row for row in rows if each.address and _has_address(row, each.address)]
        if not same and each.phone:
            same = [row for row in rows if same_number(row["phone"] or "", each.phone)]
        found[each] = same
    return found


def _has_address(row: Mapping[str, Any], address: str) -> bool:
    return address.lower() in _words(row["email"] or "")


def addresses_of(written: str) -> frozenset[str]:
    """The addresses in a contact's field, in lower case. People write several into one field."""
    return frozenset(word for word in _words(written) if "@" in word)


def _words(written: str) -> list[str]:
    written = written.lower()
    for sign in "<>;,":
        written = written.replace(sign, " ")
    return written.split()


def _match(requester: Requester, rows: Sequence[dict[str, Any]]) -> ClientMatch:
    if not requester.trusted:
        return ClientMatch(note_pt=UNPROVEN)
    if len(rows) == 1:
        return ClientMatch(partner_id=int(rows[0]["id"]), company_id=_company(rows[0]))
    what = _what(requester)
    if not what:
        return ClientMatch(note_pt=NO_ADDRESS)
    if not rows:
        return ClientMatch(note_pt=NONE_FOUND.format(what=what))
    names = ", ".join(row["name"] or f"nº {row['id']}" for row in rows[:5])
    names += ", …" if len(rows) > 5 else ""
    return ClientMatch(note_pt=SEVERAL.format(what=what, names=names))


def _company(row: Mapping[str, Any]) -> int | None:
    commercial = int(row["commercial_partner_id"][0]) if row["commercial_partner_id"] else None
    return commercial if row["is_company"] or commercial != row["id"] else None


def _what(requester: Requester) -> str:
    parts = (
        f"o e-mail {requester.address}" if requester.address else "",
        f"o telefone {requester.phone}" if requester.phone else "",
    )
    return " ou ".join(filter(None, parts))


async def _create(sessions: OdooSessions, requester: Requester) -> ClientMatch:
    address = requester.address.lower()
    external_id = external(f"contact_{hashlib.sha256(address.encode()).hexdigest()[:24]}")
    before = await by_external_id(sessions, external_id, MODEL, archived=True)
    if before is not None:
        return await _made_before(sessions, requester, before)
    values = {"name": requester.name or address, "email": address, "phone": requester.phone}
    loaded = await load(sessions, MODEL, {external_id: values})
    if external_id in loaded.refused:
        words = NOT_CREATED.format(words=loaded.refused[external_id])
        return ClientMatch(note_pt=f"{NONE_FOUND.format(what=_what(requester))} {words}")
    return ClientMatch(partner_id=loaded.ids[external_id], note_pt=CREATED)


async def _made_before(sessions: OdooSessions, requester: Requester, contact: int) -> ClientMatch:
    """Match a contact that we created: people may have changed its address or archived it since."""
    rows = await _read(sessions, [("id", "=", contact)])
    return _match(requester, [row for row in rows if _has_address(row, requester.address)])
