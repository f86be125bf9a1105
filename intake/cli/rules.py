"""`intake rules`: check, explain, test and backtest the rules before they touch a client."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from intake.cli.context import CommandContext
from intake.cli.labelled import LabelledFileInvalid, read_labelled
from intake.cli.rules_backtest import backtest
from intake.cli.rules_tables import decision_table, score_tables
from intake.mail.normalise import normalise
from intake.settings.load import DEFAULT_PATH
from intake.settings.model import Settings
from intake.settings.rules_files import load_rule_set
from routing.message import Address, Message
from routing.rules.classification import Classification, Surroundings
from routing.rules.evaluation import Labelled, Miss, evaluate, predicted_of, score
from routing.rules.explanation import explain as in_words
from routing.rules.ruleset import RuleSet
from routing.vocabulary import Channel

_MANY = 200
"""Messages from which a progress bar is shown."""


@click.group()
def rules() -> None:
    """Check, explain, test and backtest the rules before they touch a client."""


@rules.command(epilog="Example: intake rules check --rules minhas-regras.toml")
@click.option(
    "--rules", "file", type=click.Path(path_type=Path),
    help="An operators' file to check instead of the one that the settings name.",
)  # fmt: skip
@click.pass_obj
def check(context: CommandContext, file: Path | None) -> None:
    """Validate the settings and the rules: one line for each problem, exit code 2."""
    found = load_rule_set(_with_file(_settings(context), file))
    click.echo(f"The rules are fine: {len(found.rules)} rules, version {found.fingerprint}.")


@rules.command(epilog='Example: intake rules explain --text "n consigo emitir a nota"')
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--text", help="A text instead of a mail.")
@click.option("--subject", default="", help="Its subject.")
@click.option("--sender", default="", help="Its sender: an e-mail address, or +5511….")
@click.option(
    "--channel", type=click.Choice([c.value for c in Channel]), default=Channel.WHATSAPP.value,
    show_default=True, help="The channel that the text came by.",
)  # fmt: skip
@click.option(
    "--rules", "own", type=click.Path(path_type=Path), help="Another operators' rules file."
)
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_obj
def explain(
    context: CommandContext, file: Path | None, text: str | None, subject: str, sender: str,
    channel: str, own: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """What the rules decide of a mail FILE or a --text, and why."""
    if (file is None) == (text is None):
        raise click.UsageError('name a mail file, or write --text "…"')
    settings = _with_file(_settings(context), own)
    found = load_rule_set(settings)
    if file is not None:
        message = normalise(file.read_bytes(), received_at=datetime.now(UTC), limits=settings.mail)
    else:
        message = Message(
            channel=Channel(channel),
            received_at=datetime.now(UTC),
            sender=Address(address=sender.lower()) if sender else None,
            subject=subject,
            text=text or "",
        )
    decided = found.classify(message, surroundings_of(settings))
    labels = {id_: row.label for id_, row in settings.sla.build().types.items()}
    if as_json:
        click.echo(json.dumps(_as_json(decided, labels), ensure_ascii=False, indent=1))
        return
    Console().print(decision_table(decided, labels))
    click.echo(in_words(decided, labels))


def _as_json(decided: Classification, labels: dict[str, str]) -> dict[str, Any]:
    return {
        **predicted_of(decided),
        "opens_ticket": decided.opens_ticket,
        "acknowledge": decided.acknowledge,
        "service": decided.service,
        "level": decided.level,
        "owner": decided.owner,
        "tags": list(decided.tags),
        "language": decided.language,
        "candidates": [asdict(each) for each in decided.candidates],
        "rules": [asdict(each) for each in decided.evidence],
        "explanation": in_words(decided, labels),
        "fingerprint": decided.fingerprint,
    }


@rules.command(epilog="Example: intake rules test rotuladas.jsonl --min-accuracy 0.9")
@click.argument("labelled", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--rules", "own", type=click.Path(path_type=Path), help="Another operators' rules file."
)
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
    settings = _with_file(_settings(context.obj), own)
    found = load_rule_set(settings)
    try:
        messages = read_labelled(labelled)
    except LabelledFileInvalid as error:
        click.echo(str(error), err=True)
        context.exit(2)
    results = _evaluated(found, messages, surroundings_of(settings))
    total = score(messages, results)
    if as_json:
        click.echo(json.dumps(total.as_json(), ensure_ascii=False, indent=1))
    else:
        for part in score_tables(total):
            Console().print(part)
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


def _settings(context: CommandContext) -> Settings:
    """The settings; where none are named and none are here, the shipped ones."""
    if context.settings_path is None and not DEFAULT_PATH.exists():
        return Settings()
    return context.settings()


def _with_file(settings: Settings, file: Path | None) -> Settings:
    if file is None:
        return settings
    return settings.model_copy(update={"rules": settings.rules.model_copy(update={"file": file})})


def surroundings_of(settings: Settings) -> Surroundings:
    """What rules may ask about the firm, during business hours and without client tags."""
    return Surroundings(
        own_domains=frozenset(domain.lower() for domain in settings.organisation.domains),
        people=settings.roster.build().addresses(),
    )


rules.add_command(backtest)
