"""Files are kept as they came: Odoo makes nothing smaller, and looks into none."""

import base64
import random

import pytest

from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk import DeskFile
from tests.desk.odoo.carrying import Files, Found, desk_of, set_up, ticket
from tests.desk.odoo.conftest import Call

pytestmark = pytest.mark.servers

TASK = "project.task"
BROKEN = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(2000)
"""Looks like an image, and has something else in it: a download that was cut, or a hostile file."""


async def test_a_broken_image_is_a_file_like_any_other(
    as_admin: OdooSessions, as_agent: OdooSessions, call: Call
) -> None:
    await set_up(as_admin, TASK)
    one = ticket(message=1, attachments=1)
    files = Files({1: (DeskFile(name="tela.png", content_type="image/png", content=BROKEN),)})
    result = await desk_of(as_agent, TASK, files=files).put([one], [])
    assert result.refused == {}
    [file] = Found(call, TASK).files(result.refs[one.external_id].ref)
    [kept] = call("ir.attachment", "read", [file["id"]], ["datas"])
    assert base64.b64decode(kept["datas"]) == BROKEN
