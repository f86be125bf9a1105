"""Hostile mail through the real journal and workers: nothing vanishes, nobody behind it waits."""

from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

from intake.app.opening import Application
from intake.ports.email_addresses import AddressInvalid
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Delivery, Outcome, Outgoing
from intake.replies.mail_bytes import to_bytes
from intake.settings.database import Database
from tests.application import SOURCE, application, arrival, mail, rows
from tests.hostile.messages import HOSTILE

TICKETED = frozenset(("opened", "joined", "reopened", "linked", "duplicate"))
REPLIES = {
    "backend": "maildir",
    "outbox": "/nonexistent",
    "per_address_hour": 10_000,
    "overall_hour": 10_000,
}
BEHIND = "app trava na agenda de {name}"

FATES = """
    SELECT m.id, m.key, m.state, m.outcome, m.ticket_id, m.reasons, m.error, t.number,
           t.owner, t.description, t.acknowledged_at, t.received_at, t.first_response_due
      FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id
"""


class Composing(MemorySender):
    """Makes the bytes of every reply, as a real sender does, and reads them back."""

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Refuses an address that is none; else SENT."""
        try:
            reply = message_from_bytes(to_bytes(outgoing), policy=policy.default)
        except AddressInvalid as error:
            return Delivery(outcome=Outcome.REFUSED, detail=str(error))
        assert not reply.defects
        for name in ("From", "To", "Reply-To", "Subject", "Message-ID", "Auto-Submitted"):
            assert len(reply.get_all(name, [])) == 1
        assert reply["Bcc"] is None
        return await super().send(outgoing)


def sender_of(name: str) -> str:
    """Whoever writes the ordinary mail behind that hostile one."""
    return f"{name.replace('_', '.')}@clinica-exemplo.com.br"


async def accept_all(application: Application) -> None:
    """Each hostile mail with an ordinary one behind it, drained one after the other."""
    for place, (name, make) in enumerate(HOSTILE.items()):
        ordinary = mail(
            BEHIND.format(name=name),
            sender=f"Bia <{sender_of(name)}>",
            message_id=f"<depois-{name}@clinica-exemplo.com.br>",
        )
        arrivals = [arrival(make(), 2 * place), arrival(ordinary, 2 * place + 1)]
        await application.inbox.accept(arrivals, source=SOURCE)
        await application.worker_pool.drain()


def fault(row: dict[str, Any]) -> str:
    """What is wrong with what became of a hostile mail; empty where all is well."""
    if row["state"] == "failed":
        return "" if row["error"] else "failed without a word"
    if row["state"] != "done":
        return f"left {row['state']}"
    if row["outcome"] == "recorded":
        return "" if row["reasons"] else "recorded without a reason"
    if row["outcome"] not in TICKETED:
        return f"outcome {row['outcome']}"
    if row["number"] is None:
        return f"{row['outcome']}, but there is no ticket"
    if row["owner"] is None or row["first_response_due"] - row["received_at"] < timedelta(0):
        return "a ticket that nobody has"
    return ""


async def test_none_vanishes_and_none_holds_up_the_next(database_settings: Database) -> None:
    outbox = Composing()
    async with application(database_settings, sender=outbox, replies=REPLIES) as opened:
        await accept_all(opened)
        fates = {row["key"]: row for row in await rows(opened, FATES)}
    answered = {outgoing.recipient for outgoing in outbox.sent}
    faults: dict[str, str] = {}
    for place, name in enumerate(HOSTILE):
        hostile = fates[arrival(b"", 2 * place).key]
        ordinary = fates[arrival(b"", 2 * place + 1).key]
        if found := fault(hostile):
            faults[name] = found
        if ordinary["outcome"] != "opened" or not ordinary["acknowledged_at"]:
            faults[f"behind {name}"] = f"{ordinary['state']} {ordinary['outcome']}"
        if sender_of(name) not in answered:
            faults[f"answer behind {name}"] = "none"
    assert faults == {}
    assert len(fates) == 2 * len(HOSTILE)
