"""The bench's corpus: the same for everybody who names the seed, and as heavy as it says."""

from email import message_from_bytes
from email.policy import default

from bench.corpus import corpus


def test_the_same_seed_gives_the_same_messages() -> None:
    assert list(corpus(30, seed=7)) == list(corpus(30, seed=7))
    assert next(corpus(1, seed=7)) != next(corpus(1, seed=8))


def test_messages_weigh_about_eighty_kilobytes_on_average() -> None:
    sizes = [len(raw) for _, raw in corpus(1000, seed=1)]
    assert 75_000 < sum(sizes) / len(sizes) < 85_000
    assert min(sizes) < 3_000 < 300_000 < max(sizes)


def test_each_message_has_a_sender_and_an_identifier_of_its_own() -> None:
    senders, identifiers = set(), set()
    for identifier, raw in corpus(200, seed=1):
        message = message_from_bytes(raw, policy=default)
        assert message["Message-ID"] == identifier
        senders.add(message["From"])
        identifiers.add(identifier)
    assert len(senders) == len(identifiers) == 200
