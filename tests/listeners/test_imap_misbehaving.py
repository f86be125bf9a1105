"""Servers that lose, refuse, cut and keep silent: nothing is lost, and nothing is held up."""

import asyncio

import pytest

from intake.ports.listener import ListenerUnavailable, LoginRefused
from tests.listeners.conftest import mail, running, subjects, until
from tests.listeners.place import Place
from tests.servers.scripted_imap import Dialogue

# Push, in all the ways in which it can come


async def test_every_push_is_followed_by_its_messages(place: Place) -> None:
    server = place.server
    async with running(place.listener()):
        await until(lambda: "IDLE" in server.commands)
        for number in range(1, 6):
            server.add(mail(number))
            server.push()
            await until(lambda: place.taken(number))  # noqa: B023
    assert place.subjects == subjects(1, 5)
    assert server.sessions == 1


async def test_push_in_one_packet_with_the_beginning_of_idle(place: Place) -> None:
    server = place.server

    def together(dialogue: Dialogue) -> None:
        server.add(mail(1))
        dialogue.say("+ idling", server.exists)

    server.at_idle = together
    async with running(place.listener()):
        await until(lambda: place.taken(1))


async def test_push_before_the_beginning_of_idle(place: Place) -> None:
    server = place.server

    def before(dialogue: Dialogue) -> None:
        server.add(mail(1))
        dialogue.say(server.exists, "+ idling")

    server.at_idle = before
    async with running(place.listener()):
        await until(lambda: place.taken(1))
    assert place.progress.failures == {}


async def test_push_while_another_message_is_being_fetched(place: Place) -> None:
    server = place.server

    def meanwhile(dialogue: Dialogue) -> None:
        server.add(mail(2))
        dialogue.say(server.exists)

    server.add(mail(1))
    server.during_fetch = meanwhile
    async with running(place.listener()):
        await until(lambda: place.taken(2))


async def test_a_refused_idle_is_tried_again(place: Place) -> None:
    server = place.server
    listener = place.listener()
    async with running(listener):
        await until(lambda: "IDLE" in server.commands)
        server.at_idle = lambda dialogue: dialogue.cut()
        server.add(mail(1))
        server.push()
        await until(lambda: server.sessions == 2)
        server.add(mail(2))
        server.push()
        await until(lambda: place.taken(2))


async def test_idle_is_renewed(place: Place) -> None:
    async with running(place.listener(idle_renew=0.05)):
        await until(lambda: place.server.commands.count("IDLE") >= 4)
    assert place.server.sessions == 1
    assert place.progress.failures == {}


# Connections


async def test_a_cut_connection_is_made_again(place: Place) -> None:
    server = place.server
    async with running(place.listener()):
        await until(lambda: "IDLE" in server.commands)
        server.add(mail(1))
        server.cut()
        await until(lambda: place.taken(1))
    assert place.progress.failures["imap:caixa/INBOX"]


@pytest.mark.parametrize("uid_next", [None, 0])
@pytest.mark.parametrize("fault", ["cut_at", "garbled_at"])
@pytest.mark.parametrize("verb", ["CAPABILITY", "LOGIN", "EXAMINE", "SEARCH", "FETCH", "IDLE"])
async def test_whatever_command_goes_wrong_the_next_try_goes_well(
    place: Place, verb: str, fault: str, uid_next: int | None
) -> None:
    server = place.server
    server.uid_next = uid_next
    server.add(mail(1))
    setattr(server, fault, verb)
    async with running(place.listener(timeout=0.3)):
        await until(lambda: place.taken(1) and not getattr(server, fault))
        await until(lambda: server.commands[-1:] == ["IDLE"])


async def test_a_server_that_says_nothing_is_given_up_and_tried_again(place: Place) -> None:
    server = place.server
    server.mute = True
    server.add(mail(1))
    async with running(place.listener(timeout=0.2)):
        await until(lambda: place.progress.failures)
        server.mute = False
        await until(lambda: place.taken(1))
    assert "no answer in time" in place.progress.failures["imap:caixa/INBOX"][0]


async def test_a_server_that_forgets_an_idle_is_found_out_at_its_renewal(place: Place) -> None:
    server = place.server

    def forget(dialogue: Dialogue) -> None:
        dialogue.say("+ idling")
        dialogue.rfile.read()

    server.at_idle = forget
    async with running(place.listener(idle_renew=0.1, timeout=0.2)):
        await until(lambda: "IDLE" in server.commands)
        server.add(mail(1))
        await until(lambda: place.taken(1))
    assert place.progress.failures[place.source] == ["no answer in time"]


