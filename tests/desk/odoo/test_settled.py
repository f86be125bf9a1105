"""From where messages are read on: nothing that turns up late is missed."""

import pytest

from intake.desk.odoo.settled import settled


@pytest.mark.parametrize(
    ("seconds", "last"),
    [
        ([], 7),
        ([0], 7),
        ([0, 30, 59], 7),
        ([0, 30, 60], 10),
        ([0, 5, 100, 110], 11),
        # The third came out of a transaction that began long before.
        ([0, 90, 10, 100], 10),
    ],
)
def test_from_there_the_next_look_goes_on(seconds: list[int], last: int) -> None:
    rows = [
        {"id": 10 + number, "create_date": f"2026-11-24 10:{each // 60:02}:{each % 60:02}"}
        for number, each in enumerate(seconds)
    ]
    assert settled(rows, 7) == last
