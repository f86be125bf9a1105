"""Find the app that sent a request, by its signature (Standard Webhooks) or its bearer token."""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from intake.settings.apps import App
from intake.settings.credential import Credential, CredentialMissing

SHORTEST_SECRET = 16
"""Bytes. The specification asks for 24 to 64."""
SIGNING = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Unknown(Exception):
    """the request is not from an app that the settings know"""


def signer(place: Credential) -> Webhook:
    """Signs and checks with one secret. Raises CredentialMissing if it is missing or invalid."""
    secret = place.read().strip()
    try:
        size = len(base64.b64decode(secret.removeprefix("whsec_") + "==", validate=False))
        if size < SHORTEST_SECRET:
            raise CredentialMissing(f"an app's secret is shorter than {SHORTEST_SECRET} bytes")
        return Webhook(secret)
    except (binascii.Error, ValueError, EmptyWebhookSecretError) as error:
        raise CredentialMissing(
            "an app's secret is no Standard Webhooks secret (whsec_…); `intake app add` makes one"
        ) from error


class Keyring:
    """The secrets and tokens of all apps. Raises CredentialMissing if one is missing."""

    def __init__(self, apps: Sequence[App]) -> None:
        self._signers = [(app, signer(place)) for app in apps for place in app.secrets]
        self._tokens = [
            (app, place.read().strip().encode()) for app in apps for place in app.tokens
        ]

    def by_token(self, authorization: str) -> App:
        """The app with this bearer token. Raises Unknown."""
        scheme, _, token = authorization.partition(" ")
        given = token.strip().encode("utf-8", "replace")
        found = None
        if scheme.lower() == "bearer":
            for app, known in self._tokens:
                if known and hmac.compare_digest(known, given):
                    found = app
        if found is None:
            raise Unknown("the bearer token is not one of ours")
        return found

    def by_signature(self, body: bytes, headers: Mapping[str, str]) -> App:
        """The app that signed the body together with its id and time. The time may differ by five
        minutes.

        Raises Unknown with what is wrong.
        """
        signed = {name: headers.get(name, "") for name in SIGNING}
        missing = [name for name, value in signed.items() if not value]
        if missing:
            raise Unknown(
                f"{', '.join(missing)} missing; sign as Standard Webhooks says, or send a "
                "bearer token"
            )
        reason = "the signature does not fit"
        for app, key in self._signers:
            try:
                key.verify(body, signed, json_parse=False)
            except WebhookVerificationError as error:
                if "timestamp" in str(error).lower():
                    reason = f"{str(error).lower()}: is the app's clock right?"
            except ValueError:
                # Invalid base64, or a body that is not UTF-8: no app of ours signed this.
                continue
            else:
                return app
        raise Unknown(reason)