async def test_stopping_does_not_wait_for_a_server_that_says_nothing(place: Place) -> None:
    place.server.mute = True
    stopping = asyncio.Event()
    task = asyncio.create_task(place.listener(timeout=60).run(stopping))
    await until(lambda: place.server.sessions == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)


async def test_a_refused_login_is_told_apart_from_a_server_in_trouble(place: Place) -> None:
    place.server.login_answer = "NO [AUTHENTICATIONFAILED] wrong"
    with pytest.raises(LoginRefused, match=r"login refused by .*wrong"):
        await place.listener().drain()
    place.server.login_answer = "NO [UNAVAILABLE] database down"
    with pytest.raises(ListenerUnavailable, match="database down") as trouble:
        await place.listener().drain()
    assert not isinstance(trouble.value, LoginRefused)


async def test_a_greeting_that_turns_us_away(place: Place) -> None:
    place.server.greeting = "* BYE too many connections"
    with pytest.raises(ListenerUnavailable, match="too many connections"):
        await place.listener().check()


async def test_a_server_without_keywords_is_not_asked_to_keep_any(place: Place) -> None:
    server = place.server
    server.permanent_flags = "\\Seen"
    server.add(mail(1))
    with pytest.raises(ListenerUnavailable, match='set post_fetch_action to "leave" or "move"'):
        await place.listener(post_fetch_action="flag").check()
    assert await place.listener(post_fetch_action="flag").drain() == 1
    assert not any("STORE" in command for command in server.commands)
    server.permanent_flags = "\\Seen \\*"
    assert await place.listener(post_fetch_action="flag").drain() == 0
    assert any("STORE" in command for command in server.commands)


# Messages that the server does not deliver


@pytest.mark.parametrize("fault", ["withheld", "refused", "deadly"])
async def test_a_message_that_is_not_delivered_is_recorded_from_its_header(
    place: Place, fault: str
) -> None:
    server = place.server
    server.add(mail(1))
    server.add(mail(2), **{fault: True})
    server.add(mail(3))
    assert await place.listener().drain() == 3
    assert place.subjects == subjects(1, 3)
    first, broken, last = place.intake.arrivals.values()
    assert first.complete
    assert last.complete
    assert not broken.complete
    assert broken.details["undelivered"] == "text"
    assert place.intake.cursors["imap:caixa/INBOX"].last_uid == 3


@pytest.mark.parametrize("fault", ["withheld", "refused", "deadly"])
async def test_a_message_without_even_a_header_is_recorded_empty(place: Place, fault: str) -> None:
    server = place.server
    server.add(mail(1), headless=True, **{fault: True})
    server.add(mail(2))
    assert await place.listener().drain() == 2
    broken, last = place.intake.arrivals.values()
    assert broken.raw == b""
    assert broken.details["undelivered"] == "all"
    assert last.raw == mail(2)


async def test_a_message_that_is_delivered_at_the_third_time_is_whole(place: Place) -> None:
    server = place.server
    stubborn = server.add(mail(1), deadly=True)
    server.add(mail(2))
    async with running(place.listener()):
        await until(lambda: server.sessions == 3)
        stubborn.deadly = False
        await until(lambda: place.taken(2))
    assert all(arrival.complete for arrival in place.intake.arrivals.values())


async def test_a_message_that_vanishes_meanwhile_is_passed_over(place: Place) -> None:
    server = place.server
    server.add(mail(1))
    gone = server.add(mail(2), withheld=True)
    server.add(mail(3))
    server.during_fetch = lambda _: server.messages.remove(gone)
    assert await place.listener().drain() == 2
    assert place.subjects == ["Mensagem 1", "Mensagem 3"]
    assert place.intake.cursors["imap:caixa/INBOX"].last_uid == 3


async def test_a_very_full_folder_is_searched_in_parts(place: Place) -> None:
    server = place.server
    server.add(mail(1)).uid = 1
    server.add(mail(2)).uid = 120_000
    server.add(mail(3)).uid = 250_001
    assert await place.listener().drain() == 3
    spans = [c for c in server.commands if "SEARCH" in c]
    assert "UID SEARCH UID 1:50000" in spans
    assert place.intake.cursors["imap:caixa/INBOX"].last_uid == 250_001
