"""[imap.oauth] for the tests' token server."""

from pathlib import Path
from typing import Any

from tests.servers.token_server import TokenServer


def oauth(server: TokenServer, folder: Path) -> dict[str, Any]:
    """Its secrets are files in `folder`."""
    return {
        "provider": "other",
        "token_url": server.url,
        "client_id": server.client_id,
        "client_secret": {"file": str(folder / "secret")},
        "refresh_token": {"file": str(folder / "refresh")},
    }
