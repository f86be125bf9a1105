"""`intake sla`: the due times of a request, and how they were computed."""

from datetime import datetime

import click

from intake.cli.as_json import print_json
from intake.cli.context import CommandContext
from intake.cli.instant import Instant, WrongInput, located
from intake.cli.table import console, titled
from routing.calendar import CalendarNeverOpen
from routing.calendar.wording import moment
from routing.sla import DueTimes, SlaTable, UnknownRequestType, UnknownService


@click.command(
    epilog="Example: intake sla --request-type bug --received 2026-11-27T17:30:00-03:00 --explain"
)
@click.option("--request-type", help="A row of the SLA table; without it, the table is shown.")
@click.option(
    "--received",
    type=Instant(),
    help="When the request came, 2026-11-27T17:30:00-03:00; now where it is not said.",
)
@click.option("--service", help="A row of the services table.")
@click.option("--explain", is_flag=True, help="How the times were counted, interval by interval.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_obj
def sla(
    context: CommandContext,
    request_type: str | None,
    received: datetime | None,
    service: str | None,
    explain: bool,
    as_json: bool,
) -> None:
    """Until when a request has to be answered and resolved."""
    settings = context.settings_or_shipped()
    table = settings.sla.build()
    if request_type is None:
        if received or service or explain:
            raise WrongInput("name the --request-type; `intake sla` alone shows which there are")
        if as_json:
            print_json(_table_as_json(table))
        else:
            _show_table(table)
        return
    calendar = settings.calendar.build()
    try:
        due = table.due_times(
            request_type, located(received, calendar.zone), calendar, service=service
        )
    except (UnknownRequestType, UnknownService, CalendarNeverOpen) as error:
        raise WrongInput(str(error)) from error
    if as_json:
        print_json(_as_json(due, explain), indent=None)
    elif explain:
        click.echo("\n".join(due.explanation))
    else:
        _show(due)


def _as_json(due: DueTimes, explain: bool) -> dict[str, object]:
    resolution = due.resolution_due
    found: dict[str, object] = {
        "first_response_due": due.first_response_due.isoformat(),
        "resolution_due": resolution.isoformat() if resolution else None,
    }
    return found | ({"explanation": list(due.explanation)} if explain else {})


def _show(due: DueTimes) -> None:
    resolution = due.resolution_due
    click.echo(f"Resposta inicial até {moment(due.first_response_due)}.")
    if resolution is None:
        click.echo("Solução sem data: até resolver, com lembrete a cada dia útil.")
    else:
        click.echo(f"Solução até {moment(resolution)}.")


def _show_table(table: SlaTable) -> None:
    headings = ("Id", "Tipo de solicitação", "Nível", "Resposta inicial", "Solução")
    types = titled("Tipos de solicitação", *headings)
    for row in table.types.values():
        types.add_row(row.id, row.label, row.level, str(row.first_response), str(row.resolution))
    services = titled("Serviços", "Id", "Serviço", "Solução")
    for service in table.services.values():
        services.add_row(service.id, service.label, str(service.resolution))
    console().print(types, "", services)


def _table_as_json(table: SlaTable) -> dict[str, object]:
    return {
        "types": [
            {
                "id": row.id,
                "label": row.label,
                "level": row.level,
                "first_response": str(row.first_response),
                "resolution": str(row.resolution),
            }
            for row in table.types.values()
        ],
        "services": [
            {"id": service.id, "label": service.label, "resolution": str(service.resolution)}
            for service in table.services.values()
        ],
    }
