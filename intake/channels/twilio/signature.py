"""Verifies by its signature that a request was sent by Twilio.

Twilio signs the address that it calls. Behind a proxy that is not the address we see but the
`public_url` in the settings. Source: Twilio, *Webhooks security: validating requests*.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

BODY_HASH = "bodySHA256"
"""Query parameter present when the body is JSON, not a form. It holds the body's hash, which is
signed with the address."""


def signs_body(query: str) -> bool:
    """Whether the query contains the body's hash, parsed as in Twilio's library.

    An empty value counts as absent there; the signature then covers a form.
    """
    return BODY_HASH in parse_qs(query)


class Signatures:
    """Verifies signatures. `tokens`: account or subaccount SID → its auth token.

    `public_url`: the address given to Twilio.
    """

    def __init__(self, tokens: Mapping[str, str], public_url: str) -> None:
        self._validators = {sid: RequestValidator(token) for sid, token in tokens.items()}
        self._public_url = public_url.rstrip("/")

    def valid(
        self, path: str, query: str, pairs: Sequence[tuple[str, str]], signature: str
    ) -> bool:
        """Whether the form was signed for this path by the account that it names.

        The signature covers all parameters, so unknown ones that Twilio adds count too.
        """
        form: ImmutableMultiDict[str, str] = ImmutableMultiDict(list(pairs))
        validator = self._validators.get(form.get("AccountSid", ""))
        if validator is None or not signature:
            return False
        return bool(validator.validate(self._url(path, query), form, signature))

    def valid_body(self, path: str, query: str, body: bytes, signature: str) -> bool:
        """Whether a JSON body was signed for this path, by any of the accounts."""
        if not signs_body(query) or not signature:
            return False
        url, text = self._url(path, query), body.decode("utf-8", "replace")
        return any(each.validate(url, text, signature) for each in self._validators.values())

    def _url(self, path: str, query: str) -> str:
        return f"{self._public_url}{path}" + (f"?{query}" if query else "")
