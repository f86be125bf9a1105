"""Types for e-mail addresses, domains, hosts and networks in the settings."""

from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator

from intake.ports.email_addresses import AddressInvalid, mailbox


def _email_address(text: str) -> str:
    try:
        return mailbox(text).address
    except AddressInvalid as error:
        raise ValueError(
            f"{text!r} is no e-mail address; write for instance suporte@r3izzy.com.br"
        ) from error


def _domain(text: str) -> str:
    try:
        domain = mailbox(f"x@{text}").address.removeprefix("x@").lower()
    except AddressInvalid as error:
        raise ValueError(f"{text!r} is no domain; write for instance r3izzy.com.br") from error
    return domain


def _host(text: str) -> str:
    if not text or any(sign.isspace() or sign in "/@" for sign in text):
        raise ValueError(f"{text!r} is no host; write for instance mail.example.com")
    return text


def _network(text: str) -> str:
    try:
        return str(ip_network(text, strict=False))
    except ValueError as error:
        raise ValueError(
            f"{text!r} is no IP address or network; write for instance 10.0.0.7 or 10.0.0.0/24"
        ) from error


EmailAddress = Annotated[str, AfterValidator(_email_address)]
"""An address without a display name. It is valid as a sender and as a recipient."""
Domain = Annotated[str, AfterValidator(_domain)]
"""The part of an address after the @, in lower case."""
Host = Annotated[str, AfterValidator(_host)]
"""A server's name or IP address, without port or scheme."""
Network = Annotated[str, AfterValidator(_network)]
"""An IP address or a network (CIDR)."""
