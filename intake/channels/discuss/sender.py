"""Sends replies to the Discuss channel where the team gives commands."""

from intake.ports.chat import ROOM, Chat, ChatRefused, ChatReply
from intake.ports.desk import DeskUnavailable
from intake.ports.sender import Delivery, Outcome, Outgoing, SenderUnavailable


class DiscussSender:
    """Implements `Sender`. A recipient is a room and the message there that is answered."""

    def __init__(self, room: Chat) -> None:
        self._room = room

    async def send(self, outgoing: Outgoing) -> Delivery:
        """See `Sender.send`. The room recognises a reply that it already has."""
        room, _, message = outgoing.recipient.removeprefix(ROOM).partition("/")
        answer = ChatReply(
            mark=outgoing.message_id,
            text=outgoing.text,
            to=int(message),
            number=outgoing.ticket_number,
            link=outgoing.link,
        )
        try:
            await self._room.say(int(room), answer)
        except DeskUnavailable as error:
            return Delivery(outcome=Outcome.LATER, detail=str(error))
        except ChatRefused as error:
            return Delivery(outcome=Outcome.REFUSED, detail=str(error))
        return Delivery(outcome=Outcome.SENT, detail=self._room.name)

    async def check(self) -> str:
        """See `Sender.check`."""
        try:
            return await self._room.check()
        except DeskUnavailable as error:
            raise SenderUnavailable(str(error)) from error

    async def close(self) -> None:
        """Does nothing: the desk owns the room's connections."""
