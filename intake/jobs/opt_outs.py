"""Records who asked by WhatsApp or SMS to get no more automatic messages, or to get them again."""

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
    """Record the opt-outs and opt-ins in these messages, in order, in the caller's transaction.

    Call it before replies to the same messages are written, so that they respect it.
    """
    for message in messages:
        wanted = wish(message.text) if message.channel in PHONE else None
        if wanted is not None and message.sender is not None:
            await _DEEDS[wanted](connection, message.channel, message.sender.address, now)
