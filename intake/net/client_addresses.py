"""Whose address counts as whose: what may be one caller in disguise is one."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

NOBODY = "unknown"
"""All who show no address: what a proxy passes on may be anything."""
ONE_HOUSEHOLD = 64
"""Bits of an IPv6 address that a provider gives: the others are the customer's to choose."""


def plain(address: str) -> IPv4Address | IPv6Address | None:
    """An address as it is meant: IPv4 also where a socket for both writes it as IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def client_network(address: str) -> str:
    """What is counted together: an IPv4 address, an IPv6 /64 network."""
    found = plain(address)
    if found is None:
        return NOBODY
    if isinstance(found, IPv4Address):
        return str(found)
    return str(ip_network((found, ONE_HOUSEHOLD), strict=False))


def within(networks: Sequence[str]) -> Callable[[str], bool]:
    """Tells of an address whether it is in one of the networks."""
    known = [ip_network(each) for each in networks]

    def inside(address: str) -> bool:
        found = plain(address)
        return found is not None and any(found in network for network in known)

    return inside
