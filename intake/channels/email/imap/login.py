"""Opens an IMAP folder: connects, starts TLS, logs in and selects. Each error comes with advice.

Everything here blocks and runs in the connection's own thread.
"""

import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass

from imapclient import SocketTimeout
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from intake.channels.email.imap.idling_client import IdlingClient
from intake.net.tls import client_context
from intake.ports.listener import ListenerUnavailable, LoginRefused
from intake.settings.credential import CredentialMissing
from intake.settings.listeners import Imap, PostFetchAction, Security

CONNECT = 20.0
"""Maximum seconds for connecting; the timeout in the settings applies if it is shorter."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """What the server reports about itself and the selected folder."""

    uid_validity: int
    uid_next: int
    """UIDNEXT as announced by the server, else one more than the highest existing UID."""
    uid_next_announced: bool
    messages: int
    idle: bool
    move: bool
    keywords: bool
    """Whether new keywords may be created here (PERMANENTFLAGS has \\*); False if read-only."""

    def went_back_behind(self, last_uid: int) -> bool:
        """Whether the server will assign UIDs up to `last_uid`, which we have seen, again.

        UIDNEXT never decreases (RFC 3501, 2.3.1.1), unless a mailbox is restored from a backup.
        """
        return self.uid_next_announced and self.uid_next <= last_uid


class Opening:
    """A connection that another thread may abort at any moment, even while it is being opened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: IdlingClient | None = None
        self._given_up = False

    def hold(self, client: IdlingClient) -> None:
        """Make `abandon` abort `client`; abort it now if `abandon` was called before."""
        with self._lock:
            self._client = client
            if self._given_up:
                client.abandon()

    def abandon(self) -> None:
        """Abort the connection: whatever it waits for ends with an error."""
        with self._lock:
            self._given_up = True
            if self._client is not None:
                self._client.abandon()

    def close(self) -> None:
        """Close the socket. Call it in the connection's thread."""
        if self._client is not None:
            self._client.close()


def open_folder(
    opening: Opening, settings: Imap, folder: str, access_token: str | None
) -> tuple[IdlingClient, Selected]:
    """Connect, log in and select `folder`. Raises LoginRefused or ListenerUnavailable, with advice.

    Creates the folder `move_to` if mail is to be moved there.
    """
    client = _connect(settings)
    opening.hold(client)
    try:
        _log_in(client, settings, access_token)
        if settings.post_fetch_action is PostFetchAction.MOVE:
            _make_folder(client, settings.move_to)
        return client, _select(client, settings, folder)
    except BaseException:
        client.close()
        raise


def _connect(settings: Imap) -> IdlingClient:
    where = f"{settings.host}:{settings.effective_port}"
    context = None
    if settings.security is not Security.NONE:
        context = client_context(settings.ca_file)
    try:
        client = IdlingClient(
            settings.host,
            settings.effective_port,
            ssl=settings.security is Security.TLS,
            ssl_context=context,
            timeout=SocketTimeout(min(CONNECT, settings.timeout), settings.timeout),
        )
        if settings.security is Security.STARTTLS:
            try:
                client.starttls(context)
            except BaseException:
                client.close()
                raise
        return client
    except ssl.SSLCertVerificationError as error:
        raise ListenerUnavailable(
            f"{where}: certificate not accepted: {error.verify_message} "
            "(for a private CA give ca_file; the host must be the name in the certificate)"
        ) from error
    except ssl.SSLError as error:
        raise ListenerUnavailable(
            f"{where}: no TLS: {readable(error)} (is security right for this port?)"
        ) from error
    except socket.gaierror as error:
        raise ListenerUnavailable(f"{where}: no such host: {error.strerror}") from error
    except CapabilityError as error:
        raise ListenerUnavailable(f"{where} does not offer STARTTLS") from error
    except (OSError, IMAPClientError) as error:
        raise ListenerUnavailable(f"{where}: {readable(error)}") from error


