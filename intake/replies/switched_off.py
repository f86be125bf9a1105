"""The sender for when replies are switched off (`replies.backend = "none"`)."""

from intake.ports.sender import Delivery, Outcome, Outgoing

REASON = "as respostas estão desligadas (replies.backend)"


class SwitchedOffSender:
    """Sends nothing, and answers that it should be tried later.

    New replies are not queued while replies are switched off. Those that were queued before wait,
    and go out if replies are switched on again before they are given up.
    """

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Always LATER."""
        return Delivery(outcome=Outcome.LATER, detail=REASON)

    async def check(self) -> str:
        """Always succeeds."""
        return REASON

    async def close(self) -> None:
        """Does nothing: there is nothing to release."""
