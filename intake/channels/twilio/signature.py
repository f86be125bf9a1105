"""Was this request sent by Twilio? Its signature against the address that Twilio was given.

Behind a proxy the address that we see is not the one that Twilio called and signed: the settings'
`public_url` is. Source: Twilio, *Webhooks security: validating requests*.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

BODY_HASH = "bodySHA256"
"""In the query where the body is no form but JSON: then its hash is signed with the address."""


def signs_body(query: str) -> bool:
    """Whether the query names the body's hash, read as Twilio's library reads it.

    An empty one counts as none there: the signature is then one over a form.
    """
    return BODY_HASH in parse_qs(query)


class Signatures:
    """`tokens`: account or subaccount → its auth token. `public_url`: as given to Twilio."""

    def __init__(self, tokens: Mapping[str, str], public_url: str) -> None:
        self._validators = {sid: RequestValidator(token) for sid, token in tokens.items()}
        self._public_url = public_url.rstrip("/")

    def valid(
        self, path: str, query: str, pairs: Sequence[tuple[str, str]], signature: str
    ) -> bool:
        """Whether the form was signed for this path by the account that it names.

        All parameters count, also those that Twilio will only add some day.
        """
        form: ImmutableMultiDict[str, str] = ImmutableMultiDict(list(pairs))
        validator = self._validators.get(form.get("AccountSid", ""))
        if validator is None or not signature:
            return False
        return bool(validator.validate(self._url(path, query), form, signature))

    def valid_body(self, path: str, query: str, body: bytes, signature: str) -> bool:
        """The same for JSON, where any of the accounts may have signed."""
        if not signs_body(query) or not signature:
            return False
        url, text = self._url(path, query), body.decode("utf-8", "replace")
        return any(each.validate(url, text, signature) for each in self._validators.values())

    def _url(self, path: str, query: str) -> str:
        return f"{self._public_url}{path}" + (f"?{query}" if query else "")
