"""The SLA table: the level and the terms of each request type."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.calendar import BusinessCalendar
from routing.sla.explanation import explain_receipt, explain_term
from routing.sla.term import BusinessDays, BusinessTime, ByService, Term
from routing.suggestion import suggestion


class UnknownRequestType(LookupError):
    """the SLA table has no such request type"""


class UnknownService(LookupError):
    """the services table has no such service"""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestType:
    """A row of the SLA table. `label` is its name at the desk, in pt-BR."""

    id: str
    label: str
    level: str
    first_response: BusinessTime | BusinessDays
    resolution: Term


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A service that clients ask for by name, with its own term."""

    id: str
    label: str
    resolution: BusinessTime | BusinessDays


@dataclass(frozen=True, kw_only=True, slots=True)
class DueTimes:
    """The due times promised to the client.

    `explanation` says in pt-BR, line by line, how the times were counted.
    """

    first_response_due: datetime
    resolution_due: datetime | None
    """None if the request type has no term (until resolved)."""
    explanation: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SlaTable:
    """The firm's terms, by request type and service."""

    types: Mapping[str, RequestType]
    services: Mapping[str, Service]

    def due_times(
        self,
        request_type: str,
        received_at: datetime,
        calendar: BusinessCalendar,
        *,
        service: str | None = None,
    ) -> DueTimes:
        """Count both terms from the receipt, or from the next opening if the desk is closed then.

        `service` matters only if the request type's term depends on the service. Raises
        UnknownRequestType, UnknownService, CalendarNeverOpen, and ValueError for a receipt
        without a time zone.
        """
        row = self._type(request_type)
        asked = None if service is None else self._service(service)
        source, resolution = row.label, row.resolution
        notes: tuple[str, ...] = ()
        if isinstance(resolution, ByService) and asked is not None:
            source, resolution = f"serviço {asked.label}", asked.resolution
        elif asked is not None:
            notes = (f"O serviço {asked.label} não muda o prazo deste tipo de solicitação.",)
        return DueTimes(
            first_response_due=row.first_response.due(received_at, calendar),
            resolution_due=resolution.due(received_at, calendar),
            explanation=(
                *explain_receipt(received_at, calendar),
                *explain_term("Resposta inicial", row.first_response, received_at, calendar),
                *explain_term(f"Solução ({source})", resolution, received_at, calendar),
                *notes,
            ),
        )

    def label(self, request_type: str) -> str:
        """A request type's name at the desk. Raises UnknownRequestType."""
        return self._type(request_type).label

    def level(self, request_type: str) -> str:
        """The level that takes a request type. Raises UnknownRequestType."""
        return self._type(request_type).level

    def _type(self, request_type: str) -> RequestType:
        if request_type not in self.types:
            hint = suggestion(request_type, self.types)
            raise UnknownRequestType(f"unknown request type {request_type!r}; {hint}")
        return self.types[request_type]

    def _service(self, service: str) -> Service:
        if service not in self.services:
            hint = suggestion(service, self.services)
            raise UnknownService(f"unknown service {service!r}; {hint}")
        return self.services[service]
