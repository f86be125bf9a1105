"""Each message is routed by exactly one version of the rules, and the ticket says which."""

import asyncio
from pathlib import Path
from typing import Any

from intake.active_config import build_config
from intake.jobs import triage
from intake.settings.database import Database
from tests.application import application, mail, rows, settings, take_in

BUG = '[words.request_type.bug]\n"trav*" = 2\n[words.priority.high]\n"trav*" = 1\n'
USAGE = '[words.request_type.usage]\n"trav*" = 2\n'
TICKETS = "SELECT request_type, priority, rules_fingerprint, trace FROM tickets ORDER BY id"


def sections(file: Path) -> dict[str, Any]:
    return {"rules": {"shipped": False, "file": str(file)}}


async def test_the_ticket_keeps_fingerprint_candidates_and_evidence(
    database_settings: Database, tmp_path: Path
) -> None:
    file = tmp_path / "regras.toml"
    file.write_text(BUG + USAGE.replace("2", "0.5"))
    async with application(database_settings, **sections(file)) as running:
        await take_in(running, mail("O app travou", subject="Oi"))
        [ticket] = await rows(running, TICKETS)
        config = running.context.config.policy.rules.fingerprint
    assert ticket["rules_fingerprint"] == config
    assert ticket["trace"]["candidates"] == [
        {"request_type": "bug", "score": 2.0},
        {"request_type": "usage", "score": 0.5},
    ]
    # Rule, label, words, where, effect, weight.
    assert ticket["trace"]["evidence"][0] == [
        "request_type.bug: trav*",
        "“trav*”",
        ["travou"],
        "text",
        "request_type=bug",
        2.0,
    ]


async def test_a_ticket_of_which_no_rule_was_sure_keeps_its_candidates(
    database_settings: Database, tmp_path: Path
) -> None:
    file = tmp_path / "regras.toml"
    file.write_text(BUG + USAGE)
    async with application(database_settings, **sections(file)) as running:
        await take_in(running, mail("O app travou", subject="Oi"))
        [ticket] = await rows(running, TICKETS)
    assert ticket["request_type"] == "unclassified"
    assert [each["request_type"] for each in ticket["trace"]["candidates"]] == ["bug", "usage"]


async def test_a_message_that_is_being_routed_keeps_the_rules_it_began_with(
    database_settings: Database, tmp_path: Path, monkeypatch: Any
) -> None:
    """The reload falls between reading the messages and deciding on them."""
    file = tmp_path / "regras.toml"
    file.write_text(BUG)
    async with application(database_settings, **sections(file)) as running:
        context = running.context
        old = context.config.policy.rules.fingerprint
        file.write_text(USAGE)
        new = build_config(settings(database_settings, **sections(file)))
        gather = triage._gather

        async def reload_meanwhile(*arguments: Any) -> Any:
            context.config = new
            return await gather(*arguments)

        monkeypatch.setattr(triage, "_gather", reload_meanwhile)
        await take_in(running, mail("O app travou", message_id="<1@x>"))
        monkeypatch.undo()
        await take_in(running, mail("Travou", message_id="<2@x>"), first=2)
        tickets = await rows(running, TICKETS)
    told = [(each["request_type"], each["priority"]) for each in tickets]
    assert told == [("bug", "high"), ("usage", "medium")]
    prints = [each["rules_fingerprint"] for each in tickets]
    assert prints == [old, new.policy.rules.fingerprint]


async def test_reloads_while_messages_come_lose_and_mix_nothing(
    database_settings: Database, tmp_path: Path
) -> None:
    versions = []
    for name, text in (("bug", BUG), ("usage", USAGE)):
        file = tmp_path / f"{name}.toml"
        file.write_text(text)
        versions.append(build_config(settings(database_settings, **sections(file))))
    type_of = {
        version.policy.rules.fingerprint: (name, priority)
        for version, name, priority in zip(
            versions, ("bug", "usage"), ("high", "medium"), strict=True
        )
    }
    async with application(database_settings, **sections(tmp_path / "bug.toml")) as running:

        async def reload_for_ever() -> None:
            turn = 0
            while True:
                running.context.config = versions[turn % 2]
                turn += 1
                await asyncio.sleep(0)

        reloading = asyncio.create_task(reload_for_ever())
        for number in range(1, 13):
            await take_in(running, mail("O app travou", message_id=f"<{number}@x>"), first=number)
        reloading.cancel()
        tickets = await rows(running, TICKETS)
    assert len(tickets) == 12
    for ticket in tickets:
        decided = (ticket["request_type"], ticket["priority"])
        assert decided == type_of[ticket["rules_fingerprint"]]
