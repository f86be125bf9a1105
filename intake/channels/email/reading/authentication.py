"""What trusted servers found out about a mail's sender (RFC 8601, RFC 7489)."""

from collections.abc import Iterable, Iterator, Sequence

from intake.channels.email.reading.authentication_results import Result, Statement, parse, server_of
from routing.vocabulary import Authentication

NAMELESS = "microsoft-365"
"""Stands in the settings for Exchange Online, which leaves its name out and begins with a result
(`spf=pass …; dmarc=pass …`)."""


def verdict(
    fields: Iterable[tuple[str, str]], *, trusted: Sequence[str], from_domain: str
) -> Authentication:
    """Whether the sender's domain stands for this mail, by the word of `trusted` servers alone.

    `fields` as they came, unfolded: an encoded word that is decoded could end a value of the
    sender's own and begin a result.

    Only the topmost Authentication-Results count, up to the next Received line or the first of
    another server: what stands below was there before our server and may be forged. DMARC's result
    decides, and where several disagree, a fail. Nothing is a pass where one of these fields does
    not follow the grammar: it may say otherwise. Where the domain has no DMARC record, an aligned
    DKIM or SPF pass is a pass, and anything else is none: without a record nobody said that such
    mail is to be refused.
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
    """Relaxed alignment (RFC 7489, 3.1), without a list of public suffixes: the same domain, or
    one inside the other."""
    return bool(domain and from_domain) and (
        domain == from_domain
        or domain.endswith(f".{from_domain}")
        or (from_domain.endswith(f".{domain}") and "." in domain)
    )


def _trusted_statements(
    fields: Iterable[tuple[str, str]], trusted: set[str]
) -> Iterator[Statement | None]:
    """Of our servers; None for a field of theirs that does not follow the grammar."""
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
