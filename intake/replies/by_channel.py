"""A sender for all replies that passes each to the sender of its channel."""

import asyncio
from collections.abc import Mapping

from intake.ports.sender import Delivery, Outcome, Outgoing, Sender
from routing.vocabulary import Channel


class ChannelSenders:
    """Implements `Sender` with one sender for each channel."""

    def __init__(self, senders: Mapping[Channel, Sender]) -> None:
        self._senders = dict(senders)

    async def send(self, outgoing: Outgoing) -> Delivery:
        """See `Sender.send`."""
        sender = self._senders.get(outgoing.channel)
        if sender is None:
            detail = f"the settings have no way to send by {outgoing.channel.value}"
            return Delivery(outcome=Outcome.REFUSED, detail=detail)
        return await sender.send(outgoing)

    async def check(self) -> str:
        """See `Sender.check`."""
        return "; ".join([await sender.check() for sender in self._each()])

    async def close(self) -> None:
        """See `Sender.close`."""
        await asyncio.gather(*(sender.close() for sender in self._each()))

    def _each(self) -> list[Sender]:
        return list({id(sender): sender for sender in self._senders.values()}.values())
