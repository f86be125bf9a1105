"""[[sla.type]] and [[sla.service]]: the response and resolution times of request types and
services."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from intake.settings.complaint import Complaints
from intake.settings.section import Section
from routing.sla import (
    BusinessDays,
    BusinessTime,
    RequestType,
    Service,
    SlaTable,
    parse_term,
)
from routing.sla.shipped import SHIPPED_SERVICES, SHIPPED_TYPES
from routing.suggestion import suggestion

_ID = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def _id(text: str) -> str:
    if _ID.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no id; write it like nova_prefeitura: a-z, 0-9 and _")
    return text


def _term(text: str) -> str:
    return str(parse_term(text))


def _countable(text: str) -> str:
    counted(text)
    return _term(text)


def counted(text: str) -> BusinessTime | BusinessDays:
    """Parse a term. Raises ValueError if it has no fixed length."""
    term = parse_term(text)
    if not isinstance(term, BusinessTime | BusinessDays):
        raise ValueError(f"{text!r} has no fixed length; write for instance '1h útil'")
    return term


AnyTerm = Annotated[str, AfterValidator(_term)]
CountedTerm = Annotated[str, AfterValidator(_countable)]
_TERMS = ("first_response", "resolution")


class Row(Section):
    """What the rows of both tables have in common."""

    id: Annotated[str, AfterValidator(_id)]

    def changes(self) -> dict[str, Any]:
        """The keys that the row gives, with terms parsed."""
        said = self.model_dump(exclude_none=True)
        return {key: parse_term(text) if key in _TERMS else text for key, text in said.items()}


class TypeRow(Row):
    """[[sla.type]]: a new request type, or changes to the shipped one of the same id."""

    label: str | None = Field(default=None, min_length=1)
    level: str | None = Field(default=None, min_length=1)
    first_response: CountedTerm | None = None
    resolution: AnyTerm | None = None


class ServiceRow(Row):
    """[[sla.service]]: a new service, or changes to the shipped one of the same id."""

    label: str | None = Field(default=None, min_length=1)
    resolution: CountedTerm | None = None


class Sla(Section):
    """The operators' rows, applied to the shipped SLA table."""

    type: tuple[TypeRow, ...] = ()
    service: tuple[ServiceRow, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "Sla":
        complaints = Complaints("Sla")
        needed = ("label", "level", "first_response", "resolution")
        _check("type", self.type, SHIPPED_TYPES, needed, complaints)
        _check("service", self.service, SHIPPED_SERVICES, ("label", "resolution"), complaints)
        complaints.raise_if_any()
        return self

    def build(self) -> SlaTable:
        """The SLA table for routing: the shipped rows with their changes, then the new rows."""
        types, services = dict(SHIPPED_TYPES), dict(SHIPPED_SERVICES)
        for row in self.type:
            shipped = types.get(row.id)
            changes = row.changes()
            types[row.id] = replace(shipped, **changes) if shipped else RequestType(**changes)
        for asked in self.service:
            known = services.get(asked.id)
            changes = asked.changes()
            services[asked.id] = replace(known, **changes) if known else Service(**changes)
        return SlaTable(types=types, services=services)


def _check(
    table: str,
    rows: Sequence[Row],
    shipped: Mapping[str, object],
    needed: tuple[str, ...],
    complaints: Complaints,
) -> None:
    """Check that no id is used twice and that new rows give all required keys."""
    for number, row in enumerate(rows):
        if any(other.id == row.id for other in rows[:number]):
            complaints.add((table, number, "id"), f"{row.id!r} stands there twice: join the two")
        missing = [key for key in needed if getattr(row, key) is None]
        if row.id not in shipped and missing:
            complaints.add(
                (table, number, "id"),
                f"{row.id!r} is not a shipped {table}, so {', '.join(missing)} must be given; "
                f"or {suggestion(row.id, shipped)}",
            )
