"""The newest message id below which no message can still appear in Odoo."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from intake.desk.odoo.traces import instant

OVERLAP = timedelta(seconds=60)
"""A message gets its id before its transaction ends, so a smaller id may appear this much later."""


def settled(rows: Sequence[Mapping[str, Any]], last: int) -> int:
    """The last message before all that are younger than OVERLAP; `last` if there is none.

    Ids decide, not times: in a long transaction a message gets the time at which the transaction
    began, but a current id.
    """
    newest = max((instant(row["create_date"]) for row in rows), default=None)
    if newest is None:
        return last
    young = min(row["id"] for row in rows if instant(row["create_date"]) > newest - OVERLAP)
    return max((row["id"] for row in rows if row["id"] < young), default=last)
