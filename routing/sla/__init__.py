"""What is promised to the client, and until when."""

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
