"""`intake rules backtest`: how other rules would have classified the last messages."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from intake.active_config import own_addresses
from intake.app.reading import read_message
from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.rules_chosen import surroundings_of, with_rules
from intake.cli.rules_tables import change_tables
from intake.settings.model import Settings
from intake.settings.rules_files import load_rule_set
from intake.store.database import Database
from intake.store.past_messages import PastMessages
from routing.rules.backtest import RoutedMessages, replay
from routing.rules.comparison import Change, transitions
from routing.rules.ruleset import RuleSet

_SPAN = re.compile(r"(\d{1,4})\s*([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class Span(click.ParamType[timedelta]):
    """A duration: `30d`, `12h`, `2w`."""

    name = "span"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Raises click.BadParameter if the text is not a duration."""
        if isinstance(value, timedelta):
            return value
        if (match := _SPAN.fullmatch(value.strip().lower())) is None:
            self.fail(f"{value!r} is no span of time; write for instance 30d, 12h or 2w")
        return int(match[1]) * _UNITS[match[2]]


@click.command(epilog="Example: intake rules backtest --since 30d --rules minhas-regras.toml")
@click.option("--since", type=Span(), default="30d", show_default=True, help="How far back.")
@click.option(
    "--rules", "own", type=click.Path(path_type=Path),
    help="Other operators' rules, compared with those in force. Without it, the rules in force "
    "are compared with what was decided when each message came.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_obj
def backtest(context: CommandContext, since: timedelta, own: Path | None, as_json: bool) -> None:
    """Replay the journal's messages through other rules: what changes, and which rule did it."""
    settings = context.settings()
    config = load_rule_set(settings)
    other = None if own is None else load_rule_set(with_rules(settings, own))
    start = datetime.now(UTC) - since
    count, changes = look(_from_journal(settings, config, other, start, quiet=as_json))
    if as_json:
        print_json(_as_json(count, changes))
        return
    console = Console(markup=False, emoji=False, highlight=False)
    for part in change_tables(count, changes):
        console.print(part)


async def _from_journal(
    settings: Settings, config: RuleSet, other: RuleSet | None, start: datetime, *, quiet: bool
) -> tuple[int, list[Change]]:
    own = own_addresses(settings)
    async with Database.open(settings.database) as database:
        messages = PastMessages(
            database,
            read=partial(read_message, limits=settings.mail, own_addresses=own),
            calendar=settings.calendar.build(),
            surroundings=surroundings_of(settings),
            own_addresses=own,
        )
        return await replay_all(messages, config, other, start, quiet=quiet)


async def replay_all(
    messages: RoutedMessages,
    config: RuleSet,
    other: RuleSet | None,
    start: datetime,
    *,
    quiet: bool,
) -> tuple[int, list[Change]]:
    """The number of messages, and the changes, oldest first. Progress is shown on standard
    error."""
    rules, against = (config, None) if other is None else (other, config)
    count = 0
    changes: list[Change] = []
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("Replaying", total=await messages.count(start))
        async for routed in messages.since(start):
            count += 1
            if (change := replay(routed, rules, against=against)) is not None:
                changes.append(change)
            bar.advance(task)
    return count, changes


def _as_json(count: int, changes: Sequence[Change]) -> dict[str, object]:
    return {
        "n": count,
        "changed": len(changes),
        "transitions": [
            {"field": field, "from": before, "to": after, "count": times}
            for field, before, after, times in transitions(changes)
        ],
        "changes": [change.as_json() for change in changes],
    }
