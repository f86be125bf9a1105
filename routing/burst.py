"""Several short messages for one matter, taken as one.

On WhatsApp people write "oi", "bom dia", "meu app travou" and a photo, one after the other. They
are decided as a whole once the person has been silent for a while, or has gone on for long enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from routing.aside import Aside
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


_WORDLESS = frozenset((Aside.REACTION, Aside.DELETION, Aside.CALL_ENDED))
"""What adds no words to a whole that has some: the end of a call with a recording, for instance."""
CORRECTED = "Antes de ser corrigida pelo cliente, uma mensagem dizia: “{text}”"
DELETED = "O cliente apagou depois esta mensagem: “{text}”"
DELETED_EARLIER = "O cliente apagou também uma mensagem anterior."


def fold(messages: Sequence[Message]) -> Message:
    """One message with all that these say, in their order; of the first where they differ.

    A correction stands in the place of what it corrects, and what was taken back is still there:
    notices say so. Raises ValueError for none.
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
    """The words of each, after all corrections; and, in pt-BR, what was changed."""
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
