"""Bursts: several short messages about one matter, decided as one message.

On WhatsApp people write "oi", "bom dia", "meu app travou" and a photo, one after the other. The
burst is decided as a whole once the person has been silent for a while, or once it has lasted for
the longest time allowed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from routing.aside import Aside
from routing.message import Message
from routing.vocabulary import Channel

BURSTING = frozenset((Channel.WHATSAPP, Channel.SMS, Channel.VOICE))
"""Channels on which people write in bursts. A call's end and its recording arrive separately."""


def ready_at(
    received: Sequence[datetime],
    *,
    silence: timedelta,
    longest: timedelta,
    files_pending: bool = False,
    only_greets: bool = False,
) -> datetime:
    """The instant at which a burst, whose messages were received at these instants, is decided.

    That is `silence` after the last message, but no later than `longest` after the first. While
    files are still being fetched, or if the person has only greeted so far, it is the latest
    possible instant.
    """
    bound = min(received) + max(longest, silence)
    incomplete = files_pending or only_greets
    return bound if incomplete else min(max(received) + silence, bound)


_WORDLESS = frozenset((Aside.REACTION, Aside.DELETION, Aside.CALL_ENDED))
"""Updates left out of a burst that has other messages: the end of a call that has a recording."""
CORRECTED = "Antes de ser corrigida pelo cliente, uma mensagem dizia: “{text}”"
DELETED = "O cliente apagou depois esta mensagem: “{text}”"
DELETED_EARLIER = "O cliente apagou também uma mensagem anterior."


def fold(messages: Sequence[Message]) -> Message:
    """Merge the messages of a burst, in their order; other fields come from the first of them.

    A correction replaces the text that it corrects. The text of a deleted message is kept. Notices
    (pt-BR) mention both. Raises ValueError if there are no messages.
    """
    if not messages:
        raise ValueError("nothing to fold")
    if len(messages) == 1:
        return messages[0]
    worded = [each for each in messages if each.aside not in _WORDLESS] or list(messages)
    texts, changes = _as_it_stands(messages, worded)
    plain = any(each.aside is None for each in worded)
    return replace(
        worded[0],
        sender=next((each.sender for each in messages if each.sender is not None), None),
        recipients=next((each.recipients for each in messages if each.recipients), ()),
        text="\n".join(text for text in texts if text),
        attachments=tuple(file for each in worded for file in each.attachments),
        in_reply_to=_once(each.in_reply_to for each in reversed(worded)),
        notices=_once((*(each.notices for each in worded), changes)),
        aside=None if plain else worded[0].aside,
    )


def _as_it_stands(
    messages: Sequence[Message], worded: Sequence[Message]
) -> tuple[list[str], tuple[str, ...]]:
    """The text of each message after all corrections, and notices of the changes in pt-BR."""
    texts = [each.text for each in worded]
    places = {
        each.message_id: place
        for place, each in enumerate(worded)
        if each.aside is None and each.message_id
    }
    changes: list[str] = []
    for each in messages:
        place = next((places[one] for one in each.in_reply_to if one in places), None)
        if each.aside is Aside.CORRECTION and place is not None:
            changes.append(CORRECTED.format(text=texts[place]))
            texts[place], texts[worded.index(each)] = each.text, ""
        elif each.aside is Aside.DELETION and each not in worded:
            changes.append(DELETED_EARLIER if place is None else DELETED.format(text=texts[place]))
    return texts, tuple(changes)


def _once(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for some in lists for each in some))
