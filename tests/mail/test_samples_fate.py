"""What becomes of the samples by the shipped rules: the last column of samples/README.md."""

from pathlib import Path

from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import SOURCE, application, arrival, rows

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.eml"))
FATES = {
    "01": ("opened", "usage"),
    "02": ("opened", "bug"),
    "03": ("opened", "improvement"),
    "04": ("opened", "tax"),
    "05": ("opened", "accounting_monthly"),
    "06": ("opened", "accounting_city"),
    "07": ("opened", "contract"),
    "08": ("opened", "accounting_city"),
    "09": ("opened", "accounting_service"),
    "10": ("recorded", None),
    "11": ("recorded", None),
    "12": ("recorded", None),
    "13": ("opened", "bug"),
    "14": ("opened", "internal"),
    "15": ("opened", "accounting_service"),
    "16": ("duplicate", "accounting_service"),
    "17": ("joined", "bug"),
    "18": ("recorded", None),
    "19": ("opened", "accounting_service"),
}
QUERY = """
    SELECT m.key, m.outcome, t.request_type, t.priority, t.kind, t.service, t.number,
           (SELECT count(*) FROM replies r
             WHERE r.ticket_id = t.id AND r.kind = 'acknowledgement') AS answers
      FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id
"""


async def test_each_becomes_what_the_table_says(database_settings: Database) -> None:
    outbox = MemorySender()
    async with application(database_settings, sender=outbox, rules={"shipped": True}) as opened:
        arrivals = [arrival(path.read_bytes(), n) for n, path in enumerate(SAMPLES)]
        await opened.inbox.accept(arrivals, source=SOURCE)
        await opened.worker_pool.drain()
        found = {row["key"]: row for row in await rows(opened, QUERY)}
    by_number = {path.name[:2]: found[one.key] for path, one in zip(SAMPLES, arrivals, strict=True)}
    assert {n: (row["outcome"], row["request_type"]) for n, row in by_number.items()} == FATES
    assert by_number["02"]["priority"] == "high"
    assert by_number["14"]["kind"] == "internal"
    assert by_number["09"]["service"] == "reemissao_guia"
    assert by_number["15"]["service"] == "cnd"
    assert by_number["19"]["service"] == "abertura_empresa"
    assert by_number["17"]["number"] == by_number["02"]["number"]
    assert by_number["16"]["number"] == by_number["15"]["number"]
    assert all(row["answers"] == 1 for row in by_number.values() if row["number"])
