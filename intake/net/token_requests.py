"""The requests for access tokens, as a table of providers."""

from dataclasses import dataclass
from enum import StrEnum

from intake.settings.listeners import OAuth


class GrantUnusable(Exception):
    """the settings of an OAuth flow do not fit together"""


class Usage(StrEnum):
    """What the access token is for: Microsoft has a scope for each."""

    IMAP = "imap"
    SMTP = "smtp"


@dataclass(frozen=True, slots=True)
class _Provider:
    url: str
    scopes: dict[tuple[str, Usage], str]
    """By flow and usage."""
    secret_in_form: bool
    """True for client_secret_post, False for client_secret_basic (RFC 6749, 2.3.1)."""


_OUTLOOK = "https://outlook.office.com/"
_GMAIL = "https://mail.google.com/"
_PROVIDERS = {
    "microsoft": _Provider(
        "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        {
            ("refresh_token", Usage.IMAP): f"{_OUTLOOK}IMAP.AccessAsUser.All offline_access",
            ("refresh_token", Usage.SMTP): f"{_OUTLOOK}SMTP.Send offline_access",
            ("client_credentials", Usage.IMAP): "https://outlook.office365.com/.default",
            ("client_credentials", Usage.SMTP): "https://outlook.office365.com/.default",
        },
        secret_in_form=True,
    ),
    "google": _Provider(
        "https://oauth2.googleapis.com/token",
        {(flow, usage): _GMAIL for flow in ("client_credentials",) for usage in Usage},
        secret_in_form=True,
    ),
    "other": _Provider("", {}, secret_in_form=False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Grant:
    """How to ask one provider for an access token to one account."""

    oauth: OAuth
    user: str
    url: str
    scope: str
    secret_in_form: bool

    @property
    def uses_refresh_token(self) -> bool:
        return self.oauth.flow == "refresh_token"

    def request(self, refresh_token: str) -> tuple[dict[str, str], tuple[str, str] | None]:
        """The form to post, and user and password for HTTP Basic, or None.

        Raises CredentialMissing if the client's secret is missing, GrantUnusable if it is not what
        the flow needs.
        """
        secret = self.oauth.client_secret.read() if self.oauth.client_secret else ""
        if not self.uses_refresh_token and self.oauth.provider == "google":
            return self._service_account(secret), None
        form: dict[str, str] = {"grant_type": self.oauth.flow}
        if self.uses_refresh_token:
            form["refresh_token"] = refresh_token
        if self.scope:
            form["scope"] = self.scope
        if secret and not self.secret_in_form:
            return form, (self.oauth.client_id, secret)
        form["client_id"] = self.oauth.client_id
        if secret:
            form["client_secret"] = secret
        return form, None

    def _service_account(self, secret: str) -> dict[str, str]:
        # Imported only here: its cryptography takes 12 MB that no other flow needs.
        from intake.net.service_account import GRANT_TYPE, KeyUnusable, assertion

        try:
            signed = assertion(
                secret,
                account=self.oauth.client_id,
                user=self.user,
                scope=self.scope,
                audience=self.url,
            )
        except KeyUnusable as error:
            raise GrantUnusable(str(error)) from error
        return {"grant_type": GRANT_TYPE, "assertion": signed}


def grant_for(oauth: OAuth, *, user: str, usage: Usage) -> Grant:
    """The grant with the URL and scope from the settings, else the provider's."""
    provider = _PROVIDERS[oauth.provider]
    return Grant(
        oauth=oauth,
        user=user,
        url=oauth.token_url or provider.url.format(tenant=oauth.tenant),
        scope=oauth.scope or provider.scopes.get((oauth.flow, usage), ""),
        secret_in_form=provider.secret_in_form,
    )
