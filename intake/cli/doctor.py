"""`intake doctor`: try every connection in the settings and say what to do about each failure."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import click
from rich.console import Console
from rich.table import Table

from intake.cli.context import CommandContext, look
from intake.desk.port import DeskUnavailable
from intake.http.meters import Meters
from intake.listeners.configured import listeners
from intake.listeners.listener import ListenerUnavailable
from intake.office import Office, now, opened
from intake.replies.sender import SenderUnavailable
from intake.settings.credential import CredentialMissing
from intake.settings.model import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was tried."""

    what: str
    well: bool
    detail: str


@click.command(epilog="Example: intake -c /etc/central-intake/settings.toml doctor")
@click.pass_obj
def doctor(context: CommandContext) -> None:
    """Try journal, mailboxes, mail server and desk; exit code 1 where something fails."""
    settings = context.settings()
    findings = [Finding(what="settings", well=True, detail=str(settings.path))]
    findings += look(_examine(settings))
    table = Table("", "What", "Found")
    for finding in findings:
        table.add_row("✓" if finding.well else "✗", finding.what, finding.detail)
    Console().print(table)
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


async def _examine(settings: Settings) -> list[Finding]:
    async with opened(settings) as office:
        where = "embedded PostgreSQL" if office.database.server else "PostgreSQL"
        findings = [Finding(what="journal", well=True, detail=f"{where}, schema up to date")]
        findings.append(await _try("desk", office.context.desk.check))
        findings.append(await _replies(office, settings))
        found = listeners(
            settings, intake=office.gate, tokens=office.tokens, progress=Meters(), clock=now
        )
        if not found:
            findings.append(
                Finding(
                    what="listeners",
                    well=False,
                    detail="none: add [[imap]] or [[maildir]] to the settings",
                )
            )
        findings += [await _try(listener.source, listener.check) for listener in found]
        findings += list(_roster(settings))
    return findings


async def _replies(office: Office, settings: Settings) -> Finding:
    if settings.replies.via == "none":
        return Finding(
            what="replies",
            well=True,
            detail='switched off (replies.via = "none"): clients get no acknowledgement',
        )
    return await _try(f"replies by {settings.replies.via}", office.context.sender.check)


async def _try(what: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(what=what, well=True, detail=await check())
    except (
        DeskUnavailable,
        ListenerUnavailable,
        SenderUnavailable,
        CredentialMissing,
        OSError,
    ) as error:
        return Finding(what=what, well=False, detail=" ".join(str(error).split()))


def _roster(settings: Settings) -> list[Finding]:
    roster = settings.roster.build()
    if not roster.people:
        return [
            Finding(
                what="roster",
                well=False,
                detail="nobody: tickets get no owner; add [[roster.person]] to the settings",
            )
        ]
    empty = [level for level in roster.levels if not roster.on(level)]
    detail = f"{len(roster.people)} people on {', '.join(roster.levels)}"
    if empty:
        detail += f"; nobody on {', '.join(empty)}: those tickets fall to the next level"
    return [Finding(what="roster", well=True, detail=detail)]
