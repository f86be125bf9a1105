"""Writes replies to a Maildir instead of sending them, for demos and trials."""

import asyncio
import contextlib
import hashlib
import os
import uuid
from dataclasses import replace
from pathlib import Path

from intake.ports.email_addresses import AddressInvalid
from intake.ports.sender import Delivery, Outcome, Outgoing, SenderUnavailable
from intake.replies.mail_bytes import to_bytes
from routing.vocabulary import Channel


class MaildirSender:
    """Implements `Sender`. Files are named by Message-ID, so a repeated mail is one file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Returns SENT once the mail is durably in `new/`, LATER if the disk is full or unwritable.

        REFUSED for an invalid address.
        """
        try:
            raw = to_bytes(_as_mail(outgoing))
        except AddressInvalid as error:
            return Delivery(outcome=Outcome.REFUSED, detail=str(error))
        try:
            path = await asyncio.to_thread(self._write, outgoing.message_id, raw)
        except OSError as error:
            return Delivery(outcome=Outcome.LATER, detail=f"{self.folder}: {error.strerror}")
        return Delivery(outcome=Outcome.SENT, detail=str(path))

    async def check(self) -> str:
        """Create the Maildir if it is missing. Raises SenderUnavailable if that fails."""
        try:
            await asyncio.to_thread(self._make)
        except OSError as error:
            raise SenderUnavailable(
                f"replies.outbox {self.folder}: {error.strerror}; it must be a folder that the "
                "daemon's user can write"
            ) from error
        return f"replies are written to {self.folder}"

    async def close(self) -> None:
        """Does nothing: no connection is kept open."""

    def _make(self) -> None:
        for name in ("tmp", "new", "cur"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def _write(self, message_id: str, raw: bytes) -> Path:
        name = hashlib.sha256(message_id.encode()).hexdigest()[:40] + ".central-intake"
        self._make()
        target = self.folder / "new" / name
        read = next((self.folder / "cur").glob(f"{name}*"), None)
        if read is not None:
            return read
        # Two daemons may write the same mail at once. Each has its own draft; one link succeeds.
        draft = self.folder / "tmp" / f"{name}.{uuid.uuid4().hex}"
        with draft.open("wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, target)
        draft.unlink()
        directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return target


def _as_mail(outgoing: Outgoing) -> Outgoing:
    """A WhatsApp or SMS reply as a mail, to an address in `.invalid` made of the number."""
    if outgoing.channel is Channel.EMAIL:
        return outgoing
    where = f"{outgoing.channel.value}.invalid"
    subject = outgoing.subject or f"{outgoing.channel.value}: {outgoing.ticket_number}"
    return replace(outgoing, recipient=f"{outgoing.recipient}@{where}", subject=subject)
