"""Reads clients' tags: the categories of Odoo's contacts and their companies."""

from collections.abc import Collection, Mapping

import structlog

from intake.desk.odoo.partners import MODEL, ClientMatch, Requester
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions

log = structlog.get_logger()

CATEGORIES = "res.partner.category"


async def tags_of_clients(
    sessions: OdooSessions, matches: Mapping[Requester, ClientMatch]
) -> Mapping[str, frozenset[str]]:
    """Address or number → names in `category_id` of the person and the company.

    Unidentified senders have no tags. At most two calls. If the rights are missing, the result is
    empty. Raises OdooAway and other DeskUnavailable errors.
    """
    try:
        return await _tags(sessions, matches)
    except OdooRefused as error:
        log.warning("odoo.client_tags_unknown", reason=error.words[:200])
        return {}


async def _tags(
    sessions: OdooSessions, matches: Mapping[Requester, ClientMatch]
) -> Mapping[str, frozenset[str]]:
    asked = {each: match for each, match in matches.items() if each.trusted}
    partners = {partner for match in asked.values() for partner in _partners(match)}
    filed = await _filed(sessions, partners)
    names = await _names(sessions, {each for ids in filed.values() for each in ids})
    return {
        each.address.lower() or each.phone: frozenset(
            names[category]
            for partner in _partners(match)
            for category in filed.get(partner, ())
            if category in names
        )
        for each, match in asked.items()
        if each.address or each.phone
    }


def _partners(match: ClientMatch) -> set[int]:
    return {each for each in (match.partner_id, match.company_id) if each is not None}


async def _filed(sessions: OdooSessions, partners: Collection[int]) -> Mapping[int, list[int]]:
    if not partners:
        return {}
    rows = await sessions.call(
        MODEL, "search_read", [("id", "in", sorted(partners))], ["category_id"]
    )
    return {row["id"]: row["category_id"] for row in rows}


async def _names(sessions: OdooSessions, categories: Collection[int]) -> Mapping[int, str]:
    if not categories:
        return {}
    rows = await sessions.call(
        CATEGORIES, "search_read", [("id", "in", sorted(categories))], ["name"]
    )
    return {row["id"]: row["name"] for row in rows}
