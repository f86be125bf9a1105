"""Create the listeners that the settings ask for."""

from collections.abc import Callable
from datetime import datetime

from intake.channels.email.imap.listener import ImapListener
from intake.channels.email.maildir import MaildirListener
from intake.net.oauth import AccessTokens
from intake.ports.arrivals import Intake, Progress, TokenStore
from intake.ports.chat import Chat
from intake.ports.listener import Listener
from intake.settings.listeners import Imap
from intake.settings.model import Settings


def listeners(
    settings: Settings,
    *,
    intake: Intake,
    tokens: TokenStore,
    progress: Progress,
    clock: Callable[[], datetime],
    room: Chat | None = None,
) -> list[Listener]:
    """One listener for each folder of each IMAP account, each Maildir, each Twilio account, and the
    desk's chat.
    """
    found: list[Listener] = []
    for account in settings.imap:
        # One for all folders, because two that renew the same refresh token would invalidate each
        # other's.
        access = _access(account, tokens, clock)
        found += [
            ImapListener(
                account,
                folder,
                intake=intake,
                tokens=tokens,
                progress=progress,
                max_message=settings.mail.max_message,
                clock=clock,
                access=access,
            )
            for folder in account.folders
        ]
    found += [
        MaildirListener(
            maildir,
            intake=intake,
            progress=progress,
            max_message=settings.mail.max_message,
            clock=clock,
        )
        for maildir in settings.maildir
    ]
    found += _twilio(settings, intake, progress, clock)
    return found + _chat(settings, room, intake, progress, clock)


def _twilio(
    settings: Settings, intake: Intake, progress: Progress, clock: Callable[[], datetime]
) -> list[Listener]:
    if settings.twilio is None or not settings.twilio.reconcile:
        return []
    # Twilio's library is loaded only where it is needed.
    from intake.channels.twilio.listener import TwilioListener, accounts

    return [
        TwilioListener(
            settings.twilio, account, token, intake=intake, progress=progress, clock=clock
        )
        for account, token in accounts(settings.twilio).items()
    ]


def _chat(
    settings: Settings,
    room: Chat | None,
    intake: Intake,
    progress: Progress,
    clock: Callable[[], datetime],
) -> list[Listener]:
    if settings.odoo.discuss is None or room is None:
        return []
    from intake.channels.discuss.listener import DiscussListener

    poll = settings.odoo.discuss.poll
    return [DiscussListener(room, intake=intake, progress=progress, clock=clock, poll=poll)]


def _access(
    account: Imap, tokens: TokenStore, clock: Callable[[], datetime]
) -> AccessTokens | None:
    if account.oauth is None:
        return None
    return AccessTokens(account.oauth, user=account.user, store=tokens, clock=clock)