def _log_in(client: IdlingClient, settings: Imap, access_token: str | None) -> None:
    try:
        if access_token is not None and settings.oauth is not None:
            if settings.oauth.mechanism == "xoauth2":
                client.oauth2_login(settings.user, access_token)
            else:
                client.oauthbearer_login(settings.user, access_token)
        elif settings.password is not None:
            _log_in_by_password(client, settings.user, settings.password.read())
    except CredentialMissing as error:
        raise LoginRefused(str(error)) from error
    except LoginError as error:
        if _is_passing(error):
            raise ListenerUnavailable(f"login at {settings.host}: {readable(error)}") from error
        raise LoginRefused(
            f"login refused by {settings.host}: {readable(error)} ({_advice(settings)})"
        ) from error
    except (OSError, IMAPClientError) as error:
        raise ListenerUnavailable(f"login at {settings.host}: {readable(error)}") from error


def _advice(settings: Imap) -> str:
    if settings.oauth is None:
        return f"look at user and password of [[imap]] {settings.name}"
    if settings.oauth.flow == "client_credentials":
        return (
            f"look at user and oauth of [[imap]] {settings.name}; "
            "is the app allowed into this mailbox, and IMAP switched on for it?"
        )
    return (
        f"look at user and oauth of [[imap]] {settings.name}; "
        "did this user sign in, and is IMAP switched on for the mailbox?"
    )


def _log_in_by_password(client: IdlingClient, user: str, password: str) -> None:
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(user, password)  # In UTF-8 (RFC 4616), unlike LOGIN.
    elif client.has_capability("LOGINDISABLED"):
        raise LoginError("the server takes no password on this connection; use security tls")
    elif (user + password).isascii():
        client.login(user, password)
    else:
        raise LoginError("the server takes only ASCII passwords (no AUTH=PLAIN)")


def _is_passing(error: LoginError) -> bool:
    """True if the connection or the server failed, not the credentials (RFC 5530)."""
    codes = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")
    return isinstance(error.__context__, IMAPClientAbortError) or any(
        code in str(error).upper() for code in codes
    )


def _make_folder(client: IdlingClient, folder: str) -> None:
    try:
        if not client.folder_exists(folder):
            client.create_folder(folder)
    except (OSError, IMAPClientError) as error:
        raise ListenerUnavailable(
            f"move_to {folder} cannot be made: {readable(error)} (there is: {_folders(client)})"
        ) from error


def _select(client: IdlingClient, settings: Imap, folder: str) -> Selected:
    try:
        answer = client.select_folder(
            folder, readonly=settings.post_fetch_action is PostFetchAction.LEAVE
        )
    except IMAPClientReadOnlyError as error:
        raise ListenerUnavailable(
            f"{folder} may only be read: set post_fetch_action = "
            f'"{PostFetchAction.LEAVE}", or give [[imap]] {settings.name} the right to change it'
        ) from error
    except IMAPClientAbortError as error:
        raise ListenerUnavailable(f"{folder}: {readable(error)}") from error
    except IMAPClientError as error:
        raise ListenerUnavailable(
            f"{folder} cannot be opened: {readable(error)} (there is: {_folders(client)})"
        ) from error
    except OSError as error:
        raise ListenerUnavailable(f"{folder}: {readable(error)}") from error
    if b"UIDVALIDITY" not in answer:
        raise ListenerUnavailable(f"{settings.host} has no lasting UIDs in {folder} (UIDVALIDITY)")
    return Selected(
        uid_validity=answer[b"UIDVALIDITY"],
        uid_next=answer.get(b"UIDNEXT") or _uid_next(client),
        uid_next_announced=b"UIDNEXT" in answer,
        messages=answer.get(b"EXISTS", 0),
        idle=client.has_capability("IDLE"),
        move=client.has_capability("MOVE"),
        keywords=b"\\*" in answer.get(b"PERMANENTFLAGS", (b"\\*",)),
    )


def _uid_next(client: IdlingClient) -> int:
    found = client.search("UID *")
    return max(found, default=0) + 1


def _folders(client: IdlingClient) -> str:
    names: list[str] = []
    with contextlib.suppress(IMAPClientError, OSError, ValueError):
        names = sorted(name for _, _, name in client.list_folders())
    return ", ".join(names[:20]) or "nothing"


def readable(error: BaseException) -> str:
    """The error in one line. Text that imaplib wraps in `b'…'` is unwrapped."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    text = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    if text.startswith(("b'", 'b"')):
        text = text[2:-1]
    return " ".join(text.split())[:300]
