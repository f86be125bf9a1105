"""The job `fetch`: download the files that a message links to.

A file that arrives before the message is triaged becomes one of its attachments; a later one
becomes an entry of its own. For a file that never arrives, a note gives its URL.
"""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from intake.context import Context
from intake.net.linked_files import fetch_linked
from intake.net.media import Fetched, FileAway, FileRefused, MediaSource, fetch
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.ports.messages import StoredFile
from intake.settings.twilio import Twilio
from intake.store.batch import Batch
from intake.store.message_files import (
    accepted_at,
    give_up_file,
    keep_file,
    mark_late,
    record_tried,
    ticket_of,
    waiting_files,
)

log = structlog.get_logger()

APP_SECONDS = 60.0
"""Seconds to fetch one file that an app links to."""
PATIENCE = timedelta(days=1)
"""Time after which a file is given up."""
LATE = "Chegou depois da mensagem: {names}."
LOST = "Um arquivo do cliente ({kind}) não pôde ser buscado ({why}): {url}"


async def fetch_files(context: Context, message: int) -> None:
    """Fetch the files of a message that are still missing, and store each as soon as it is here.

    Raises FileAway where one could not be fetched yet, so that the queue tries again.
    """
    async with context.database.transaction() as connection:
        waiting = await waiting_files(connection, message)
        found = await accepted_at(connection, message)
    if not waiting or found is None:
        return
    source, since = found
    away = ""
    for file in waiting:
        late = context.clock() - since > PATIENCE
        away = await _fetch_one(context, message, file, source, last=late) or away
    if away:
        raise FileAway(away)


async def _fetch_one(
    context: Context, message: int, file: StoredFile, source: str, *, last: bool
) -> str:
    """Fetch one file. Returns why it must be tried again, or "" if it need not."""
    try:
        fetched = await _fetched(context, file.url, source)
    except FileAway as error:
        if not last:
            async with context.database.transaction() as connection:
                await record_tried(connection, message, file.position, str(error)[:300])
            return str(error)
        await _give_up(context, message, file, str(error))
    except FileRefused as error:
        await _give_up(context, message, file, str(error))
    else:
        await _keep(context, message, file, fetched)
    return ""


async def _keep(context: Context, message: int, file: StoredFile, fetched: Fetched) -> None:
    async with context.database.transaction() as connection:
        kind = file.content_type or fetched.content_type
        await keep_file(connection, message, file.position, fetched.content, kind)
        ticket = await ticket_of(connection, message)
        if ticket is None:
            return
        await mark_late(connection, message, file.position)
        names = f"{kind or 'arquivo'} (n.º {file.position + 1})"
        entry = replace(
            note(ticket, LATE.format(names=names)), message_id=message, file=file.position
        )
        await Outbox(context, connection).write(Batch(entries=[entry]))


async def _give_up(context: Context, message: int, file: StoredFile, why: str) -> None:
    log.warning("file.given_up", message=message, position=file.position)
    async with context.database.transaction() as connection:
        await give_up_file(connection, message, file.position, why[:300])
        ticket = await ticket_of(connection, message)
        if ticket is None:
            return
        words = LOST.format(kind=file.content_type or "arquivo", why=why[:100], url=file.url)
        await Outbox(context, connection).write(Batch(entries=[note(ticket, words)]))


async def _fetched(context: Context, url: str, source: str) -> Fetched:
    kind, _, name = source.partition(":")
    if kind != "app":
        return await fetch(url, _media_source(context, source))
    app = next((each for each in context.config.settings.app if each.name == name), None)
    return await fetch_linked(
        url,
        hosts=app.file_hosts if app else (),
        largest=context.config.settings.mail.max_attachment,
        seconds=APP_SECONDS,
    )


def _media_source(context: Context, source: str) -> MediaSource:
    """The Twilio account or subaccount that got the message.

    Raises FileRefused where the settings do not have it.
    """
    settings = context.config.settings.twilio
    account = source.partition(":")[2]
    token = _token(settings, account) if settings is not None else None
    if settings is None or token is None:
        raise FileRefused("no account of the settings")
    return MediaSource(
        account=account,
        token=token,
        api_host=urlsplit(settings.api_url).netloc,
        hosts=settings.media_hosts,
        largest=context.config.settings.mail.max_attachment,
        timeout=settings.media_timeout,
    )


def _token(settings: Twilio, account: str) -> str | None:
    if account == settings.account_sid:
        return settings.auth_token.read()
    found = settings.subaccounts.get(account)
    return found.read() if found is not None else None
