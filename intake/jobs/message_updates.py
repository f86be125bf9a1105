"""The texts of notes about reactions, corrections, deletions and transcripts on a ticket."""

from collections.abc import Iterable, Mapping

from intake.context import Context
from intake.store.database import Connection
from intake.store.messages import by_provider_name
from routing.aside import Aside
from routing.message import Message

LONGEST = 1000
"""Characters of the earlier message that a note quotes at most."""
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
"""The texts without and with a quote of the earlier message."""
TAKEN_BACK = "O cliente retirou uma reação."


def aside_words(message: Message, earlier: str) -> str:
    """The note for a message whose `aside` is a key of `_WORDS`. `earlier`: what it refers to."""
    assert message.aside is not None
    if message.aside is Aside.REACTION and not message.text:
        return TAKEN_BACK
    without, with_earlier = _WORDS[message.aside]
    words = with_earlier if earlier else without
    return words.format(text=message.text, earlier=earlier[:LONGEST])


async def earlier_text(
    context: Context, connection: Connection, messages: Iterable[Message]
) -> dict[str, str]:
    """The texts of the earlier messages that these refer to, by the provider's message id."""
    wanted = {
        name for each in messages if each.aside in _WORDS for name in each.in_reply_to if name
    }
    if not wanted:
        return {}
    config = context.config
    limits, own = config.settings.mail, config.policy.own_addresses
    stored = await by_provider_name(connection, sorted(wanted))
    read = [context.read(each, limits, own) for each in stored]
    # Keep the first message of each id: corrections come later under the same id.
    return {each.message_id: each.text for each in reversed(read) if each.text}
