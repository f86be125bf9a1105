"""imapclient's IMAPClient, with an IDLE that misses no change and can be woken."""

import contextlib
import select
import socket
import time
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError


class IdlingClient(IMAPClient):  # type: ignore[misc]
    """One IMAP connection. All methods except `wake` and `abandon` must be called in one thread.

    It adds three things to the library. A change that the server reports while another command
    runs, or in the same packet as the beginning of IDLE, is noticed at once, not only at the next
    change. Another thread can end the wait. And nothing of the dialogue (access tokens, messages)
    is formatted for a debug log.
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
        """End the present wait, or the next one. Works from any thread."""
        with contextlib.suppress(OSError):  # A full socket wakes too; a closed one need not.
            self._wake_there.send(b"!")

    def abandon(self) -> None:
        """Abort: whatever is being read or written ends with an error. Works from any thread."""
        self.wake()
        with contextlib.suppress(OSError):  # It is closed already.
            # Shut down the TCP socket: the TLS state belongs to the reading thread.
            socket.socket.shutdown(self._imap.sock, socket.SHUT_RDWR)

    def forget_changes(self) -> None:
        """Make `has_grown` report only announcements from now on."""
        self._imap.response("EXISTS")

    def has_grown(self) -> bool:
        """Whether the server announced new messages (EXISTS) since `forget_changes`."""
        return bool(self._imap.untagged_responses.get("EXISTS"))

    def idle_until_change(self, seconds: float) -> bool:
        """IDLE (RFC 2177) until the server reports something, `wake` is called or `seconds` pass.

        Returns whether there are new messages.
        """
        if self.has_grown():
            return True
        deadline = time.monotonic() + seconds
        self.idle()
        responses = self.idle_check(0)
        if not responses and not self.has_grown():
            responses = self.idle_check(max(0, deadline - time.monotonic()))
        # If the connection is lost, idle_check() returns nothing and this raises.
        _, late = self.idle_done()
        return self.has_grown() or any(b"EXISTS" in response for response in (*responses, *late))

    def idle(self) -> None:
        """Begin IDLE. Unlike the library, accept other responses before the server's `+ idling`."""
        self._idle_tag = self._imap._command("IDLE")
        while self._imap._get_response() is not None:
            refusal = self._imap.tagged_commands[self._idle_tag]
            if refusal is not None:
                del self._imap.tagged_commands[self._idle_tag]
                raise IMAPClientError(f"IDLE failed: {refusal}")
        # Responses in the same packet are buffered already, so polling the socket misses them.
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
        """Log out if the server still answers, and close all sockets."""
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
    """Let the kernel detect a lost peer or NAT entry within minutes, by TCP keep-alive."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
