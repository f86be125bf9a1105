"""Where `intake` starts: Ctrl-C ends it without a traceback from the first moment on."""

import signal


def main() -> None:
    """The entry point. Loading all that the commands need takes a second or two."""
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interruptible:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from intake.cli.main import main as command

    if interruptible:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command()
