"""`intake failed`, its jobs: what the queue could not do by a mistake, not by something away."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.table import Table

from intake.cli.table import titled
from intake.replies.presentable import one_line
from intake.store.job_failures import JobFailure

PREFIX = "job:"
"""Before the number of a failed job: messages and tickets have numbers of their own."""
LONGEST_REASON = 500


def job_numbers(numbers: Sequence[str]) -> tuple[list[int], list[str]]:
    """Those of jobs, and the rest."""
    jobs = [each for each in numbers if each.startswith(PREFIX) and each[len(PREFIX) :].isdecimal()]
    return [int(each[len(PREFIX) :]) for each in jobs], [e for e in numbers if e not in jobs]


def table_of_jobs(failures: Sequence[JobFailure], zone: ZoneInfo) -> Table:
    """For `intake failed list`."""
    table = titled("Tarefas que falharam", "Nº", "Tarefa", "Sobre", "Desde", "Motivo")
    for each in failures:
        about = ", ".join(f"{key}={value}" for key, value in each.arguments.items())
        table.add_row(
            f"{PREFIX}{each.id}",
            each.task,
            one_line(about, 80),
            each.failed_at.astimezone(zone).strftime("%d/%m/%Y %H:%M"),
            one_line(each.reason, LONGEST_REASON),
        )
    return table
