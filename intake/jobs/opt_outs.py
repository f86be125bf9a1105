"""Who asked by WhatsApp or SMS to be written to no more, or again."""

from collections.abc import Iterable
from datetime import datetime

from intake.jobs.phone_delivery import PHONE
from intake.store.database import Connection
from intake.store.opt_outs import opt_in, opt_out
from routing.message import Message
from routing.phone.opt_out import Wish, wish

_DEEDS = {Wish.STOP: opt_out, Wish.START: opt_in}


async def record_opt_outs(
    connection: Connection, messages: Iterable[Message], now: datetime
) -> None:
    """Heed the wishes in these messages, in their order, in the caller's transaction.

    What is to be sent because of the same messages is then already subject to them.
    """
    for message in messages:
        wanted = wish(message.text) if message.channel in PHONE else None
        if wanted is not None and message.sender is not None:
            await _DEEDS[wanted](connection, message.channel, message.sender.address, now)
