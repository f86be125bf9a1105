"""Sessions with the Odoo of the settings."""

from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.rpc import Login, OdooLoginRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.settings.credential import CredentialMissing
from intake.settings.desk import Odoo


def sessions_of(
    odoo: Odoo, *, user: str | None = None, password: str | None = None
) -> OdooSessions:
    """Not connected yet: the first call logs in, and reads the password at that time.

    `user` and `password` stand in for the daemon's own, for an administrator.
    """
    return OdooSessions(lambda: _connect(odoo, user or odoo.user, password), odoo.sessions)


def _connect(odoo: Odoo, user: str, password: str | None) -> OdoorpcSession:
    if password is None:
        try:
            password = "" if odoo.password is None else odoo.password.read()
        except CredentialMissing as error:
            raise OdooLoginRefused(f"{odoo.url}: {error}") from error
    login = Login(odoo.url, odoo.database, user, password)
    return OdoorpcSession(login, timeout=odoo.timeout, ca_file=odoo.ca_file)
