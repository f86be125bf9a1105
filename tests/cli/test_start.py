"""Ctrl-C while the program is still being loaded."""

import signal
import subprocess
import sys

IMPATIENT = """
import os, signal, sys

# As in a terminal: what is started in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
ctrl_c = lambda: os.kill(os.getpid(), signal.SIGINT)

class CtrlC:
    def find_spec(self, name, *_):
        if name == "intake.cli.main":
            ctrl_c()

sys.meta_path.insert(0, CtrlC())
sys.argv = ["intake", "--version"]
from intake.cli.start import main
main()
"""


def test_it_ends_without_a_word() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPATIENT], capture_output=True, text=True, check=False
    )
    assert ran.returncode == -signal.SIGINT
    assert ran.stderr == ""


def test_otherwise_the_command_runs() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPATIENT.replace("ctrl_c()", "pass")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("intake, version ")
