"""Reactions, corrections and deletions on a ticket: their notes, in words for the desk."""

from collections.abc import Iterable, Mapping

from intake.context import Context
from intake.store.database import Connection
from intake.store.messages import by_provider_name
from routing.aside import Aside
from routing.message import Message

LONGEST = 1000
"""Characters of an earlier message that a note repeats."""
_WORDS: Mapping[Aside, tuple[str, str]] = {
    Aside.REACTION: ("O cliente reagiu com {text}", "O cliente reagiu com {text} a: “{earlier}”"),
    Aside.CORRECTION: (
        "O cliente corrigiu uma mensagem; o novo texto segue.",
        "O cliente corrigiu a mensagem “{earlier}”; o novo texto segue.",
    ),
    Aside.DELETION: (
        "O cliente apagou uma mensagem. O que ela dizia continua neste chamado.",
        "O cliente apagou a mensagem “{earlier}”. Ela continua neste chamado.",
    ),
    Aside.TRANSCRIPT: ("Transcrição automática do recado (vale o áudio): “{text}”",) * 2,
}
"""Without and with the words of the earlier message."""
TAKEN_BACK = "O cliente retirou uma reação."


def aside_words(message: Message, earlier: str) -> str:
    """Of a message whose `aside` is one of the table."""
    assert message.aside is not None
    if message.aside is Aside.REACTION and not message.text:
        return TAKEN_BACK
    without, with_earlier = _WORDS[message.aside]
    words = with_earlier if earlier else without
    return words.format(text=message.text, earlier=earlier[:LONGEST])


async def spoken_of(
    context: Context, connection: Connection, messages: Iterable[Message]
) -> dict[str, str]:
    """What the earlier messages said that these speak of, by the provider's name of them."""
    wanted = {
        name for each in messages if each.aside in _WORDS for name in each.in_reply_to if name
    }
    if not wanted:
        return {}
    config = context.config
    limits, own = config.settings.mail, config.policy.own_addresses
    stored = await by_provider_name(connection, sorted(wanted))
    read = [context.read(each, limits, own) for each in stored]
    # The first of a name: a change of it comes later under the same.
    return {each.message_id: each.text for each in reversed(read) if each.text}
