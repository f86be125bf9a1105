"""Creates sessions with the Odoo of the settings."""

from collections.abc import Callable

from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.rpc import Login, OdooLoginRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.settings.credential import CredentialMissing
from intake.settings.desk import Odoo


def sessions_of(
    odoo: Odoo, *, user: str | None = None, password: str | None = None
) -> OdooSessions:
    """Sessions that connect on the first call; the password is read then.

    `user` and `password` replace the daemon's own, for an administrator.
    """
    return OdooSessions(connecting(odoo, user or odoo.user, password), odoo.sessions)


def connecting(odoo: Odoo, user: str, password: str | None) -> Callable[[], OdoorpcSession]:
    """A function that makes a session; only the first session logs in. If `password` is None, the
    settings' password is used."""
    user_ids: dict[Login, int] = {}

    def connect() -> OdoorpcSession:
        login = Login(
            odoo.url, odoo.database, user, _password(odoo) if password is None else password
        )
        session = OdoorpcSession(
            login, timeout=odoo.timeout, ca_file=odoo.ca_file, user_id=user_ids.get(login)
        )
        user_ids[login] = session.user_id
        return session

    return connect


def _password(odoo: Odoo) -> str:
    try:
        return "" if odoo.password is None else odoo.password.read()
    except CredentialMissing as error:
        raise OdooLoginRefused(f"{odoo.url}: {error}") from error
