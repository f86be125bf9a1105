"""Rules ask for a client's tags as the desk had them when the client wrote before."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.app.opening import Application
from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database
from routing.ledger import Ledger
from routing.message import Address, Message
from routing.vocabulary import Authentication, Channel
from tests.application import application, mail, rows, take_in

BIA, LIA = "bia@exemplo.com.br", "lia@exemplo.com.br"
RULES = """
[[rule]]
id = "vip"
label = "O cliente é VIP"
when = { client_tag = "vip*" }
set = { priority = "high" }
weight = 5
"""


async def write(here: Application, sender: str, number: int) -> str:
    """A new matter of that sender; the priority that it got."""
    raw = mail(f"caso {number}", sender=sender, message_id=f"<{number}@exemplo.com.br>")
    await take_in(here, raw, first=number)
    found = await rows(here, "SELECT priority FROM tickets ORDER BY id")
    assert len(found) == number
    return str(found[-1]["priority"])


@pytest.fixture
def rules_file(tmp_path: Path) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(RULES)
    return path


async def test_from_the_second_message_on(database_settings: Database, rules_file: Path) -> None:
    desk = MemoryDesk()
    desk.client_tags = {BIA: frozenset({"vip-ouro", "clínica"})}
    rules = {"shipped": False, "file": str(rules_file)}
    async with application(database_settings, desk=desk, rules=rules) as here:
        assert await write(here, f"Bia <{BIA}>", 1) == "medium"
        assert await write(here, f"Bia <{BIA.upper()}>", 2) == "high"
        assert await write(here, f"Lia <{LIA}>", 3) == "medium"
        desk.client_tags = {}
        assert await write(here, f"Bia <{BIA}>", 4) == "high"
        assert await write(here, f"Bia <{BIA}>", 5) == "medium"


def test_nobody_has_the_tags_of_whom_a_mail_only_pretends_to_be_from() -> None:
    ledger = Ledger(client_tags={BIA: frozenset({"vip"})})
    sent = Message(
        channel=Channel.EMAIL,
        received_at=datetime(2026, 11, 24, 13, 0, tzinfo=UTC),
        sender=Address(address=BIA),
    )
    assert ledger.tags_of(sent) == {"vip"}
    assert ledger.tags_of(replace(sent, authentication=Authentication.FAIL)) == frozenset()
    assert ledger.tags_of(replace(sent, sender=None)) == frozenset()
