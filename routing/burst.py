"""Several short messages for one matter, taken as one.

On WhatsApp people write "oi", "bom dia", "meu app travou" and a photo, one after the other. They
are decided as a whole once the person has been silent for a while, or has gone on for long enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from routing.message import Message
from routing.vocabulary import Channel

BURSTING = frozenset((Channel.WHATSAPP, Channel.SMS, Channel.VOICE))
"""Channels on which people write so; of a call, its end and its recording come apart."""


def ready_at(
    received: Sequence[datetime],
    *,
    silence: timedelta,
    longest: timedelta,
    files_pending: bool = False,
    only_greets: bool = False,
) -> datetime:
    """When what a person wrote at these instants is to be decided.

    `silence` after the last of it, but no later than `longest` after the first. Files that are
    still being fetched are waited for until then, and so is the matter of who has only greeted.
    """
    bound = min(received) + max(longest, silence)
    incomplete = files_pending or only_greets
    return bound if incomplete else min(max(received) + silence, bound)


def fold(messages: Sequence[Message]) -> Message:
    """One message with all that these say, in their order; of the first where they differ.

    Raises ValueError for none.
    """
    if not messages:
        raise ValueError("nothing to fold")
    # The end of a call with a recording is no missed call.
    heard = [each for each in messages if "missed" not in each.fields]
    messages = heard or messages
    first, *others = messages
    if not others:
        return first
    return replace(
        first,
        text="\n".join(each.text for each in messages if each.text),
        attachments=tuple(file for each in messages for file in each.attachments),
        in_reply_to=_once(each.in_reply_to for each in reversed(messages)),
        notices=_once(each.notices for each in messages),
    )


def _once(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for some in lists for each in some))
