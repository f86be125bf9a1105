"""What goes wrong is one line on standard error, and never a traceback."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from intake.cli.main import intake as command
from tests.cli.command import intake


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bogus",), "intake: No such command 'bogus'"),
        (("tickets", "--jsn"), "intake tickets: No such option"),
        (("tickets", "escalate"), "intake tickets escalate: Missing argument 'NUMBER'"),
        (("failed", "retry"), "intake failed retry: name message numbers, or --all"),
        (("failed", "show"), "intake failed show: Missing argument 'NUMBER'"),
        (("rules", "explain", "--text", "a", "--channel", "fax"), "intake rules explain: Invalid"),
        (("sla", "--request-type", "bugg"), "intake: unknown request type 'bugg'; did you mean"),
        (("-c", "nowhere.toml", "tickets"), "nowhere.toml:1: no such file; name one with -c"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    ran = intake(*arguments, folder=tmp_path)
    assert ran.code == 2
    line = ran.err.removeprefix("no settings.toml here: these are the shipped settings\n")
    assert line.startswith(said)
    assert line.count("\n") == 1


def test_a_file_that_cannot_be_written_is_no_defect(tmp_path: Path) -> None:
    target = tmp_path / "nowhere" / "a.html"
    ran = intake("replies", "preview", "--html", str(target), folder=tmp_path)
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == f"intake: {target}: No such file or directory"


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group, by the words that lead to it."""
    for name, found in group.commands.items():
        yield (*path, name)
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))


@pytest.mark.parametrize("path", list(commands(command)), ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    ran = intake(*path, "--help")
    assert ran.code == 0
    assert "Example: " in ran.out
