"""What we ask of a connection to Odoo, whatever library or protocol is behind it.

`odoorpc_client.py` fills it with odoorpc over /jsonrpc, which Odoo deprecates; a client for
`POST /json/2/<model>/<method>` would fill it as well.
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
        """An administrator could grant it."""
        return self.name == "odoo.exceptions.AccessError"


@dataclass(frozen=True, slots=True)
class Login:
    """Where and as whom. The password may be an API key."""

    url: str
    database: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.url!r}, {self.database!r}, {self.user!r})"


class OdooRpc(Protocol):
    """One logged-in session. Not for several threads at once."""

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a public method of a model.

        Raises OdooAway, OdooBusy, OdooLoginRefused or OdooRefused.
        """
        ...

    @property
    def version(self) -> str:
        """The server's, `19.0`."""
        ...

    @property
    def user_id(self) -> int:
        """Our own `res.users` id."""
        ...
