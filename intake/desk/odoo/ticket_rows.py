"""Converts our tickets to Odoo's rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from html import escape
from typing import Any

from intake.desk.odoo.partners import ClientMatch
from intake.desk.odoo.place import Place
from intake.ports.desk import DeskTicket
from intake.ports.desk_tags import CHANNELS, level_tag
from intake.settings.odoo_profiles import OTHER, Profile
from routing.vocabulary import Stage

LEVEL_TAGS = level_tag("x").key[:-1]
"""The prefix of level tags' keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketRows:
    """Makes rows for tickets of one profile in one place."""

    profile: Profile
    place: Place
    tags: Mapping[str, int]
    """Tag key → database id: the place's tags and others that these tickets need."""
    stars: Mapping[Any, str]
    """Stars for each priority."""
    external_ids: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """As in `Place`. `load` looks up each external id once, but each database id for every row."""
    zone: tzinfo
    """The time zone in which people at the desk read times."""

    def new(
        self,
        ticket: DeskTicket,
        client: ClientMatch,
        owner: int | None,
    ) -> dict[str, Any]:
        """All values of a new ticket, by `load`'s columns."""
        profile, place, stage = self.profile, self.place, Stage(ticket.stage)
        tags = [self.tags[tag.key] for tag in ticket.labels if tag.key in self.tags]
        contact = ticket.requester
        if not profile["requester_name"]:
            contact = mailbox(ticket.requester, ticket.requester_name)
        values: dict[str, Any] = {
            "number": ticket.number,
            "title": self._title(ticket),
            "description": ticket.description_html + facts_html(ticket, self.zone),
            "priority": self.stars[ticket.priority],
            "requester": contact,
            "requester_name": ticket.requester_name,
            "channel": ticket.channel,
            "kind": ticket.kind,
            "request_type": ticket.request_type,
            "service": ticket.service or False,
            "level": ticket.level,
            "received_at": instant(ticket.received_at),
            "deadline": instant(ticket.resolution_due),
            "first_response_due": instant(ticket.first_response_due),
            "resolution_due": instant(ticket.resolution_due),
        }
        # On a ticket with a client, Odoo would write this number to the client's contact.
        if client.partner_id is None and ticket.phone:
            values["requester_phone"] = ticket.phone
        row = {profile[ours]: value for ours, value in values.items() if profile[ours]}
        if profile.channels:
            channel = row.pop(profile["channel"])
            row[f"{profile['channel']}/id"] = profile.channels.get(channel, profile.channels[OTHER])
        relations: dict[str, list[int | None]] = {
            "container": [place.container],
            "stage": [place.stages[stage]],
            "client": [client.partner_id],
            "owner": [owner],
            "tags": [*tags],
        }
        for ours, related in relations.items():
            if profile[ours]:
                way, cell = self._relation(ours, [each for each in related if each])
                row[f"{profile[ours]}/{way}"] = cell
        return row | profile.state_values(stage)

    def _relation(self, ours: str, related: list[int]) -> tuple[str, str | bool]:
        """The ending of a relation's column (`id` or `.id`), and the cell.

        The ending is the same for all rows, so that they fit into one call.
        """
        names = self.external_ids.get(ours, {})
        possible = {
            "container": [self.place.container],
            "stage": self.place.stages.values(),
            "tags": self.tags.values(),
        }
        if names and set(possible[ours]) <= names.keys():
            return "id", ",".join(names[each] for each in related) or False
        return ".id", ",".join(map(str, related)) or False

    def changes(self, ticket: DeskTicket, owner: int | None) -> dict[str, Any]:
        """The values to `write` to an existing ticket: only the fields that we changed."""
        profile, stage = self.profile, Stage(ticket.stage)
        owned: Any = owner or False
        if profile.owners:
            owned = [(6, 0, [owner] if owner else [])]
        possible: dict[str, dict[str, Any]] = {
            "stage": {"stage": self.place.stages[stage]},
            "owner": {"owner": owned},
            "level": {"tags": self._other_level(ticket.level), "level": ticket.level},
            "priority": {"priority": self.stars[ticket.priority]},
            "deadline": {"deadline": instant(ticket.deadline)},
            "client_ref": {"client": int(ticket.client_ref)} if ticket.client_ref else {},
            "first_response_due": {"first_response_due": instant(ticket.first_response_due)},
            "resolution_due": {
                "deadline": instant(ticket.resolution_due),
                "resolution_due": instant(ticket.resolution_due),
            },
        }
        row = {
            profile[ours]: value
            for name in sorted(ticket.changed)
            for ours, value in possible[name].items()
            if profile[ours] and value != []
        }
        return row | (profile.state_values(stage) if "stage" in ticket.changed else {})

    def _title(self, ticket: DeskTicket) -> str:
        # The number in brackets is also in mail that Odoo sends, so that a reply finds the ticket.
        return ticket.title if self.profile["number"] else f"[{ticket.number}] {ticket.title}"

    def _other_level(self, level: str) -> list[tuple[int, ...]]:
        new = self.tags.get(level_tag(level).key)
        levels = {key: i for key, i in self.tags.items() if key.startswith(LEVEL_TAGS)}
        taken: list[tuple[int, ...]] = [(3, i) for i in sorted(levels.values()) if i != new]
        return [*taken, (4, new)] if new is not None else taken


def facts_html(ticket: DeskTicket, zone: tzinfo) -> str:
    """Due times and origin of the ticket, for the end of its description."""
    facts = {
        "Chamado": ticket.number,
        "Canal": CHANNELS.get(ticket.channel, ticket.channel),
        # Without the quotation marks that a mail header needs.
        "Solicitante": mailbox(ticket.requester, ticket.requester_name).replace('"', ""),
        "Recebido": in_words(ticket.received_at, zone),
        "Primeira resposta até": in_words(ticket.first_response_due, zone),
        "Solução até": in_words(ticket.resolution_due, zone),
        "Faltam": ", ".join(ticket.missing),
    }
    lines = (f"{escape(name)}: {escape(value)}" for name, value in facts.items() if value)
    return f"<hr><p><small>{'<br>'.join(lines)}</small></p>"


def mailbox(address: str, name: str) -> str:
    """`"Bia Souza" <bia@exemplo.com.br>`, or only the part that is known."""
    plain = "".join(c for c in name if c.isprintable() and c not in '"<>\\').strip()
    return f'"{plain}" <{address}>' if plain and "@" in address else address or plain


def in_words(at: datetime | None, zone: tzinfo) -> str:
    """The time as people at the desk read it; empty for None."""
    return at.astimezone(zone).strftime("%d/%m/%Y %H:%M") if at else ""


def instant(at: datetime | None) -> str | bool:
    """The time as Odoo takes it: UTC without a marker. False for None."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if at else False
