"""The program's entry point. Ctrl-C during loading ends it without a traceback."""

import signal


def main() -> None:
    """Load the commands, which takes a second or two, and run."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from intake.cli.main import main as command

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command()
