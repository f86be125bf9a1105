"""Records that Odoo refuses are found, whomever it blames, and the others get through."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.desk.odoo.loading import TRIES, load
from intake.desk.odoo.rpc import OdooBusy, OdooRefused
from intake.desk.odoo.sessions import OdooSessions


class ScriptedOdoo(OdooSessions):
    """Refuses the names in `bad`, and blames the record at `blames`, or those at fault for None."""

    def __init__(self, bad: frozenset[str], blames: int | None = None) -> None:
        self._bad = bad
        self._blames = blames
        self.there: dict[str, int] = {}
        self.rows: list[Sequence[Any]] = []
        self.calls = 0
        self.busy = 0
        self.words = "não serve"

    async def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        self.calls += 1
        rows = args[1]
        if self.calls <= self.busy:
            words = "could not serialize access due to concurrent update"
            return {"ids": False, "messages": [_error(0, words)]}
        wrong = [number for number, row in enumerate(rows) if row[0] in self._bad]
        if wrong:
            blamed = wrong if self._blames is None else [min(self._blames, len(rows) - 1)]
            return {"ids": False, "messages": [_error(number, self.words) for number in blamed]}
        self.rows += rows
        return {
            "ids": [self.there.setdefault(row[0], len(self.there) + 1) for row in rows],
            "messages": [],
        }


def _error(number: int, words: str) -> dict[str, Any]:
    return {"type": "error", "rows": {"from": number, "to": number}, "message": words}


def records(names: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    return {name: {"name": name.upper()} for name in names}


NAMES = st.lists(st.sampled_from("abcdefghijkl"), unique=True, max_size=12)


@given(NAMES, NAMES, st.none() | st.integers(0, 11))
async def test_exactly_the_bad_ones_are_refused(
    names: list[str], bad: list[str], blames: int | None
) -> None:
    odoo = ScriptedOdoo(frozenset(bad), blames)
    loaded = await load(odoo, "x", records(names))
    assert set(loaded.refused) == set(bad) & set(names)
    assert loaded.ids == odoo.there
    assert list(loaded.ids) == [name for name in names if name not in bad]
    assert [row[0] for row in odoo.rows] == list(loaded.ids)


async def test_order_is_kept_among_those_with_other_columns() -> None:
    odoo = ScriptedOdoo(frozenset())
    mixed = {"a": {"name": "A"}, "b": {"name": "B", "phone": "1"}, "c": {"name": "C"}}
    await load(odoo, "x", mixed)
    assert odoo.rows == [["a", "A"], ["b", "B", "1"], ["c", "C"]]


async def test_whoever_meets_another_transaction_tries_again() -> None:
    odoo = ScriptedOdoo(frozenset())
    odoo.busy = 2
    loaded = await load(odoo, "x", records("ab"))
    assert (odoo.calls, set(loaded.ids)) == (3, {"a", "b"})


async def test_who_never_gets_through_goes_back_to_the_queue() -> None:
    odoo = ScriptedOdoo(frozenset())
    odoo.busy = 100
    with pytest.raises(OdooBusy):
        await load(odoo, "x", records("ab"))
    assert odoo.calls == TRIES


class Forbidding(ScriptedOdoo):
    """Does not let us call `load` at all."""

    async def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        raise OdooRefused("odoo.exceptions.AccessError", "sem direito")


async def test_a_call_that_is_refused_as_a_whole_refuses_each() -> None:
    loaded = await load(Forbidding(frozenset()), "x", records("ab"))
    assert loaded.refused == {"a": "sem direito", "b": "sem direito"}


async def test_what_is_said_of_a_refusal_is_one_line() -> None:
    odoo = ScriptedOdoo(frozenset("a"))
    odoo.words = "Falta o título.\nModelo: x\n"
    loaded = await load(odoo, "x", records("a"))
    assert loaded.refused == {"a": "Falta o título. Modelo: x"}
