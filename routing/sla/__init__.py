"""The SLA: the terms promised to clients, and how due times are counted."""

from routing.sla.table import (
    DueTimes,
    RequestType,
    Service,
    SlaTable,
    UnknownRequestType,
    UnknownService,
)
from routing.sla.term import (
    BusinessDays,
    BusinessTime,
    ByService,
    MonthEvaluation,
    Term,
    TermInvalid,
    UntilResolved,
    parse_term,
)

__all__ = [
    "BusinessDays",
    "BusinessTime",
    "ByService",
    "DueTimes",
    "MonthEvaluation",
    "RequestType",
    "Service",
    "SlaTable",
    "Term",
    "TermInvalid",
    "UnknownRequestType",
    "UnknownService",
    "UntilResolved",
    "parse_term",
]
