"""Judges a mail's sender by the authentication results of trusted servers (RFC 8601, RFC 7489)."""

from collections.abc import Iterable, Iterator, Sequence

from intake.channels.email.reading.authentication_results import Result, Statement, parse, server_of
from routing.vocabulary import Authentication

NAMELESS = "microsoft-365"
"""Name in the settings for Exchange Online, whose fields have no server name and begin with a
result (`spf=pass …; dmarc=pass …`)."""


def verdict(
    fields: Iterable[tuple[str, str]], *, trusted: Sequence[str], from_domain: str
) -> Authentication:
    """Whether the sender's domain authenticates this mail, according to `trusted` servers only.

    `fields` must be unfolded, with encoded words not decoded: a decoded word could end a value
    written by the sender and begin a forged result.

    Only the topmost Authentication-Results count, up to the next Received line or the first of
    another server. Fields below were there before our server received the mail and may be forged.
    The DMARC result decides; if several disagree, a fail takes precedence. If one of these fields
    does not follow the grammar, the verdict is never a pass, because the field may contradict it.
    If the domain has no DMARC record, an aligned DKIM or SPF pass is a pass. Anything else is none,
    because without a record the domain does not ask for such mail to be rejected.
    """
    statements = list(_trusted_statements(fields, {name.lower() for name in trusted}))
    all_read = None not in statements
    results = [result for one in statements if one is not None for result in one.results]
    dmarc = {result.outcome for result in results if _is_about(result, from_domain)}
    if "fail" in dmarc:
        return Authentication.FAIL
    if not all_read:
        return Authentication.NONE
    if "pass" in dmarc or any(_vouches(result, from_domain) for result in results):
        return Authentication.PASS
    return Authentication.NONE


def _is_about(result: Result, from_domain: str) -> bool:
    domain = result.properties.get("header.from", from_domain).lower()
    return result.method == "dmarc" and _aligned(domain, from_domain)


def _vouches(result: Result, from_domain: str) -> bool:
    if result.outcome != "pass":
        return False
    said = result.properties
    if result.method == "dkim":
        domain = said.get("header.d") or said.get("header.i", "")
    elif result.method == "spf":
        domain = said.get("smtp.mailfrom", "")
    else:
        return False
    return _aligned(domain.rpartition("@")[2].lower(), from_domain)


def _aligned(domain: str, from_domain: str) -> bool:
    """Relaxed alignment (RFC 7489, 3.1): the same domain, or one a subdomain of the other.

    No list of public suffixes is used.
    """
    return bool(domain and from_domain) and (
        domain == from_domain
        or domain.endswith(f".{from_domain}")
        or (from_domain.endswith(f".{domain}") and "." in domain)
    )


def _trusted_statements(
    fields: Iterable[tuple[str, str]], trusted: set[str]
) -> Iterator[Statement | None]:
    """The statements of trusted servers; None for a field that does not follow the grammar."""
    begun = False
    for name, value in fields:
        if name == "received" and begun:
            return
        if name != "authentication-results":
            continue
        statement = parse(value)
        server = (statement.server or NAMELESS) if statement else server_of(value)
        if server not in trusted:
            return
        begun = True
        yield statement
