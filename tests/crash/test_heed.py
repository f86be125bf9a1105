"""Two daemons, killed while people work on tickets: each thing that follows is done once.

The seed is printed; INTAKE_CRASH_SEED sets it.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from intake.actions.ticket_work import act
from intake.app.opening import Application, opened
from intake.ports.memory_sender import MemorySender
from intake.settings.load import load_settings
from routing.watch.alarms import AlarmKind
from tests.application import mail
from tests.daemon.process import Daemon
from tests.daemon.workplace import MAILDIR, OUTBOX, PEOPLE, QUIET, Workplace, workplace
from tests.servers.process import wait_until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(200)]

TICKETS = 8
STRIKES = 2
"""In each act of the play."""
ANA, EDU = "ana.n0", "edu.n1"
SETTINGS = f"""
[[roster.person]]
login = "{EDU}"
name = "Edu Reis"
email = "edu.n1@r3izzy.com.br"
levels = ["N1"]
[watch]
debounce_minutes = 0
alarms_off = {[kind.value for kind in AlarmKind]}
"""
REPLIES = """
    SELECT kind, count(*), count(DISTINCT ticket_id) FROM replies GROUP BY kind ORDER BY kind
"""
NOTES = """
    SELECT count(*), count(DISTINCT ticket_id) FROM ticket_entries
     WHERE kind = 'note' AND author = 'Central Intake' AND position(%s IN body) > 0
"""
SAID = ("Edu Reis mudou a prioridade", "A data final passou de")
"""Of our own notes, one of each on each ticket."""
UNDONE = """
    SELECT (SELECT count(*) FROM desk_changes WHERE processed_at IS NULL)
         + (SELECT count(*) FROM desk_notes WHERE processed_at IS NULL)
         + (SELECT count(*) FROM replies WHERE state = 'queued')
         + (SELECT count(*) FROM messages WHERE state = 'new')
"""
DUE = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
JobSpec = Callable[[Application, str], Awaitable[object]]


@pytest.fixture
def place(journal_url: str) -> Iterator[Workplace]:
    with workplace() as made:
        database = f'[database]\nurl = "{journal_url}"\n'
        made.write(QUIET + MAILDIR + OUTBOX + PEOPLE + SETTINGS + database)
        yield made


@pytest.fixture
async def desk(place: Workplace) -> AsyncIterator[Application]:
    """Where people work; what follows is left to the daemons."""
    async with opened(load_settings(place.settings), outbox=MemorySender()) as application:
        yield application


def schedules(desk: Application, number: str) -> Awaitable[object]:
    return act(desk.context, number, ANA, fields={"stage": "scheduled", "deadline": DUE})


async def moves_and_another_meddles(desk: Application, number: str) -> None:
    later = DUE + timedelta(days=2)
    await act(desk.context, number, ANA, fields={"deadline": later})
    await act(desk.context, number, EDU, fields={"priority": "high"})


def ends(desk: Application, number: str) -> Awaitable[object]:
    return act(
        desk.context, number, ANA, fields={"stage": "done"}, note="Solução: o app foi corrigido."
    )


async def test_what_people_do_has_each_consequence_once(
    place: Workplace, desk: Application, journal_url: str, seed: int
) -> None:
    chance = random.Random(f"heed {seed}")
    daemons = [place.started(), place.started()]
    place.deliver(*(_mail(number) for number in range(TICKETS)))
    with psycopg.connect(journal_url, autocommit=True) as journal:

        def settled() -> bool:
            return journal.execute(UNDONE).fetchone() == (0,)

        wait_until(lambda: opened_so_far(journal) == TICKETS and settled(), "all are open")
        found = journal.execute("SELECT number FROM tickets ORDER BY id").fetchall()
        numbers = [number for (number,) in found]
        for deed in (schedules, moves_and_another_meddles, ends):
            await play(desk, deed, numbers, daemons, chance)
            wait_until(settled, f"what follows from {deed.__name__} is done", 90)
        replies = {kind: (rows, tickets) for kind, rows, tickets in journal.execute(REPLIES)}
        notes = {text: journal.execute(NOTES, [text]).fetchone() for text in SAID}
    assert replies == dict.fromkeys(
        ("acknowledgement", "attention", "closed-done", "deadline-moved", "scheduled"),
        (TICKETS, TICKETS),
    )
    assert notes == dict.fromkeys(SAID, (TICKETS, TICKETS))
    sent = {str(letter["Message-ID"]) for letter in place.answers()}
    assert len(sent) == 5 * TICKETS


async def play(
    desk: Application,
    deed: JobSpec,
    numbers: list[str],
    daemons: list[Daemon],
    chance: random.Random,
) -> None:
    """Everybody does it, and now and then a daemon dies over what follows."""
    strikes = chance.sample(range(len(numbers)), STRIKES)
    for turn, number in enumerate(numbers):
        await deed(desk, number)
        await asyncio.sleep(chance.uniform(0, 0.08))
        if turn in strikes:
            victim = chance.choice(daemons)
            victim.kill()
            victim.start()


def _mail(number: int) -> bytes:
    """Each of another client's: one gets ten confirmations an hour."""
    return mail(message_id=f"<{number}@x.br>", sender=f"Bia {number} <bia{number}@exemplo.com.br>")


def opened_so_far(journal: psycopg.Connection) -> int:
    row = journal.execute("SELECT count(*) FROM tickets").fetchone()
    return int(row[0]) if row else 0
