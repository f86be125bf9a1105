"""The messages of a crash test: new requests, replies to earlier ones, and copies, from a seed."""

import random
from dataclasses import dataclass
from email.message import EmailMessage

MAILBOXES = ("suporte@r3izzy.test", "contato@r3izzy.test")
REPLIES, COPIES, ATTACHMENTS = 0.27, 0.13, 0.15
"""Shares of all messages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One delivery into one mailbox. Two with the same conversation and step are copies."""

    conversation: int
    step: int
    """0 is the request that opens the ticket; replies count on."""
    mailbox: str

    @property
    def client(self) -> str:
        """Each conversation has a client of its own."""
        return f"cliente{self.conversation:04}@exemplo.com.br"

    @property
    def subject(self) -> str:
        title = f"Pedido {self.conversation:04}"
        return f"Re: {title}" if self.step else title

    @property
    def message_id(self) -> str:
        return f"<pedido-{self.conversation:04}-{self.step}@exemplo.com.br>"

    @property
    def mark(self) -> str:
        """Stands in the text, and nowhere else."""
        return f"marca-{self.conversation:04}-{self.step}."


def make_corpus(seed: int, size: int) -> tuple[Piece, ...]:
    """In the order of delivery. Copies of a request may go to the other mailbox.

    A reply stays in its request's mailbox: what two mailboxes hold has no order among them.
    """
    chance = random.Random(f"corpus {seed}")
    pieces: list[Piece] = []
    steps: list[int] = []
    while len(pieces) < size:
        drawn = chance.random() if pieces else 1.0
        if drawn < REPLIES:
            conversation = chance.randrange(len(steps))
            steps[conversation] += 1
            piece = Piece(conversation=conversation, step=steps[conversation], mailbox=MAILBOXES[0])
        elif drawn < REPLIES + COPIES:
            original = chance.choice(pieces)
            mailbox = MAILBOXES[0] if original.step else chance.choice(MAILBOXES)
            piece = Piece(conversation=original.conversation, step=original.step, mailbox=mailbox)
        else:
            piece = Piece(conversation=len(steps), step=0, mailbox=MAILBOXES[0])
            steps.append(0)
        pieces.append(piece)
    return tuple(pieces)


def write_mail(piece: Piece, answered: str | None) -> bytes:
    """The same bytes for the same arguments. `answered`: the acknowledgement that it replies to."""
    chance = random.Random(f"mail {piece.message_id}")
    message = EmailMessage()
    message["From"] = f"Cliente {piece.conversation} <{piece.client}>"
    message["To"] = "suporte@r3izzy.com.br"
    message["Subject"] = piece.subject
    message["Message-ID"] = piece.message_id
    message["Date"] = "Tue, 24 Nov 2026 10:00:00 -0300"
    if piece.step:
        root = f"<pedido-{piece.conversation:04}-0@exemplo.com.br>"
        message["In-Reply-To"] = answered or root
        message["References"] = f"{root} {answered}" if answered else root
    message.set_content(f"Bom dia. O app não abre a agenda, preciso de ajuda: {piece.mark}\n")
    if chance.random() < ATTACHMENTS:
        data = chance.randbytes(chance.randrange(1_000, 200_000))
        message.add_attachment(
            data, maintype="application", subtype="octet-stream", filename="tela.bin"
        )
    return message.as_bytes()
