"""How the commands print tables: titled on the left, and readable where they are piped."""

import shutil
import sys

from rich.console import Console
from rich.table import Table

PIPED_WIDTH = 120
"""Characters of a line where standard output is no terminal and COLUMNS does not say."""


def titled(title: str, *headings: str) -> Table:
    """A table whose columns fold rather than lose text; the first one never breaks."""
    table = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number == 0, overflow="fold")
    return table


def console(piped_width: int = PIPED_WIDTH) -> Console:
    """Prints what it is given as it is: nothing in it is markup, an emoji or a number to colour."""
    width = None if sys.stdout.isatty() else shutil.get_terminal_size((piped_width, 24)).columns
    return Console(markup=False, emoji=False, highlight=False, width=width)
