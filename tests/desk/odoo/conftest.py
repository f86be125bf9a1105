"""Sessions with the test's own Odoo: as its administrator and as an ordinary agent."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.rpc import Login
from intake.desk.odoo.sessions import OdooSessions
from tests.servers.odoo import OdooDatabase
from tests.servers.odoo_front import OdooFront, running_odoo_front

AGENT = "intake"
AGENT_GROUPS = (
    "base.group_user",
    "project.group_project_user",
    "helpdesk_mgmt.group_helpdesk_user",
)
"""What docs/odoo.md asks for the daemon's own user."""
Call = Callable[..., Any]


def login_of(odoo: OdooDatabase, user: str = "", password: str = "", url: str = "") -> Login:
    """The administrator's, unless another user is given."""
    return Login(url or odoo.url, odoo.name, user or odoo.user, password or user or odoo.password)


@asynccontextmanager
async def sessions(
    login: Login, *, most: int = 2, patience: float = 60, ca_file: Path | None = None
) -> AsyncIterator[OdooSessions]:
    """Closed at the end."""

    def connect() -> OdoorpcSession:
        return OdoorpcSession(login, timeout=patience, ca_file=ca_file)

    opened = OdooSessions(connect, most)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture(scope="module")
def call(odoo: OdooDatabase) -> Call:
    """Calls as the administrator, outside of any event loop: `call(model, method, *args, **kw)`."""
    session = OdoorpcSession(login_of(odoo), timeout=60)
    return lambda model, method, *args, **kwargs: session.call(model, method, list(args), kwargs)


@pytest.fixture(scope="module")
def agent(odoo: OdooDatabase, call: Call) -> Login:
    """An ordinary agent, as the daemon should be one."""
    make_user(call, AGENT, *AGENT_GROUPS)
    return login_of(odoo, AGENT)


def make_user(call: Call, login: str, *groups: str) -> int:
    """A user whose password is the login."""
    ids = [call("ir.model.data", "check_object_reference", *each.split("."))[1] for each in groups]
    values = {"name": login.title(), "login": login, "password": login}
    made: int = call("res.users", "create", [values | {"group_ids": [(6, 0, ids)]}])[0]
    return made


@pytest.fixture
async def as_agent(agent: Login) -> AsyncIterator[OdooSessions]:
    """Sessions of the agent."""
    async with sessions(agent) as opened:
        yield opened


@pytest.fixture
async def as_admin(odoo: OdooDatabase) -> AsyncIterator[OdooSessions]:
    """Sessions of the administrator."""
    async with sessions(login_of(odoo)) as opened:
        yield opened


@pytest.fixture
def front(odoo: OdooDatabase) -> Iterator[OdooFront]:
    """A proxy in front of that Odoo."""
    with running_odoo_front(odoo.url) as proxy:
        yield proxy
