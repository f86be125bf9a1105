"""`intake odoo setup` on a real Odoo: whatever was there before, it is there once afterwards."""

from pathlib import Path
from typing import Any

import pytest

from intake.desk.odoo.layout import LAYOUTS, STAGES, Layout
from intake.desk.odoo.rpc import Login
from tests.desk.odoo.conftest import Call, login_of
from tests.desk.odoo.firm import Firm
from tests.servers.odoo import OdooDatabase

pytestmark = pytest.mark.servers

NAMES = [look.name for look in STAGES.values()]
APPLY = ("odoo", "setup", "--apply")
RESTORED = ["is", "archived,", "to", "be", "restored"]
PAYSLIP = """
[[sla.type]]
id = "holerite"
label = "Holerite"
level = "N1"
first_response = "1h útil"
resolution = "2 dias úteis"
"""


class Built:
    """What an administrator sees of it in Odoo."""

    def __init__(self, call: Call, layout: Layout) -> None:
        self.call = call
        self.layout = layout

    def containers(self, name: str) -> list[int]:
        found: list[int] = self.call(self.layout.container_model, "search", [("name", "=", name)])
        return found

    def stages(self, container: int) -> list[dict[str, Any]]:
        """In their order, as the board shows them."""
        domain = [(self.layout.stage_containers, "in", [container])]
        rows: list[dict[str, Any]] = self.call(
            self.layout.stage_model, "search_read", domain, [], order="sequence, id"
        )
        return rows

    def tags(self) -> list[str]:
        return [
            row["name"] for row in self.call(self.layout.tag_model, "search_read", [], ["name"])
        ]


@pytest.fixture(params=list(LAYOUTS))
def built(request: pytest.FixtureRequest, call: Call) -> Built:
    return Built(call, LAYOUTS[request.param])


@pytest.fixture
def admin(tmp_path: Path, odoo: OdooDatabase) -> Firm:
    return Firm(tmp_path, login_of(odoo))


def test_first_a_dry_run_then_all_of_it_and_never_twice(admin: Firm, built: Built) -> None:
    name = "Central de Ajuda"
    admin.write(profile=built.layout.ticket_model)
    dry = admin.intake("odoo", "setup", "--dry-run")
    assert dry.stdout == admin.intake("odoo", "setup").stdout
    assert (dry.returncode, dry.stderr) == (0, "")
    assert "Nothing has been changed: --apply does it." in dry.stdout
    assert built.containers(name) == []
    done = admin.intake(*APPLY)
    assert (done.returncode, done.stderr) == (0, "")
    [container] = built.containers(name)
    stages = built.stages(container)
    assert [stage["name"] for stage in stages] == NAMES
    assert [stage["fold"] for stage in stages] == [False, False, False, True, True]
    assert not any(stage.get("user_id") for stage in stages)
    if "closed" in stages[0]:
        assert [stage["closed"] for stage in stages] == [False, False, False, True, True]
    tags = built.tags()
    for label in (
        "E-mail",
        "WhatsApp",
        "N0",
        "Coordenação",
        "Solicitação Contábil – Nova prefeitura",
    ):
        assert tags.count(label) == 1
    for _ in range(2):
        again = admin.intake(*APPLY)
        assert again.stdout.endswith("Everything is there.\n")
    assert built.containers(name) == [container]
    assert built.stages(container) == stages
    assert built.tags() == tags


def test_what_people_renamed_stays_theirs(admin: Firm, built: Built) -> None:
    admin.write(profile=built.layout.ticket_model, project="Renomeada")
    admin.intake(*APPLY)
    [container] = built.containers("Renomeada")
    last = built.stages(container)[-1]["id"]
    built.call(built.layout.container_model, "write", [container], {"name": "Suporte"})
    built.call(built.layout.stage_model, "write", [last], {"name": "Sem solução"})
    try:
        again = admin.intake(*APPLY)
        assert again.stdout.endswith("Everything is there.\n")
        assert built.containers("Renomeada") == []
        assert [stage["name"] for stage in built.stages(container)] == [*NAMES[:-1], "Sem solução"]
    finally:
        built.call(built.layout.stage_model, "write", [last], {"name": NAMES[-1]})


