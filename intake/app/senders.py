"""Create the sender that the settings ask for."""

from intake.channels.email.maildir_sender import MaildirSender
from intake.channels.email.smtp import SmtpSender
from intake.channels.email.smtp_session import TokenSource
from intake.ports.sender import Sender
from intake.replies.switched_off import SwitchedOffSender
from intake.settings.replies import Replies, Smtp


def sender(replies: Replies, smtp: Smtp, *, tokens: TokenSource | None = None) -> Sender:
    """The sender for the setting `backend`.

    Raises SenderUnavailable if a file named in the settings cannot be used.
    """
    if replies.backend == "smtp":
        return SmtpSender(smtp, tokens=tokens)
    if replies.backend == "maildir" and replies.outbox is not None:
        return MaildirSender(replies.outbox)
    return SwitchedOffSender()
