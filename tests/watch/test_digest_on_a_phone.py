"""The morning's digest in a browser as wide as a phone.

With INTAKE_TEST_DIGEST_PICTURE=docs/images/resumo.png the picture of docs/vigia.md is made anew.
"""

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from intake.jobs.digest import write_digests
from intake.settings.database import Database
from tests.servers.chromium import Chromium, Page
from tests.watch.week import ANA, instant, week

pytestmark = pytest.mark.servers

PICTURE = "INTAKE_TEST_DIGEST_PICTURE"
WIDTH = 390
"""CSS pixels of an ordinary phone."""
UNBROKEN = "NotaFiscalEletronicaDeServicoRecusadaPelaPrefeituraDeSaoBernardoDoCampo" * 3
"""As long as a title may be, without a place to break."""


def stopped() -> dict[str, Any]:
    """It came in on Monday, and nobody did anything on it since."""
    date = instant("next mon 18:00")
    return {
        "title": "Mudança de regime para o próximo ano",
        "stage": "scheduled",
        "resolution_due": date,
        "deadline": date,
    }


def morning() -> list[dict[str, Any]]:
    """What came in on Thursday, as it stands on Friday at nine."""
    seen = {"stage": "scheduled", "owner": "edu"}
    late, noon, evening = instant("thu 17:30"), instant("fri 11:00"), instant("fri 18:00")
    monday = instant("next mon 18:00")
    return [
        {
            "title": "Nota fiscal recusada pela prefeitura",
            "priority": "high",
            "resolution_due": late,
            "stage": "in_progress",
        },
        {
            "title": "Guia do ISS de outubro não chegou",
            "resolution_due": noon,
            "deadline": noon,
            **seen,
        },
        {
            "title": "Certidão negativa para licitação",
            "resolution_due": evening,
            "deadline": evening,
            **seen,
        },
        {
            "title": "Não consigo entrar no aplicativo",
            "level": "N0",
            "owner": "ana",
            "resolution_due": monday,
        },
        {
            "title": "Como incluo outra clínica?",
            "level": "N0",
            "owner": None,
            "resolution_due": monday,
        },
        {
            "title": "Dedução do curso de especialização no livro-caixa",
            "missing": ["client"],
            "resolution_due": monday,
            "deadline": monday,
            **seen,
        },
    ]


async def digest_of(database: Database, tickets: list[dict[str, Any]]) -> str:
    """N0's mail, as HTML."""
    async with week(database) as it:
        await it.ticket(**stopped())
        it.turn("thu 09:00")
        for ticket in tickets:
            await it.ticket(**ticket)
        it.turn("fri 09:00")
        await write_digests(it.application.context)
        await it.application.worker_pool.drain()
        [letter] = [
            each
            for each in it.told()
            if each.recipient == ANA["email"] and "Resumo" in each.subject
        ]
    return letter.html


async def shown(chromium: Chromium, folder: Path, html: str) -> Page:
    file = folder / "digest.html"
    await asyncio.to_thread(file.write_text, html, encoding="utf-8")
    page = chromium.open(WIDTH, 800)
    page.go(file.as_uri())
    page.wait_for("document.body && document.body.innerText.includes('Resumo')", "the mail")
    page.resize(WIDTH, int(page.run("document.documentElement.scrollHeight")))
    return page


async def test_it_is_read_on_a_phone(
    database_settings: Database, chromium: Chromium, tmp_path: Path
) -> None:
    page = await shown(chromium, tmp_path, await digest_of(database_settings, morning()))
    picture = page.picture()
    assert picture.startswith(b"\x89PNG")
    if wanted := os.environ.get(PICTURE):
        await asyncio.to_thread(Path(wanted).write_bytes, picture)
    said = page.text()
    for heading in ("Vencidos (1)", "Vencem hoje (2)", "Novos", "Parados", "Esperando"):
        assert heading in said
    assert said.index("Nota fiscal recusada") < said.index("Guia do ISS")


async def test_nothing_is_wider_than_the_phone(
    database_settings: Database, chromium: Chromium, tmp_path: Path
) -> None:
    hard = [{"title": UNBROKEN, "owner": "ana"}, {"title": "<b>" * 40, "priority": "high"}]
    page = await shown(chromium, tmp_path, await digest_of(database_settings, hard))
    assert page.run("document.documentElement.scrollWidth") == WIDTH
    small = page.run(
        "[...document.querySelectorAll('p, a, h1, h2')].filter(each => each.innerText.trim())"
        ".map(each => parseFloat(getComputedStyle(each).fontSize)).filter(size => size < 12)"
    )
    assert small == [], "letters that nobody can read"
