"""Addresses, domains and hosts as the settings may name them."""

from typing import Annotated

from pydantic import AfterValidator

from intake.replies.mailbox import AddressInvalid, mailbox


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


EmailAddress = Annotated[str, AfterValidator(_email_address)]
"""An address alone, without a name: mail can be sent from it and to it."""
Domain = Annotated[str, AfterValidator(_domain)]
"""What stands behind the @ of an address, in lower case."""
Host = Annotated[str, AfterValidator(_host)]
"""A name or number of a server, without a port and without a scheme."""
