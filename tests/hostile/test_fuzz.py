"""Mail made by chance: reading it never fails, and what comes of it can be kept.

`INTAKE_FUZZ_EXAMPLES=20000` makes more of each kind than every day.
"""

from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.reading.normalise import UNREADABLE
from intake.content import headers
from intake.ports.description import description_html
from intake.settings.mail import Mail
from routing.disposition import dispose
from tests.hostile import strategies
from tests.hostile.fuzzing import fuzz, patient
from tests.hostile.invariants import check
from tests.mail.reading import read

LIMITS = (
    Mail(trusted_authserv_ids=("mx",)),
    Mail(
        max_message=3_000,
        max_attachments=2,
        max_attachment=100,
        max_attachments_total=150,
        max_parts=4,
        max_depth=2,
        max_text=80,
    ),
)
OWN = frozenset(("suporte@r3izzy.com.br",))
SEEDS = strategies.seeds()

pytestmark = patient


def check_reading(raw: bytes) -> None:
    """All that is done to a mail before rules see it."""
    for limits in LIMITS:
        message = read(raw, limits=limits)
        assert UNREADABLE not in message.notices
        check(message, limits)
        dispose(message, own_addresses=OWN)
        description_html(message).encode("utf-8")
    headers.thread_position(raw).root.encode("utf-8")
    headers.message_digest(raw)


@fuzz
@given(strategies.damaged(SEEDS))
def test_damaged_mail(raw: bytes) -> None:
    check_reading(raw)


@fuzz
@given(strategies.trees())
def test_trees_of_parts(raw: bytes) -> None:
    check_reading(raw)


@fuzz
@given(strategies.headers(), st.binary(max_size=400))
def test_headers_and_bytes(front: bytes, body: bytes) -> None:
    check_reading(front + b"\r\n" + body)


@fuzz
@given(st.binary(max_size=1_000))
def test_bytes(raw: bytes) -> None:
    check_reading(raw)
