"""The daemon: listeners, workers and the HTTP server, started together and stopped together."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from intake import memory, systemd
from intake.active_config import build_in_force
from intake.app.listeners import listeners
from intake.app.opening import Office, now, opened
from intake.app.supervisor import supervise
from intake.app.webhooks import NO_DOOR, Doors, doors, has_doors
from intake.jobs.desk_watch import DeskWatch
from intake.jobs.flush_bursts import end_talks
from intake.notify.alarms import wind_up
from intake.ports.arrivals import IntakeUnavailable
from intake.ports.listener import Listener, ListenerUnavailable
from intake.ports.sender import SenderUnavailable
from intake.replies.templates import TemplatesInvalid
from intake.settings.credential import CredentialMissing
from intake.settings.load import SettingsInvalid, load_settings
from intake.settings.model import Settings
from intake.settings.twilio import Twilio
from intake.upkeep.reconciliation import Nights
from intake.web.health import Health
from intake.web.server import serving
from intake.web.sla_metrics import PromiseCount
from routing.rules.problems import RulesInvalid

log = structlog.get_logger()

RELOADABLE = (
    "rules",
    "calendar",
    "sla",
    "roster",
    "replies",
    "smtp",
    "organisation",
    "tickets",
    "mail",
    "conversations",
    "watch",
    "app",
    "twilio",
)
"""Sections that SIGHUP puts in force; the others need a restart, and the log says so."""


TWILIO_ACCOUNT = (
    "account_sid",
    "auth_token",
    "subaccounts",
    "public_url",
    "api_url",
    "reconcile",
)
"""Keys of [twilio] that need a restart: whoever compares the account's lists works by them."""


class WorkUndone(Exception):
    """`run --once` ended, but not everything could be taken in"""


async def run(settings: Settings, stopping: asyncio.Event | None = None) -> None:
    """Run until SIGTERM or SIGINT, or until the caller sets `stopping`."""
    memory.prefer_few_heaps()
    stopping = stopping or asyncio.Event()
    standing = Doors()
    async with opened(settings) as office, _signals(office, settings.path, stopping, standing):
        health = Health(office.database, office.meters, promises=_promises(office))
        await wind_up(office.context)
        async with _http(settings, office, health, standing), asyncio.TaskGroup() as tasks:
            found = _listeners(office, settings)
            for listener in found:
                office.meters.listener_started(listener.source)
            nights = Nights(zone=ZoneInfo(settings.calendar.timezone), clock=now)
            listening = tasks.create_task(
                supervise(found, stopping=stopping, progress=office.meters, nights=nights),
                name="listeners",
            )
            working = tasks.create_task(office.workforce.run(stopping), name="workforce")
            looking = tasks.create_task(_watch_desk(office, settings, stopping), name="desk")
            keeper = tasks.create_task(office.database.keep_alive(), name="journal")
            watchdog = tasks.create_task(systemd.watchdog(health, stopping), name="watchdog")
            freeing = tasks.create_task(memory.give_back(), name="memory")
            memory.stand_by()
            systemd.ready()
            log.info("daemon.ready", listeners=[listener.source for listener in found])
            if not found and not has_doors(settings):
                log.warning("daemon.no_listener", so=NO_DOOR)
            await stopping.wait()
            systemd.stopping()
            log.info("daemon.stopping", at_most_seconds=settings.work.drain)
            # Their last work needs the journal: its server is kept alive until they have ended.
            await asyncio.wait({listening, working})
            # A desk that does not answer is not waited for: the next look sees the same.
            looking.cancel()
            keeper.cancel()
            watchdog.cancel()
            freeing.cancel()
    log.info("daemon.stopped")


def _promises(office: Office) -> PromiseCount:
    def zone() -> ZoneInfo:
        return office.context.in_force.policy.procedure.calendar.zone

    return PromiseCount(office.database, office.meters, zone=zone, now=now)


async def _watch_desk(office: Office, settings: Settings, stopping: asyncio.Event) -> None:
    if office.changes is not None:
        poll = settings.odoo.poll
        await DeskWatch(office.context, office.changes, office.leases, poll=poll).run(stopping)


async def run_once(settings: Settings) -> None:
    """Take in all there is, do all that follows from it, and end.

    Raises WorkUndone where a source could not be reached, after everything else was done.
    """
    async with opened(settings) as office:
        unreached = []
        await wind_up(office.context)
        for listener in _listeners(office, settings):
            try:
                new = await listener.drain()
                log.info("listener.drained", source=listener.source, new=new)
            except (ListenerUnavailable, IntakeUnavailable) as error:
                unreached.append(str(error))
        await office.workforce.drain()
        if await end_talks(office.context):
            await office.workforce.drain()
    if unreached:
        raise WorkUndone("; ".join(unreached))


def _listeners(office: Office, settings: Settings) -> list[Listener]:
    return listeners(
        settings,
        intake=office.gate,
        tokens=office.tokens,
        progress=office.meters,
        clock=now,
        room=office.room,
    )


@asynccontextmanager
async def _http(
    settings: Settings, office: Office, health: Health, standing: Doors
) -> AsyncIterator[None]:
    if not settings.http.enabled:
        yield
        return
    standing.open(doors(office, settings))
    async with serving(settings.http, health, [standing.route()]):
        yield


@asynccontextmanager
async def _signals(
    office: Office, path: Path | None, stopping: asyncio.Event, standing: Doors
) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(signal.SIGINT, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, reload, office, path, standing)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


def _kept(read: Settings, before: Settings) -> dict[str, Any]:
    """What stays as it was until the next start."""
    fixed = {
        name: getattr(before, name) for name in Settings.model_fields if name not in RELOADABLE
    }
    # Whether there is a clock at all: its workers come with the start.
    watch = read.watch.model_copy(update={"enabled": before.watch.enabled})
    return fixed | {"watch": watch, "twilio": _twilio_kept(read.twilio, before.twilio)}


def _twilio_kept(read: Twilio | None, before: Twilio | None) -> Twilio | None:
    if read is None or before is None:
        return before
    fixed = {name: getattr(before, name) for name in TWILIO_ACCOUNT}
    if (read.voice is None) is not (before.voice is None):
        fixed["voice"] = before.voice
    return read.model_copy(update=fixed)


def reload(office: Office, path: Path | None, standing: Doors | None = None) -> None:
    """Put changed settings, rules, templates, sender and doors in force.

    A bad file, or a secret that is not there, changes nothing.
    """
    systemd.reloading()
    before = office.context.in_force.settings
    try:
        read = load_settings(path)
        kept = _kept(read, before)
        settings = read.model_copy(update=kept)
        routes = doors(office, settings) if standing and settings.http.enabled else ()
        office.put_in_force(build_in_force(settings))
        if standing is not None:
            standing.open(routes)
    except (
        SettingsInvalid,
        RulesInvalid,
        TemplatesInvalid,
        SenderUnavailable,
        CredentialMissing,
    ) as error:
        office.meters.reloaded("refused")
        log.error("reload.refused", problem=str(error), kept="the settings from before")
    else:
        changed = [name for name in kept if getattr(read, name) != kept[name] and name != "path"]
        office.meters.reloaded("ok")
        log.info("reload.done", rules=office.context.in_force.policy.rules.fingerprint)
        if changed:
            named = ["watch.enabled" if name == "watch" else name for name in changed]
            log.warning("reload.needs_restart", sections=named)
    systemd.ready()
