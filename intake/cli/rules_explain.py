"""`intake rules explain`: how one message is classified, and by which words."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from intake.active_config import own_addresses
from intake.app.reading import path_of_mail, read_mail_file
from intake.cli.as_json import print_json
from intake.cli.context import CommandContext
from intake.cli.mail_path import path_tables
from intake.cli.rules_chosen import chosen_settings, readable, rules_option, surroundings_of
from intake.cli.rules_tables import decision_table
from intake.ports.mail_path import MailPath
from intake.settings.rules_files import load_rule_set
from routing.disposition import Disposition, Nature, dispose
from routing.message import Address, Message
from routing.rules.classification import Classification
from routing.rules.evaluation import predicted_of
from routing.rules.explanation import explain as in_words
from routing.vocabulary import Channel

_MOST_SHOWN = 20
"""Number of rules that fit on a screen beside the decision."""
HUMAN = Disposition(nature=Nature.HUMAN, opens_ticket=True, may_acknowledge=True)


@click.command(epilog='Example: intake rules explain --text "n consigo emitir a nota"')
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--text", help="A text instead of a mail.")
@click.option("--subject", default="", help="Its subject.")
@click.option("--sender", default="", help="Its sender: an e-mail address, or +5511….")
@click.option(
    "--channel", type=click.Choice([each.value for each in Channel]), show_default=True,
    default=Channel.WHATSAPP.value, help="The channel that the text came by.",
)  # fmt: skip
@rules_option
@click.option("--all", "whole", is_flag=True, help="Show light rules too, however many fired.")
@click.option("--json", "as_json", is_flag=True, help="One object, with all rules that fired.")
@click.pass_obj
def explain(
    context: CommandContext, file: Path | None, text: str | None, subject: str, sender: str,
    channel: str, own: Path | None, whole: bool, as_json: bool,
) -> None:  # fmt: skip
    """What the rules decide of a mail FILE or a --text, and why; and which way the mail came."""
    if (file is None) == (text is None):
        raise click.UsageError('name a mail file, or write --text "…"')
    settings = chosen_settings(context, own)
    found = load_rule_set(settings)
    path: MailPath | None = None
    if file is not None:
        raw = _bytes(file)
        message = read_mail_file(raw, settings.mail, own_addresses(settings))
        path = path_of_mail(raw)
    else:
        message = Message(
            channel=Channel(channel),
            received_at=datetime.now(UTC),
            sender=Address(address=sender.lower()) if sender else None,
            subject=readable(subject),
            text=readable(text or ""),
        )
    decided = found.classify(message, surroundings_of(settings))
    # A text without a sender is a trial: do not treat it as mail that cannot be answered.
    trial = file is None and not sender
    disposition = HUMAN if trial else dispose(message, own_addresses=own_addresses(settings))
    labels = {id_: row.label for id_, row in settings.sla.build().types.items()}
    if as_json:
        found_path = path.as_json() if path else None
        print_json({**_as_json(decided, disposition, labels), "path": found_path})
        return
    screen = Console(markup=False, emoji=False, highlight=False)
    screen.print(decision_table(decided, disposition, labels, None if whole else _MOST_SHOWN))
    if path is not None:
        screen.print("", *path_tables(path, settings.calendar.build().zone), sep="\n")
    click.echo(_sentence(decided, disposition, labels))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{file} cannot be read: {error.strerror}") from error


def _sentence(decided: Classification, disposition: Disposition, labels: Mapping[str, str]) -> str:
    if disposition.opens_ticket:
        return in_words(decided, labels)
    return f"{disposition.reasons[0]} Não abre chamado."


def _as_json(
    decided: Classification, disposition: Disposition, labels: Mapping[str, str]
) -> dict[str, Any]:
    opens = decided.opens_ticket and disposition.opens_ticket
    return {
        **predicted_of(decided, disposition),
        "opens_ticket": opens,
        "acknowledge": decided.acknowledge and disposition.may_acknowledge,
        "service": decided.service,
        "level": decided.level,
        "owner": decided.owner,
        "tags": list(decided.tags),
        "language": decided.language,
        "nature": disposition.nature.value,
        "reasons": list(disposition.reasons),
        "candidates": [asdict(each) for each in decided.candidates],
        "rules": [each.as_json() for each in decided.evidence],
        "explanation": _sentence(decided, disposition, labels),
        "fingerprint": decided.fingerprint,
    }
