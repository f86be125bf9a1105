"""The month's report for the terminal: one table for each promise."""

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from intake.cli.percent import percent
from intake.cli.report_groups import Group
from intake.cli.table import console, titled
from intake.replies.presentable import one_line
from routing.watch.report import Promises, Tally

RESPONSES: Mapping[str, str] = {
    "Recebidos": "received",
    "No prazo": "kept",
    "Com atraso": "late",
    "Sem resposta": "overdue",
    "Correndo": "running",
    "Cancelados": "cancelled",
}
RESOLUTIONS: Mapping[str, str] = {
    "Recebidos": "received",
    "No prazo": "kept",
    "Com atraso": "late",
    "Vencidos": "overdue",
    "Correndo": "running",
    "Sem prazo": "untimed",
    "Cancelados": "cancelled",
}
"""Heading → the tally's number shown under it."""
IN_TIME, BY_PERSON = "% no prazo", "% por pessoa"
LONGEST_NAME = 60
FOOT = """\
% no prazo: das promessas que já se podem julgar (no prazo, com atraso, sem resposta ou vencidas).
A confirmação automática conta como resposta inicial. % por pessoa: se contasse só o que uma pessoa
escreveu ao cliente, em um comentário no chamado ou na nota que o encerra."""


def print_report(
    month: str, types: Sequence[Group], levels: Sequence[Group], total: Promises
) -> None:
    """Print types first, then levels, then the total. `month` is in words."""
    blocks = (types, levels, (Group(id="total", label="Total", promises=total),))
    responses = _table(f"Resposta inicial, {month}", (*RESPONSES, IN_TIME, BY_PERSON))
    resolutions = _table(f"Solução, {month}", (*RESOLUTIONS, IN_TIME))
    for block in blocks:
        for each in block:
            answered, resolved = each.promises.first_response, each.promises.resolution
            by_person = percent(each.promises.by_person.share)
            responses.add_row(
                *_cells(each, *_numbers(answered, RESPONSES), percent(answered.share), by_person)
            )
            resolutions.add_row(
                *_cells(each, *_numbers(resolved, RESOLUTIONS), percent(resolved.share))
            )
        for table in (responses, resolutions):
            table.add_section()
    console().print(responses, "", resolutions, "", FOOT)


def _table(title: str, headings: Iterable[str]) -> Table:
    table = titled(title, "Tipo ou nível", *headings)
    table.columns[0].no_wrap = False
    for column in table.columns[1:]:
        column.justify = "right"
    return table


def _numbers(tally: Tally, wanted: Mapping[str, str]) -> list[str]:
    return [str(getattr(tally, name)) for name in wanted.values()]


def _cells(group: Group, *numbers: str) -> list[Text]:
    return [Text(one_line(group.label, LONGEST_NAME)), *map(Text, numbers)]
