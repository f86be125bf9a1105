"""The mail addresses of a ticket's client: the contact's own, and those of the same company."""

from collections.abc import Collection, Mapping
from typing import Any

import structlog

from intake.desk.odoo.partners import MODEL, addresses_of
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions

log = structlog.get_logger()

MOST = 2000
"""Most contacts that are read at once."""


async def contacts_of_tickets(
    sessions: OdooSessions, model: str, client_field: str | None, records: Collection[int]
) -> Mapping[int, frozenset[str]]:
    """Ticket id → every address that Odoo lists for its client's commercial entity, in lower case.

    A ticket without a client has no addresses. Three calls at most. If the contacts may not be
    read, the result is empty. Raises OdooAway and other DeskUnavailable errors.
    """
    if not client_field or not records:
        return {}
    try:
        return await _contacts(sessions, model, client_field, records)
    except OdooRefused as error:
        log.warning("odoo.client_contacts_unknown", reason=error.words[:200])
        return {}


async def _contacts(
    sessions: OdooSessions, model: str, client_field: str, records: Collection[int]
) -> Mapping[int, frozenset[str]]:
    tickets = await sessions.call(
        model,
        "search_read",
        [("id", "in", sorted(records))],
        [client_field],
        context={"active_test": False},
    )
    clients = {row["id"]: row[client_field][0] for row in tickets if row[client_field]}
    companies = await _companies(sessions, set(clients.values()))
    addresses = await _addresses(sessions, set(companies.values()))
    return {
        row["id"]: addresses.get(companies.get(clients.get(row["id"], 0), 0), frozenset())
        for row in tickets
    }


async def _companies(sessions: OdooSessions, partners: set[int]) -> dict[int, int]:
    """Contact → its commercial entity in Odoo: the contact's company, or the contact itself without
    one."""
    if not partners:
        return {}
    rows = await sessions.call(
        MODEL,
        "search_read",
        [("id", "in", sorted(partners))],
        ["commercial_partner_id"],
        context={"active_test": False},
    )
    return {row["id"]: row["commercial_partner_id"][0] for row in rows}


async def _addresses(sessions: OdooSessions, companies: set[int]) -> dict[int, frozenset[str]]:
    if not companies:
        return {}
    rows: list[dict[str, Any]] = await sessions.call(
        MODEL,
        "search_read",
        [("commercial_partner_id", "in", sorted(companies)), ("email", "!=", False)],
        ["email", "commercial_partner_id"],
        order="id",
        limit=MOST,
    )
    found: dict[int, frozenset[str]] = {}
    for row in rows:
        company = row["commercial_partner_id"][0]
        found[company] = found.get(company, frozenset()) | addresses_of(row["email"])
    return found
