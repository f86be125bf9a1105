"""A settings file is taken whole, or refused with a line for each thing that is wrong in it."""

import re
from pathlib import Path

import pytest

from intake.settings.credential import CredentialMissing
from intake.settings.load import SettingsInvalid, load_settings

ROOT = Path(__file__).parents[2]


def problems(path: Path, text: str) -> list[str]:
    path.write_text(text)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(path)
    return str(refused.value).replace(str(path), "F").splitlines()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[databse]\nurl = ''\n", "F:1: unknown key 'databse'; did you mean 'database'?"),
        ("path = 'mail'\n", "F:1: unknown key 'path'; "),
        (
            "[work]\n\npartition = 3\n",
            "F:3: unknown key 'work.partition'; did you mean 'partitions'?",
        ),
        (
            "[work]\npartitions = 'many'\n",
            "F:2: work.partitions = 'many': input should be a valid integer",
        ),
        ("[http]\nport = 70000\n", "F:2: http.port = 70000: input should be less than or equal"),
        ("[[imap]]\nname = 'a'\nuser = 'u'\n", "F:1: 'imap[1].host' is missing"),
        (
            "[[imap]]\nname = 'a'\nhost = 'h'\nuser = 'u'\n",
            "F:1: imap[1]: give either password or oauth",
        ),
        (
            "[[imap]]\nname='a'\nhost='h'\nuser='u'\npassword = { env = 'A', file = 'b' }\n",
            "F:5: imap[1].password: a secret is given by exactly one of env, credential or file",
        ),
        ("[tickets]\nnumber = 'R3'\n", "F:2: tickets.number: must contain {seq}"),
        (
            "[[maildir]]\nname='a'\npath='x'\n[[maildir]]\nname='a'\npath='y'\n",
            "F:1: two [[maildir]] are called 'a': each needs its own name",
        ),
        ("[tickets]\nnumber = '{year}-{seq:040}'\n", "F:2: tickets.number: it gives '2026-000"),
        ("[tickets]\nreopen_days = 1e300\n", "F:2: tickets.reopen_days = 1e+300: input should be"),
        (
            "[work]\nshutdown_grace = inf\n",
            "F:2: work.shutdown_grace = inf: input should be a finite number",
        ),
        ("[replies]\nsender = 'suporte'\n", "F:2: replies.sender: 'suporte' is no e-mail address"),
        (
            "[replies]\nsender = 'R3 <suporte@r3izzy.com.br>'\n",
            "F:2: replies.sender: 'R3 <suporte@r3izzy.com.br>' is no e-mail address",
        ),
        (
            "[mail]\nown_addresses = ['a@x.com.br', 'contabil']\n",
            "F:2: mail.own_addresses[2]: 'contabil' is no e-mail address",
        ),
        (
            "[organisation]\ndomains = ['@r3izzy.com.br']\n",
            "F:2: organisation.domains[1]: '@r3izzy.com.br' is no domain; write for instance",
        ),
        ("[smtp]\nhost = 'smtp://x'\n", "F:2: smtp.host: 'smtp://x' is no host; write for"),
        (
            "[database]\nurl = 'postgresql://u:hunter2@db/x'\n",
            "F:2: database.url: a secret never stands here: leave the password out",
        ),
        ("[database]\nurl = 'mysql://db/x'\n", "F:2: database.url: it is no PostgreSQL URL"),
        (
            "[smtp]\nuser = 'u'\npassword = 'hunter2'\n",
            "F:3: smtp.password: a secret never stands here: say where it is",
        ),
        ("log = 3\n", "F:1: log: it is a table: [log]"),
        ("[imap]\nname = 'a'\n", "F:1: imap: it may stand there several times: write [[imap]]"),
        ("[work\n", "F:1: not valid TOML: "),
        ("[log]\nlevel = debug\n", "F:2: not valid TOML: Invalid value: a text stands between"),
        ("[replies]\nbackend = 'maildir'\n", 'F:1: replies: backend = "maildir" needs outbox'),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_a_way_out(
    path: Path, text: str, line: str
) -> None:
    found = problems(path, text)
    assert len(found) == 1
    assert found[0].startswith(line)
    assert "hunter2" not in found[0]


def test_all_that_is_wrong_is_named_at_once(path: Path) -> None:
    found = problems(
        path, "[work]\npartitions = 0\n[http]\nprot = 1\n[tickets]\nreopen_days = -1\n"
    )
    assert [line.split(":")[1] for line in found] == ["2", "4", "6"]


def test_a_file_that_is_not_there_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="no such file; name one with -c"):
        load_settings(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_in_another_encoding_is_one_line(path: Path, encoding: str) -> None:
    path.write_bytes("[organisation]\nname = 'Coordenação'\n".encode(encoding))
    with pytest.raises(SettingsInvalid, match=r":[12]: this line is not UTF-8: save the file as"):
        load_settings(path)


def test_a_folder_in_the_place_of_the_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r":1: cannot be read: Is a directory$"):
        load_settings(tmp_path)


def test_the_marks_that_some_editors_leave_are_no_mistake(path: Path) -> None:
    path.write_bytes("\ufeff[organisation]\r\nname = 'R3'\r\n".encode())
    assert load_settings(path).organisation.name == "R3"


def test_a_secret_that_is_no_text_says_so(path: Path) -> None:
    (path.parent / "secret").write_bytes(b"\xff\xfe\x00")
    path.write_text("[smtp]\nuser = 'u'\npassword = { file = 'secret' }\n")
    password = load_settings(path).smtp.password
    assert password is not None
    with pytest.raises(CredentialMissing, match="secret: it holds no text in UTF-8"):
        password.read()


def test_relative_paths_start_at_the_files_folder(path: Path) -> None:
    path.write_text("[[maildir]]\nname = 'demo'\npath = 'var/mail'\n")
    assert load_settings(path).maildir[0].path == path.parent / "var/mail"


def test_a_secret_is_never_in_what_is_printed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_TEST", "hunter2-é\n")
    path.write_text("[smtp]\nuser = 'u'\npassword = { env = 'SECRET_OF_THE_TEST' }\n")
    settings = load_settings(path)
    assert settings.smtp.password is not None
    assert settings.smtp.password.read() == "hunter2-é\n"
    assert "hunter2" not in repr(settings)


def test_credentials_come_from_where_systemd_puts_them(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(path.parent))
    (path.parent / "intake-smtp-password").write_text("hunter2\n")
    path.write_text("[smtp]\nuser = 'u'\npassword = { credential = 'intake-smtp-password' }\n")
    password = load_settings(path).smtp.password
    assert password is not None
    assert password.read() == "hunter2"
    (path.parent / "intake-smtp-password").unlink()
    with pytest.raises(CredentialMissing, match="intake-smtp-password: No such file"):
        password.read()


@pytest.mark.parametrize("name", ["settings.toml", "systemd/settings.toml"])
def test_the_shipped_files_load_as_they_are_and_with_every_comment_taken_off(
    name: str, tmp_path: Path
) -> None:
    load_settings(ROOT / name)
    text = (ROOT / name).read_text(encoding="utf-8")
    bare = re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    assert bare != text
    (tmp_path / "settings.toml").write_text(bare, encoding="utf-8")
    load_settings(tmp_path / "settings.toml")
