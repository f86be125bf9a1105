"""The sender of a desk that answers nobody (`replies.backend = "none"`)."""

from intake.ports.sender import Delivery, Outcome, Outgoing

REASON = "as respostas estão desligadas (replies.backend)"


class SwitchedOffSender:
    """Sends nothing, and says so.

    New replies are never queued then; those that were, when replies were switched off, wait: they
    go out where replies are switched on again in time.
    """

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Always LATER."""
        return Delivery(outcome=Outcome.LATER, detail=REASON)

    async def check(self) -> str:
        """Always fine."""
        return REASON

    async def close(self) -> None:
        """Nothing to let go of."""