def test_what_was_made_by_hand_is_taken(admin: Firm, built: Built) -> None:
    admin.write(profile=built.layout.ticket_model, project="À mão")
    [container] = built.call(built.layout.container_model, "create", [{"name": "À mão"}])
    tag = "N2" if "N2" not in built.tags() else None
    if tag:
        built.call(built.layout.tag_model, "create", [{"name": tag}])
    by_hand = {"name": "Agendado", built.layout.stage_containers: [(4, container)]}
    [stage] = built.call(built.layout.stage_model, "create", [by_hand])
    assert admin.intake(*APPLY).returncode == 0
    assert built.containers("À mão") == [container]
    names = [each["name"] for each in built.stages(container)]
    assert sorted(names) == sorted(NAMES)
    assert stage in [each["id"] for each in built.stages(container)]
    assert built.tags().count("N2") == 1


def test_an_archived_stage_comes_back(admin: Firm, built: Built) -> None:
    admin.write(profile=built.layout.ticket_model, project="Arquivo")
    admin.intake(*APPLY)
    [container] = built.containers("Arquivo")
    first = built.stages(container)[0]["id"]
    built.call(built.layout.stage_model, "write", [first], {"active": False})
    dry = admin.intake("odoo", "setup").stdout
    assert any(line.split() == ["+", "stage", "Novo", *RESTORED] for line in dry.splitlines())
    admin.intake(*APPLY)
    assert built.stages(container)[0]["id"] == first


def test_a_request_type_that_is_new_gets_its_tag(admin: Firm, built: Built) -> None:
    model = built.layout.ticket_model
    admin.write(profile=model)
    admin.intake(*APPLY)
    admin.write(profile=model, more=PAYSLIP)
    done = admin.intake(*APPLY)
    changed = [line for line in done.stdout.splitlines() if line.startswith("+")]
    assert [line.split()[1:3] for line in changed] == [["tag", "Holerite"]]
    assert built.tags().count("Holerite") == 1


def test_an_agent_is_told_what_an_administrator_has_to_do(
    tmp_path: Path, agent: Login, built: Built
) -> None:
    firm = Firm(tmp_path, agent)
    firm.write(profile=built.layout.ticket_model, project="Do administrador")
    for arguments in (("odoo", "setup"), APPLY):
        done = firm.intake(*arguments)
        assert (done.returncode, done.stderr) == (1, "")
        assert built.layout.manager_group in done.stdout
        assert "intake odoo setup --apply --user LOGIN" in done.stdout
        by_hand = done.stdout.partition("by hand in Odoo")[2]
        where = f"{built.layout.container_word} “Do administrador”"
        assert f"  create: {where}\n" in by_hand
        for name in NAMES:
            assert f"the {where}: stage {name}" in by_hand
    assert built.containers("Do administrador") == []
    # Nor has it made private stages, which Odoo would have let it.
    own = [("name", "in", NAMES), ("user_id.login", "=", agent.user)]
    assert built.call("project.task.type", "search_count", own) == 0
    done = firm.intake(*APPLY, "--user", "admin", typed="admin\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(built.containers("Do administrador")) == 1
    assert firm.intake(*APPLY).stdout.endswith("Everything is there.\n")


def test_errors_are_one_line(tmp_path: Path, odoo: OdooDatabase, admin: Firm) -> None:
    done = admin.intake(*APPLY, "--user", "admin", typed="errada\n")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "user admin or the password is wrong" in done.stderr
    (tmp_path / "settings.toml").write_text(f'[odoo]\nurl = "{odoo.url}"\n')
    done = admin.intake("odoo", "setup")
    assert done.returncode == 2
    assert "[odoo] of the settings needs database, user, password" in done.stderr
