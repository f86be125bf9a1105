"""E-mail addresses in the form that mail headers and SMTP envelopes need."""

import re
from dataclasses import dataclass

import idna

_LOCAL_PART = re.compile(r"[^\s\x00-\x20\x7f<>()\[\]:;@\\,\"]{1,64}")
_QUOTED_LOCAL_PART = re.compile(r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e]){0,62}"')
_DOMAIN = re.compile(
    r"(?=.{1,255}\Z)[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*"
)
_DOMAIN_LITERAL = re.compile(r"\[[0-9a-zA-Z:.]{2,60}\]")


class AddressInvalid(Exception):
    """no mail can be sent to this address"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailbox:
    """An address that may be used in a header and in MAIL FROM or RCPT TO (RFC 5321, 4.1.2)."""

    address: str
    """The domain is in its ASCII form (IDNA 2008, RFC 5891)."""

    @property
    def needs_smtputf8(self) -> bool:
        """Whether the part before the `@` is not ASCII (RFC 6531)."""
        return not self.address.isascii()


def mailbox(address: str) -> Mailbox:
    """Parse an address. Raises AddressInvalid with the address and what is wrong with it."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not (_LOCAL_PART.fullmatch(local) or _QUOTED_LOCAL_PART.fullmatch(local)):
        raise AddressInvalid(f"{address[:100]!r} is not an e-mail address")
    if local[0] != '"' and (local[0] == "." or local[-1] == "." or ".." in local):
        raise AddressInvalid(f"{address[:100]!r}: the dots before the @ are misplaced")
    try:
        local.encode()
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise AddressInvalid(f"{address[:100]!r}: {error}") from error
    if not (_DOMAIN.fullmatch(domain.lower()) or _DOMAIN_LITERAL.fullmatch(domain)):
        raise AddressInvalid(f"{address[:100]!r}: {domain[:100]!r} is not a mail domain")
    return Mailbox(address=f"{local}@{domain}")
