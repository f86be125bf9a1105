"""Prints tables: title on the left, and readable when piped."""

import shutil
import sys

from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 120
"""Characters per line if standard output is not a terminal and COLUMNS is not set."""


def titled(title: str, *headings: str) -> Table:
    """A table whose columns wrap instead of cutting text; the first column never wraps."""
    table = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number == 0, overflow="fold")
    return table


def console(piped_width: int = PIPED_WIDTH) -> Console:
    """A console that prints text unchanged: no markup, emoji codes or highlighting."""
    width = None if sys.stdout.isatty() else shutil.get_terminal_size((piped_width, 24)).columns
    return Console(markup=False, emoji=False, highlight=False, width=width)
