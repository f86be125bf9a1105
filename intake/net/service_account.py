"""Google's client credentials: a service account that acts for a mailbox (RFC 7523)."""

import json
import secrets
import time

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFETIME = 3600
"""Seconds; the longest that Google allows."""


class KeyUnusable(Exception):
    """the client_secret of a Google service account must be its JSON key file or its PEM key"""


def assertion(secret: str, *, account: str, user: str, scope: str, audience: str) -> str:
    """A signed JWT in which `account` asks for a token to act as `user`.

    `secret` is the JSON file from Google, or the private key in it, in PEM. Raises KeyUnusable.
    """
    now = int(time.time())
    claims = {
        "iss": account,
        "sub": user,
        "aud": audience,
        "scope": scope,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": secrets.token_urlsafe(),
    }
    try:
        pem = json.loads(secret)["private_key"] if secret.lstrip().startswith("{") else secret
        return jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(pem))
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise KeyUnusable(KeyUnusable.__doc__) from error
