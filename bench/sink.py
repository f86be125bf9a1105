"""An SMTP server that accepts all mail and prints when; run as `python -m bench.sink`.

It prints its port, then one line for each mail: when it was accepted (the machine's monotonic
clock, in seconds) and the Message-ID that it answers.
"""

import asyncio
import sys
import time

HOST = "127.0.0.1"
_END = b"\r\n.\r\n"
_GREETING = b"220 sink ESMTP\r\n"
_CAPABILITIES = (
    b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 52428800\r\n"
)
_ANSWERS = {
    b"EHLO": _CAPABILITIES,
    b"HELO": b"250 sink\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"DATA": b"354 End data with <CR><LF>.<CR><LF>\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}


class _Sink(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = bytearray()
        self._in_data = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_GREETING)

    def data_received(self, data: bytes) -> None:
        self._received += data
        while self._mail() if self._in_data else self._command():
            pass

    def _mail(self) -> bool:
        end = self._received.find(_END)
        if end < 0:
            return False
        mail = bytes(self._received[:end])
        del self._received[: end + len(_END)]
        self._in_data = False
        self._say(b"250 2.0.0 Ok: queued\r\n")
        print(time.monotonic(), _in_reply_to(mail), flush=True)
        return True

    def _command(self) -> bool:
        end = self._received.find(b"\r\n")
        if end < 0:
            return False
        verb = bytes(self._received[:4]).upper()
        del self._received[: end + 2]
        self._in_data = verb == b"DATA"
        self._say(_ANSWERS.get(verb, b"502 5.5.1 Not here\r\n"))
        if verb == b"QUIT" and self._transport is not None:
            self._transport.close()
        return True

    def _say(self, words: bytes) -> None:
        if self._transport is not None:
            self._transport.write(words)


def _in_reply_to(mail: bytes) -> str:
    head, _, _ = mail.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"in-reply-to:"):
            return line.partition(b":")[2].strip().decode("ascii", "replace")
    return "-"


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, HOST, 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        # The parent process closes standard input when the benchmark ends.
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve())
