"""`intake doctor`: tries every connection in the settings and says how to fix each failure."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import click
import psycopg

from intake.app.listeners import listeners
from intake.app.opening import Application, now, opened
from intake.app.webhooks import NO_SOURCE
from intake.cli.context import CommandContext, look
from intake.metrics import Metrics
from intake.ports.arrivals import Cursor, Intake, IntakeUnavailable, TokenStore
from intake.ports.desk import Desk, DeskUnavailable
from intake.ports.listener import ListenerUnavailable
from intake.ports.memory_inbox import MemoryIntake, MemoryTokenStore
from intake.ports.sender import SenderUnavailable
from intake.settings.apps import App
from intake.settings.credential import CredentialMissing
from intake.settings.model import Settings
from intake.store.database import DatabaseUnavailable
from intake.store.embedded import EmbeddedUnavailable
from intake.store.migrate import DatabaseNewer

JOURNAL_AWAY = (
    DatabaseUnavailable,
    EmbeddedUnavailable,
    DatabaseNewer,
    CredentialMissing,
    psycopg.OperationalError,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """The result of one check."""

    what: str
    well: bool
    detail: str


class _Unknown(MemoryIntake):
    """Used when the store is unavailable: it answers as if each mailbox had been read before."""

    async def cursor(self, source: str) -> Cursor | None:
        return Cursor(uid_validity=0, last_uid=0)


@click.command(epilog="Example: intake -c /etc/central-intake/settings.toml doctor")
@click.pass_obj
def doctor(context: CommandContext) -> None:
    """Try journal, mailboxes, mail server, desk and Trello; exit code 1 where something fails."""
    settings = context.settings()
    findings = [Finding(what="settings", well=True, detail=str(settings.path))]
    findings += look(_examine(settings))
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        mark = click.style("✓", fg="green") if finding.well else click.style("✗", fg="red")
        click.echo(f"{mark} {finding.what:<{width}}  {finding.detail}")
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


async def _examine(settings: Settings) -> list[Finding]:
    try:
        async with opened(settings) as application:
            where = "embedded PostgreSQL" if application.database.server else "PostgreSQL"
            return [
                Finding(what="journal", well=True, detail=f"{where}, schema up to date"),
                *await _desk(settings, application.context.desk),
                await _replies(application, settings),
                *await _mailboxes(settings, application.inbox, application.tokens),
                *await _trello(settings),
                *_roster(settings),
            ]
    except JOURNAL_AWAY as error:
        why = Finding(what="journal", well=False, detail=_one_line(error))
    except SenderUnavailable as error:
        why = Finding(what="replies", well=False, detail=_one_line(error))
    desk, trello = await _desk(settings, None), await _trello(settings)
    mailboxes = await _mailboxes(settings, _Unknown(), None)
    return [why, *desk, *mailboxes, *trello, *_roster(settings)]


async def _desk(settings: Settings, desk: Desk | None) -> list[Finding]:
    """Checks of the desk. An Odoo is checked in detail, whether or not the store is available."""
    if settings.desk.backend == "odoo":
        # odoorpc is loaded only if the desk is Odoo.
        from intake.desk.odoo.checkup import examine_settings

        found = await examine_settings(settings, clock=now)
        return [Finding(what=each.what, well=each.well, detail=each.detail) for each in found]
    return [] if desk is None else [await _try("desk", desk.check)]


async def _trello(settings: Settings) -> list[Finding]:
    if settings.trello is None:
        return []
    from intake.trello.checkup import examine

    found = await examine(settings.trello)
    return [Finding(what="trello", well=found.well, detail=found.detail)]


async def _mailboxes(
    settings: Settings, intake: Intake, tokens: TokenStore | None
) -> list[Finding]:
    """Check all listeners at once. Without a token store, those that need one are skipped."""
    found = listeners(
        settings,
        intake=intake,
        tokens=tokens or MemoryTokenStore(),
        progress=Metrics(),
        clock=now,
    )
    posted = _doors(settings)
    if not found and not posted:
        return [Finding(what="listeners", well=False, detail=f"none: {NO_SOURCE}")]
    untried = _with_refresh_token(settings) if tokens is None else frozenset()
    tried = await asyncio.gather(
        *(
            _untried(listener.source)
            if listener.source in untried
            else _try(listener.source, listener.check)
            for listener in found
        )
    )
    return [*(line for each in tried for line in _lines(each)), *posted]


def _lines(tried: Finding) -> list[Finding]:
    """A mailbox that was never read has a second line, about its first start."""
    first, *further = tried.detail.split("\n")
    return [
        replace(tried, detail=first),
        *(
            Finding(what="first-start", well=True, detail=f"{tried.what}: {line}")
            for line in further
        ),
    ]


def _doors(settings: Settings) -> list[Finding]:
    """Checks of what posts to us: the apps' secrets, and whether the HTTP server is enabled."""
    found = []
    if settings.twilio is not None and not settings.twilio.reconcile:
        where = f"{settings.twilio.public_url}/twilio/messages"
        detail = f"its webhooks go to {where}; nothing is compared (reconcile = false)"
        found.append(Finding(what="twilio", well=True, detail=detail))
    for app in settings.app:
        found.append(_app(app))
    if (settings.twilio or settings.app) and not settings.http.enabled:
        detail = "nobody can post to us: set http.enabled = true"
        found.append(Finding(what="http", well=False, detail=detail))
    return found


def _app(app: App) -> Finding:
    # The signature library is loaded only if there is an app.
    from intake.net.webhook_keys import Keyring

    try:
        Keyring([app])
    except CredentialMissing as error:
        return Finding(what=f"app:{app.name}", well=False, detail=_one_line(error))
    told = f"; is called back at {app.callback}" if app.callback else ""
    return Finding(what=f"app:{app.name}", well=True, detail=f"posts to /v1/requests{told}")


def _with_refresh_token(settings: Settings) -> frozenset[str]:
    return frozenset(
        f"imap:{account.name}/{folder}"
        for account in settings.imap
        if account.oauth is not None and account.oauth.flow == "refresh_token"
        for folder in account.folders
    )


async def _untried(source: str) -> Finding:
    # A refresh token may be valid for one use only, and without the store the next one would be
    # lost.
    detail = "not tried: its refresh token is kept in the journal"
    return Finding(what=source, well=False, detail=detail)


async def _replies(application: Application, settings: Settings) -> Finding:
    if settings.replies.backend == "none":
        return Finding(
            what="replies",
            well=True,
            detail='switched off (replies.backend = "none"): clients get no acknowledgement',
        )
    return await _try(f"replies by {settings.replies.backend}", application.context.sender.check)


async def _try(what: str, check: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(what=what, well=True, detail=await check())
    except (
        DeskUnavailable,
        ListenerUnavailable,
        SenderUnavailable,
        IntakeUnavailable,
        CredentialMissing,
        OSError,
    ) as error:
        return Finding(what=what, well=False, detail=_one_line(error))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


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
