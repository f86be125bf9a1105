"""The protocol of a session with Odoo, independent of library and wire protocol.

`odoorpc_client.py` implements it with odoorpc over /jsonrpc, which Odoo deprecates; a client for
`POST /json/2/<model>/<method>` could implement it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from intake.ports.desk import DeskUnavailable


class OdooAway(DeskUnavailable):
    """Odoo does not answer, or answers with something that is not Odoo's"""


class OdooChoked(OdooAway):
    """an HTTP error that one request alone may have caused: too large, or Odoo fell over it"""


class OdooLoginRefused(DeskUnavailable):
    """Odoo refuses the user or the password"""


class OdooBusy(DeskUnavailable):
    """two transactions met in Odoo, and this one has to be tried again"""


class OdooRefused(Exception):
    """Odoo refuses what was asked: a missing right, a validation, a field that is not there"""

    def __init__(self, name: str, words: str) -> None:
        self.name = name
        """The exception's name in Odoo: `odoo.exceptions.AccessError`."""
        self.words = words
        super().__init__(f"{name.rpartition('.')[2]}: {words}")

    @property
    def is_missing_right(self) -> bool:
        """Whether the cause is a right that an administrator could grant."""
        return self.name == "odoo.exceptions.AccessError"


@dataclass(frozen=True, slots=True)
class Login:
    """An Odoo, its database and a user. The password may be an API key."""

    url: str
    database: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.url!r}, {self.database!r}, {self.user!r})"


class OdooRpc(Protocol):
    """One logged-in session. Not thread-safe."""

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a public method of a model.

        Raises OdooAway, OdooBusy, OdooLoginRefused or OdooRefused.
        """
        ...

    @property
    def version(self) -> str:
        """The server's version, such as `19.0`."""
        ...

    @property
    def user_id(self) -> int:
        """Our own `res.users` id."""
        ...
