"""Group addresses by client, so that one client with many addresses counts as one."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

NOBODY = "unknown"
"""Stands for all clients without a usable address: a proxy may pass on anything."""
ONE_HOUSEHOLD = 64
"""Bits of an IPv6 address that the provider assigns. The customer chooses the rest."""


def plain(address: str) -> IPv4Address | IPv6Address | None:
    """Parse an address; an IPv4 address written as IPv6 (by a dual-stack socket) becomes IPv4. None
    if it is not an address.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def client_network(address: str) -> str:
    """The key under which an address is counted: an IPv4 address, or an IPv6 /64 network."""
    found = plain(address)
    if found is None:
        return NOBODY
    if isinstance(found, IPv4Address):
        return str(found)
    return str(ip_network((found, ONE_HOUSEHOLD), strict=False))


def within(networks: Sequence[str]) -> Callable[[str], bool]:
    """A function that tells whether an address is in one of the networks."""
    known = [ip_network(each) for each in networks]

    def inside(address: str) -> bool:
        found = plain(address)
        return found is not None and any(found in network for network in known)

    return inside
