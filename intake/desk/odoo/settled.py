"""Up to which of Odoo's messages nothing can turn up any more."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from intake.desk.odoo.traces import instant

OVERLAP = timedelta(seconds=60)
"""Messages get their number before their transaction ends: a smaller one may show up later."""


def settled(rows: Sequence[Mapping[str, Any]], last: int) -> int:
    """The last message before all that are younger than OVERLAP; `last` where there is none.

    By number: a long transaction gives a message the instant at which it began, and a number among
    those of now.
    """
    newest = max((instant(row["create_date"]) for row in rows), default=None)
    if newest is None:
        return last
    young = min(row["id"] for row in rows if instant(row["create_date"]) > newest - OVERLAP)
    return max((row["id"] for row in rows if row["id"] < young), default=last)
