"""[desk] and [odoo]: refused where the daemon could not work with them."""

from pathlib import Path

import pytest

from intake.settings.load import SettingsInvalid, load_settings

LOGIN = """
[desk]
backend = "odoo"
[odoo]
url = "https://odoo.example.com/"
database = "firm"
user = "intake"
password = { env = "ODOO_PASSWORD" }
"""


def problems(path: Path, text: str) -> list[str]:
    path.write_text(text)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(path)
    return str(refused.value).replace(str(path), "F").splitlines()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_the_desk_is_the_embedded_one_unless_the_file_says_otherwise(path: Path) -> None:
    path.write_text("")
    assert load_settings(path).desk.backend == "embedded"


def test_a_whole_login(path: Path) -> None:
    path.write_text(LOGIN + '[odoo.priorities]\nhigh = "2"\n')
    odoo = load_settings(path).odoo
    assert (odoo.url, odoo.profile) == ("https://odoo.example.com", "project.task")
    assert odoo.priorities == {"high": "2", "medium": "2", "low": "1"}


def test_each_thing_that_a_login_lacks_is_named(path: Path) -> None:
    found = problems(path, '[desk]\nbackend = "odoo"\n[odoo]\nuser = "intake"\n')
    assert [line.partition(": [desk]")[0] for line in found] == [
        "F:3: odoo.url",
        "F:3: odoo.database",
        "F:3: odoo.password",
    ]
    assert found[0].endswith("needs the address of the Odoo, for instance https://odoo.example.com")


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ('url = "odoo.example.com"', "write the whole address"),
        ('url = "https://odoo.example.com/web/login"', "leave out what follows the host"),
        ('profile = "crm.lead"', "input should be 'project.task' or 'helpdesk.ticket'"),
        ("[odoo.priorities]\nhigh = '5'", "input should be '0', '1', '2' or '3'"),
        ("[odoo.priorities]\nurgent = '3'", "input should be 'high', 'medium' or 'low'"),
        ("fields = { nummer = 'x_number' }", "a ticket has no 'nummer'; did you mean 'number'?"),
        ("poll = 60", "input should be less than or equal to 30"),
    ],
)
def test_what_cannot_work_is_refused(path: Path, key: str, complaint: str) -> None:
    (line,) = problems(path, f"[odoo]\n{key}\n")
    assert complaint in line
