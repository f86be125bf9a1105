"""Replies to send in tests."""

from dataclasses import replace
from typing import Any

from intake.ports.sender import Outgoing
from intake.replies.mail_bytes import message_id


def outgoing(uid: str = "1", **changes: Any) -> Outgoing:
    plain = Outgoing(
        message_id=message_id(uid, "r3izzy.com.br"),
        sender="suporte@r3izzy.com.br",
        sender_name="R3izzy – Central de Ajuda",
        recipient="mariana@exemplo.com.br",
        recipient_name="Mariana Conceição",
        subject="[R3-2026-000123] Não consigo emitir nota fiscal",
        text="Bom dia, Mariana!\n\nAbrimos o chamado R3-2026-000123.\n",
        html="<p>Bom dia, Mariana!</p>",
        in_reply_to="<2@exemplo.com.br>",
        references=("<1@exemplo.com.br>", "<2@exemplo.com.br>"),
        ticket_number="R3-2026-000123",
    )
    return replace(plain, **changes)
