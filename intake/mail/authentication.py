"""What trusted servers found out about a mail's sender (RFC 8601, RFC 7489)."""

import re
from collections.abc import Iterable, Iterator, Sequence

from routing.vocabulary import Authentication

NAMELESS = "microsoft-365"
"""Stands in the settings for Exchange Online, which leaves its name out and begins with a result
(`spf=pass …; dmarc=pass …`)."""

_COMMENT = re.compile(r"\([^()]*\)")
_DEEPEST_COMMENT = 5
_RESULT = re.compile(r"([a-z][a-z0-9-]*)(?:/\d+)?\s*=\s*([a-z]+)", re.I)
_PROPERTY = re.compile(r"([a-z][a-z0-9-]*\.[a-z0-9-]+)\s*=\s*\"?([^\s\";]+)", re.I)
_LONGEST = 16_384


def verdict(
    fields: Iterable[tuple[str, str]], *, trusted: Sequence[str], from_domain: str
) -> Authentication:
    """Whether the sender's domain stands for this mail, by the word of `trusted` servers alone.

    Only the topmost Authentication-Results count, up to the next Received line or the first of
    another server: what stands below was there before our server and may be forged. DMARC's result
    decides. Where the domain has no DMARC record, an aligned DKIM or SPF pass is a pass, and
    anything else is none: without a record nobody said that such mail is to be refused.
    """
    results = list(_trusted_results(fields, {name.lower() for name in trusted}))
    for method, outcome, properties in results:
        domain = properties.get("header.from", from_domain).lower()
        if method == "dmarc" and _aligned(domain, from_domain):
            if outcome == "pass":
                return Authentication.PASS
            if outcome == "fail":
                return Authentication.FAIL
    if any(_vouches(result, from_domain) for result in results):
        return Authentication.PASS
    return Authentication.NONE


_Result = tuple[str, str, dict[str, str]]


def _vouches(result: _Result, from_domain: str) -> bool:
    method, outcome, properties = result
    if outcome != "pass":
        return False
    if method == "dkim":
        domain = properties.get("header.d") or properties.get("header.i", "")
    elif method == "spf":
        domain = properties.get("smtp.mailfrom", "")
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


def _trusted_results(fields: Iterable[tuple[str, str]], trusted: set[str]) -> Iterator[_Result]:
    begun = False
    for name, value in fields:
        if name == "received" and begun:
            return
        if name != "authentication-results":
            continue
        statement = _without_comments(value[:_LONGEST])
        server, *results = statement.split(";")
        if _RESULT.match(server.strip()):
            server, results = NAMELESS, [server, *results]
        if "".join(server.split()[:1]).strip('"').lower() not in trusted:
            return
        begun = True
        for result in results:
            match = _RESULT.match(result.strip())
            if match:
                properties = {key.lower(): found for key, found in _PROPERTY.findall(result)}
                yield match[1].lower(), match[2].lower(), properties


def _without_comments(value: str) -> str:
    for _ in range(_DEEPEST_COMMENT):
        value, found = _COMMENT.subn(" ", value)
        if not found:
            break
    return value
