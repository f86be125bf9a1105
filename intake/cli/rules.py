"""`intake rules`: check, explain, test and backtest the rules before they are used."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from intake.active_config import build_config
from intake.cli.as_json import print_json
from intake.cli.context import CommandContext
from intake.cli.labelled import LabelledFileInvalid, read_labelled
from intake.cli.rules_backtest import backtest
from intake.cli.rules_chosen import chosen_settings, rules_option, surroundings_of
from intake.cli.rules_explain import explain
from intake.cli.rules_tables import score_tables
from intake.settings.rules_files import load_rule_set
from routing.rules.classification import Surroundings
from routing.rules.evaluation import Labelled, Miss, evaluate, score
from routing.rules.rule import NO_TICKET
from routing.rules.ruleset import RuleSet

_MANY = 200
"""Number of messages from which on a progress bar is shown."""


@click.group(epilog='Example: intake rules explain --text "n consigo emitir a nota"')
def rules() -> None:
    """Check, explain, test and backtest the rules before they touch a client."""


@rules.command(epilog="Example: intake rules check --rules minhas-regras.toml")
@rules_option
@click.pass_obj
def check(context: CommandContext, own: Path | None) -> None:
    """Validate settings, rules and replies: one line for each problem, exit code 2."""
    found = build_config(chosen_settings(context, own)).policy.rules
    click.echo(f"The rules are fine: {len(found.rules)} rules, version {found.fingerprint}.")


@rules.command(epilog="Example: intake rules test rotuladas.jsonl --min-accuracy 0.9")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@rules_option
@click.option("--json", "as_json", is_flag=True, help="One object: n, accuracy, confusion, misses.")
@click.option(
    "--min-accuracy", type=click.FloatRange(0, 1), default=0.0,
    help="Exit code 1 where any field is less often right than this.",
)  # fmt: skip
@click.pass_context
def test(
    context: click.Context, labelled: Path, own: Path | None, as_json: bool, min_accuracy: float
) -> None:
    """How right the rules are on LABELLED: accuracy, a confusion matrix, every miss and why."""
    settings = chosen_settings(context.obj, own)
    found = load_rule_set(settings)
    try:
        messages = read_labelled(labelled, frozenset(settings.sla.build().types) | {NO_TICKET})
    except LabelledFileInvalid as error:
        click.echo(str(error), err=True)
        context.exit(2)
    results = _evaluated(found, messages, surroundings_of(settings))
    total = score(messages, results)
    if as_json:
        print_json(total.as_json())
    else:
        console = Console(markup=False, emoji=False, highlight=False)
        for part in score_tables(total):
            console.print(part)
    if total.lowest < min_accuracy:
        field = min(total.accuracy, key=lambda name: total.accuracy[name])
        click.echo(
            f"{field} is right in {total.lowest:.1%} of {total.count}, "
            f"less than the minimum of {min_accuracy:.1%}",
            err=True,
        )
        context.exit(1)


def _evaluated(
    found: RuleSet, messages: Sequence[Labelled], around: Surroundings
) -> list[Miss | None]:
    steps = evaluate(found, messages, around)
    if len(messages) < _MANY:
        return list(steps)
    console = Console(stderr=True)
    return list(
        track(
            steps, total=len(messages), description="Classifying", console=console, transient=True,
            disable=not console.is_terminal,
        )
    )  # fmt: skip


rules.add_command(explain)
rules.add_command(backtest)
