"""The month's chart in a browser: all of it within its place, whatever it has to say.

With INTAKE_TEST_REPORT_PICTURE=docs/images/relatorio.png the picture of docs/relatorio.md is made
anew.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.cli.report_chart import chart, lines
from intake.cli.report_groups import Group
from routing.sla.shipped import SHIPPED_TYPES
from routing.watch.report import Promises, Tally
from tests.servers.chromium import Chromium, Page

PICTURE = "INTAKE_TEST_REPORT_PICTURE"
WIDTH = 960
NOW = datetime(2026, 11, 24, 18, 3, tzinfo=ZoneInfo("America/Sao_Paulo"))
BOXES = """
[...document.querySelectorAll('text, .row rect')].map(each => {
    const box = each.getBoundingClientRect();
    return {tag: each.tagName, words: each.textContent, left: box.left, right: box.right,
            top: box.top, bottom: box.bottom};
})
"""
# Request type: kept and late first responses, then resolutions kept, late, overdue and running.
NOVEMBER: Mapping[str, Sequence[int]] = {
    "bug": (38, 0, 31, 4, 1, 2),
    "usage": (121, 2, 104, 7, 3, 9),
    "improvement": (17, 0, 0, 0, 0, 17),
    "accounting_monthly": (64, 1, 58, 3, 0, 4),
    "accounting_city": (6, 0, 3, 0, 0, 3),
    "accounting_service": (43, 0, 35, 5, 1, 2),
    "tax": (29, 1, 22, 6, 1, 1),
    "contract": (12, 0, 11, 0, 0, 1),
    "unclassified": (8, 0, 2, 0, 4, 2),
}
LEVELS: Mapping[str, Sequence[int]] = {
    "N0": (222, 3, 175, 10, 7, 33),
    "N1": (110, 1, 88, 14, 3, 6),
    "N2": (6, 0, 3, 1, 0, 2),
}


def promises(numbers: Sequence[int], **beside: int) -> Promises:
    answered, late, kept, slow, overdue, running = numbers
    return Promises(
        first_response=Tally(kept=answered, late=late),
        resolution=Tally(kept=kept, late=slow, overdue=overdue, running=running, **beside),
    )


def groups(found: Mapping[str, Sequence[int]]) -> list[Group]:
    return [
        Group(
            id=name,
            label=SHIPPED_TYPES[name].label if name in SHIPPED_TYPES else name,
            promises=promises(numbers),
        )
        for name, numbers in found.items()
    ]


def one(label: str, **tally: int) -> list[Group]:
    both = Tally(**tally)
    return [Group(id="x", label=label, promises=Promises(first_response=both, resolution=both))]


def drawn(types: Sequence[Group], levels: Sequence[Group], total: Promises, **said: Any) -> str:
    values = {"month": date(2026, 11, 1), "now": NOW, "firm": "R3izzy", "language": "pt-BR"}
    return chart(types, levels, total, **{**values, **said})


def shown(chromium: Chromium, folder: Path, svg: str) -> Page:
    file = folder / "chart.svg"
    file.write_text(svg, encoding="utf-8")
    page = chromium.open(WIDTH, 600)
    page.go(file.as_uri())
    page.wait_for("document.documentElement.tagName === 'svg'", "the chart")
    page.resize(WIDTH, int(page.run("document.documentElement.getBBox().height")))
    return page


def words(page: Page) -> str:
    return str(page.run("document.documentElement.textContent"))


@pytest.mark.servers
def test_it_is_what_one_shows_to_the_boss(chromium: Chromium, tmp_path: Path) -> None:
    total = promises((338, 4, 266, 25, 10, 41), untimed=5, cancelled=3)
    page = shown(chromium, tmp_path, drawn(groups(NOVEMBER), groups(LEVELS), total))
    picture = page.picture()
    assert picture.startswith(b"\x89PNG")
    if wanted := os.environ.get(PICTURE):
        Path(wanted).write_bytes(picture)
    said = words(page)
    assert "Prazos de atendimento, novembro de 2026" in said
    assert "98,8\N{NO-BREAK SPACE}%" in said
    assert "266 de 301 chamados" in said
    assert "41 correndo, 5 sem prazo, 3 cancelados" in said
    assert "A confirmação automática conta como resposta inicial" in said
    assert page.run("document.querySelectorAll('.row').length") == len(NOVEMBER) + len(LEVELS)


@pytest.mark.servers
@pytest.mark.parametrize(
    "label",
    ["W" * 90, "Solicitação <Contábil> & \"outros\" 'tipos' " * 3, "漢字" * 60, "m " * 90, "N0"],
)
def test_nothing_leaves_its_place_however_long_a_name_is(
    chromium: Chromium, tmp_path: Path, label: str
) -> None:
    svg = drawn(
        one(label, kept=99_999, late=1),
        one(label, kept=1),
        promises((99_999, 1, 99_999, 1, 99_999, 99_999), untimed=99_999, cancelled=99_999),
        firm=f"{label} {label}",
    )
    page = shown(chromium, tmp_path, svg)
    boxes = page.run(BOXES)
    bars = [box for box in boxes if box["tag"] == "rect"]
    assert all(box["left"] >= 0 and box["right"] <= WIDTH for box in boxes)
    texts = [box for box in boxes if box["tag"] == "text"]
    for text in texts:
        for bar in bars:
            beside = text["right"] <= bar["left"] or bar["right"] <= text["left"]
            assert beside or text["bottom"] <= bar["top"] or bar["bottom"] <= text["top"], text
    assert label[:3] in words(page)


@pytest.mark.servers
def test_a_month_without_tickets_says_so(chromium: Chromium, tmp_path: Path) -> None:
    page = shown(chromium, tmp_path, drawn([], [], Promises()))
    assert "Nenhum chamado recebido neste mês" in words(page)
    assert page.run("document.querySelectorAll('.row').length") == 0
    english = shown(chromium, tmp_path, drawn([], [], Promises(), language="en"))
    assert "No tickets this month" in words(english)


@pytest.mark.servers
@pytest.mark.parametrize(
    ("tally", "percent", "width"),
    [
        ({"kept": 1}, "100\N{NO-BREAK SPACE}%", 440),
        ({"late": 1}, "0\N{NO-BREAK SPACE}%", None),
        ({"kept": 1, "overdue": 1}, "50\N{NO-BREAK SPACE}%", 220),
        ({"running": 1}, "—", None),
    ],
)
def test_a_bar_is_as_wide_as_its_share(
    chromium: Chromium, tmp_path: Path, tally: dict[str, int], percent: str, width: int | None
) -> None:
    page = shown(chromium, tmp_path, drawn(one("Um", **tally), [], Promises()))
    found = page.run("[...document.querySelectorAll('.row rect')].map(b => b.width.baseVal.value)")
    tracks = [440, 440]
    assert sorted(found) == sorted([*tracks, *([width] * 2 if width else [])])
    assert percent in words(page)


LETTERS = st.characters(categories=("L", "N", "P")) | st.just(" ")


@given(st.text(LETTERS, max_size=150), st.integers(1, 3))
def test_lines_are_no_more_than_asked_and_in_the_order_of_the_text(text: str, most: int) -> None:
    found = lines(text, 286, 14, most)
    assert len(found) <= most
    said, whole = "".join(found).replace(" ", ""), text.replace(" ", "")
    assert said == whole or (said.endswith("…") and whole.startswith(said[:-1]))
