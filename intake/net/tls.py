"""TLS to mail servers: certificate and host name are always checked."""

import ssl
from pathlib import Path

from intake.ports.listener import ListenerUnavailable


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """A context with the system's CAs and the one in `ca_file`.

    Raises ListenerUnavailable if the file cannot be used.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(ca_file)
        except ssl.SSLError as error:
            raise ListenerUnavailable(f"ca_file {ca_file}: not a PEM certificate") from error
        except OSError as error:
            raise ListenerUnavailable(f"ca_file {ca_file}: {error.strerror}") from error
    return context
