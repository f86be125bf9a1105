"""Each reply goes by the sender of its channel."""

from dataclasses import replace

from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Outcome
from intake.replies.by_channel import ChannelSenders
from routing.vocabulary import Channel
from tests.replies.outgoings import outgoing


async def test_a_reply_goes_by_the_sender_of_its_channel() -> None:
    mail, texts = MemorySender(), MemorySender()
    senders = ChannelSenders({Channel.EMAIL: mail, Channel.WHATSAPP: texts, Channel.SMS: texts})
    letter, text = outgoing(), replace(outgoing(), channel=Channel.SMS)
    assert (await senders.send(letter)).outcome is Outcome.SENT
    assert (await senders.send(text)).outcome is Outcome.SENT
    assert (mail.sent, texts.sent) == ([letter], [text])


async def test_a_channel_without_a_sender_is_refused_with_its_name() -> None:
    senders = ChannelSenders({Channel.EMAIL: MemorySender()})
    delivery = await senders.send(replace(outgoing(), channel=Channel.WHATSAPP))
    assert delivery.outcome is Outcome.REFUSED
    assert "whatsapp" in delivery.detail


async def test_one_sender_for_two_channels_is_checked_once() -> None:
    texts = MemorySender()
    senders = ChannelSenders({Channel.WHATSAPP: texts, Channel.SMS: texts})
    assert await senders.check() == await texts.check()
