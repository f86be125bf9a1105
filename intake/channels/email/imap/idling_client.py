"""imapclient's IMAPClient, with an IDLE that loses nothing and can be woken."""

import contextlib
import select
import socket
import time
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError


class IdlingClient(IMAPClient):  # type: ignore[misc]
    """One IMAP connection. All methods but `wake` and `abandon` belong to one thread.

    Three gaps of the library are closed here. A change that the server reports while another
    command runs, or in the same packet as the beginning of IDLE, is noticed at once and not only
    at the next change. The wait can be ended from another thread. And nothing of the dialogue
    (access tokens, messages) is formatted for a debug log.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._wake_here, self._wake_there = socket.socketpair()
        self._wake_there.setblocking(False)
        self._unread = False
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._close_wakers()
            raise
        self._imap.debug = 0
        self.normalise_times = False
        _keep_alive(self._imap.sock)

    def wake(self) -> None:
        """From any thread: end a wait, or the next one if none is under way."""
        with contextlib.suppress(OSError):  # A full pipe wakes as well; a closed one need not.
            self._wake_there.send(b"!")

    def abandon(self) -> None:
        """From any thread: whatever is being read or written ends with an error."""
        self.wake()
        with contextlib.suppress(OSError):  # It was closed already.
            # Below TLS, whose own state belongs to the thread that reads.
            socket.socket.shutdown(self._imap.sock, socket.SHUT_RDWR)

    def forget_changes(self) -> None:
        """From here on `has_grown` tells what comes after."""
        self._imap.response("EXISTS")

    def has_grown(self) -> bool:
        """Whether the server announced messages, beside its answers, since `forget_changes`."""
        return bool(self._imap.untagged_responses.get("EXISTS"))

    def idle_until_change(self, seconds: float) -> bool:
        """IDLE until the server says something, `wake`, or `seconds` are over (RFC 2177).

        Returns whether there are new messages.
        """
        if self.has_grown():
            return True
        deadline = time.monotonic() + seconds
        self.idle()
        responses = self.idle_check(0)
        if not responses and not self.has_grown():
            responses = self.idle_check(max(0, deadline - time.monotonic()))
        # Where the connection is gone, idle_check() shows nothing and this raises.
        _, late = self.idle_done()
        return self.has_grown() or any(b"EXISTS" in response for response in (*responses, *late))

    def idle(self) -> None:
        """As the library's, but other responses may come before the server's `+ idling`."""
        self._idle_tag = self._imap._command("IDLE")
        while self._imap._get_response() is not None:
            refusal = self._imap.tagged_commands[self._idle_tag]
            if refusal is not None:
                del self._imap.tagged_commands[self._idle_tag]
                raise IMAPClientError(f"IDLE failed: {refusal}")
        # What came with that same packet is buffered: no poll of the socket would show it.
        self._unread = True

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> bool:
        if self._unread:
            self._unread = False
            return True
        poller = select.poll()
        poller.register(sock.fileno(), select.POLLIN)
        poller.register(self._wake_here.fileno(), select.POLLIN)
        events = poller.poll(None if timeout is None else timeout * 1000)
        ready = {descriptor for descriptor, _ in events}
        if self._wake_here.fileno() in ready:
            self._wake_here.recv(4096)
        return sock.fileno() in ready

    def close(self) -> None:
        """Say good-bye if the server still listens; let go of everything."""
        try:
            self.logout()
        except (IMAPClientError, OSError, ValueError):
            self.abandon()
            self._imap.sock.close()
        self._close_wakers()

    def _close_wakers(self) -> None:
        self._wake_here.close()
        self._wake_there.close()


def _keep_alive(sock: socket.socket) -> None:
    """Have the kernel find out within minutes that an idle peer or a NAT entry is gone."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
