"""The costliest mail that we know: each read in a child process of its own, and what it cost."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.hostile.writing import head

SECONDS, MEGABYTES = 5.0, 300.0
SIZE = 39_000_000
HTML = {"content_type": "text/html; charset=utf-8"}


def _filled(front: bytes, line: bytes) -> bytes:
    return front + line * (SIZE // len(line))


def _in_a_part(line: bytes) -> bytes:
    begun = head(content_type='multipart/mixed; boundary="b"') + b"--b\r\n"
    return _filled(begun, line) + b"\r\n\r\noi\r\n--b--\r\n"


def _attributes() -> bytes:
    return head(**HTML) + b"<a " + b" ".join(b"%x" % n for n in range(80_000)) + b">oi</a>"


COSTLY: dict[str, Callable[[], bytes]] = {
    "colons": lambda: _filled(b"", b":\n"),
    "colons_behind_the_sender": lambda: _filled(head()[:-2], b":\r\n"),
    "folded": lambda: _filled(head()[:-2] + b"X: a\r\n", b" a\r\n"),
    "colons_in_a_part": lambda: _in_a_part(b":\n"),
    "parameters_in_a_part": lambda: _in_a_part(b"Content-Type: text/plain" + b"; a=b\r\n " * 99),
    "received": lambda: _filled(b"", b"Received: from a by b; x\r\n"),
    "references": lambda: _filled(head()[:-2] + b"References:", b" <a@b>"),
    "attributes": _attributes,
    "closes_nothing": lambda: head(**HTML) + b"<div></x>" * 55_000,
    "closes_in_a_comment": lambda: head(**HTML) + b"<div><!-- </div> -->" * 20_000,
    "closes_in_a_table": lambda: head(**HTML) + b"<div><table></div></table>" * 19_000,
    "closes_in_a_value": lambda: head(**HTML) + b"<div><p a='</div>'>" * 20_000,
    "closes_itself": lambda: head(**HTML) + b"<div/>" * 39_000,
    "documents": lambda: head(**HTML) + b"".join(b"<html a%d=1>" % n for n in range(30_000)),
    "digits": lambda: head() + (b"em 1 " + b"1 " * 45 + b"x:\r\n") * 2_000,
}
CHILD = """
import resource, sys, time
from tests.hostile.test_cost import COSTLY
from tests.mail.reading import read
from intake.content import headers
read(b"Content-Type: text/html\\r\\n\\r\\n<p>oi")
raw = COSTLY[sys.argv[1]]()
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, begun = peak(), time.process_time()
headers.message_digest(raw), headers.thread_position(raw)
message = read(raw)
cost = time.process_time() - begun, peak() - before
kept = any(file.content == raw for file in message.attachments)
print(*cost, len(message.notices), kept, sep=",")
"""


@pytest.mark.parametrize("name", COSTLY)
def test_none_costs_more_than_it_may(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, name], capture_output=True, text=True, check=True, timeout=110
    )
    seconds, megabytes, notices, kept = done.stdout.strip().split(",")
    assert float(seconds) < SECONDS
    assert float(megabytes) < MEGABYTES
    if name not in ("references", "digits") and len(COSTLY[name]()) < 25_000_000:
        assert int(notices) >= 2
        assert kept == "True"
