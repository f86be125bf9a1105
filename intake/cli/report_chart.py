"""The month's report as a chart (SVG 1.1), for presentations.

Positions are computed here, in pixels; shapes and texts are in `templates/report/`.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from intake.cli.month import in_words
from intake.cli.percent import percent
from intake.cli.report_groups import Group
from intake.replies.presentable import one_line
from intake.replies.templates import SHIPPED
from routing.watch.report import Promises, Tally

BARS = 440
"""Width of a bar of 100 %."""
TOP = 246
"""Position of the first heading."""
HEADING, ROW, BAR, GAP = 40, 48, 15, 4
"""Heights of a heading, of a group with its two bars, of a bar, and of the gap between the bars."""
NOTHING = 120
"""Height of the text that says that there are no tickets."""
FOOT = 96
LABEL, LABEL_SIZE, LABEL_LINES = 286.0, 14, 2
"""Largest width of a label, its font size, and how many lines it may have."""
FIRM, FIRM_SIZE = 780.0, 15
"""Largest width of the firm's name, and its font size. Bold letters are wider than the estimate."""
_LONGEST = 200
_NARROW, _WIDE = frozenset("fijlrtI.,:;!|'()[] -"), frozenset("mwMWQO@%—…")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """One promise of one group. `y` is its upper edge."""

    y: int
    width: float
    share: float | None
    judged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A group of tickets: its label and its two bars."""

    label: tuple[tuple[float, str], ...]
    """Baseline and text of each line."""
    first_response: Bar
    resolution: Bar


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Groups under a heading. `kind` is `types` or `levels`."""

    kind: str
    y: int
    rows: tuple[Row, ...]
    bottom: int


def chart(
    types: Sequence[Group],
    levels: Sequence[Group],
    total: Promises,
    *,
    month: date,
    now: datetime,
    firm: str,
    language: str,
) -> str:
    """The chart as SVG in one of the shipped languages; `now` is in the desk's time zone."""
    blocks = tuple(_blocks({"types": types, "levels": levels}))
    bottom = blocks[-1].bottom if blocks else TOP + NOTHING
    template = _environment(language).get_template(f"report/chart.{language}.svg")
    return template.render(
        firm=next(iter(lines(firm, FIRM, FIRM_SIZE, 1)), ""),
        month=in_words(month, language),
        now=format_datetime(now, "short", locale=language.replace("-", "_")),
        total=total,
        blocks=blocks,
        top=TOP,
        bars=BARS,
        bar=BAR,
        bottom=bottom,
        height=bottom + FOOT,
    )


def lines(text: str, width: float, size: float, most: int) -> tuple[str, ...]:
    """`text` broken between words into lines of at most `width` pixels (estimated), cut after
    `most` lines."""
    words = one_line(text, _LONGEST).split(" ")
    found: list[str] = []
    while words and len(found) < most:
        line = words.pop(0)
        while words and _width(f"{line} {words[0]}", size) <= width:
            line = f"{line} {words.pop(0)}"
        fitting = _fitting(line, width, size)
        if rest := line[len(fitting) :]:
            words.insert(0, rest)
        found.append(fitting)
    if words and found:
        found[-1] = _fitting(found[-1], width - _width("…", size), size).rstrip() + "…"
    return tuple(line for line in found if line)


def _blocks(groups: Mapping[str, Sequence[Group]]) -> Iterator[Block]:
    y = TOP
    for kind, members in groups.items():
        if not members:
            continue
        top = y + HEADING
        bottom = top + ROW * len(members)
        rows = tuple(_row(each, top + ROW * number) for number, each in enumerate(members))
        yield Block(kind=kind, y=y, rows=rows, bottom=bottom)
        y = bottom + GAP * 3


def _row(group: Group, y: int) -> Row:
    label = lines(group.label, LABEL, LABEL_SIZE, LABEL_LINES)
    # Centre the label vertically on the two bars.
    first = y + BAR + GAP / 2 - (len(label) - 1) * LABEL_SIZE * 0.6 + LABEL_SIZE * 0.35
    return Row(
        label=tuple((first + number * LABEL_SIZE * 1.2, line) for number, line in enumerate(label)),
        first_response=_bar(group.promises.first_response, y),
        resolution=_bar(group.promises.resolution, y + BAR + GAP),
    )


def _bar(tally: Tally, y: int) -> Bar:
    share = tally.share
    return Bar(y=y, width=round(BARS * (share or 0.0), 1), share=share, judged=tally.judged)


def _fitting(line: str, width: float, size: float) -> str:
    """The longest beginning of `line` that fits, at least one character."""
    while len(line) > 1 and _width(line, size) > width:
        line = line[:-1]
    return line


def _width(text: str, size: float) -> float:
    """Estimated width in pixels, for the widest of the usual fonts."""
    return size * sum(_em(letter) for letter in text)


def _em(letter: str) -> float:
    if letter in _WIDE or unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in _NARROW:
        return 0.4
    return 0.78 if letter.isupper() else 0.64


def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(SHIPPED),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda share: percent(share, language)
    return environment
