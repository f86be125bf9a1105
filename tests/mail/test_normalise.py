"""What a Message takes from an ordinary mail."""

from datetime import UTC, datetime

from routing.message import Address
from tests.mail.reading import mail, read


def test_plain_mail() -> None:
    message = read(
        mail(
            "Não consigo emitir a nota.\n\nAtt,\nSamara",
            Content_Type="text/plain; charset=utf-8",
            In_Reply_To="<a1@r3izzy.com.br>",
            References="<a0@r3izzy.com.br> <a1@r3izzy.com.br>",
            Reply_To="consultorio@exemplo.com.br",
        )
    )
    assert message.sender == Address(address="dra.samara@exemplo.com.br", name="Samara Vélez")
    assert message.answer_to == Address(address="consultorio@exemplo.com.br")
    assert message.recipients == (Address(address="suporte@r3izzy.com.br"),)
    assert message.subject == "Nota"
    assert message.text == "Não consigo emitir a nota."
    assert message.signature == "Att,\nSamara"
    assert message.message_id == "<m1@exemplo.com.br>"
    assert message.in_reply_to == ("<a1@r3izzy.com.br>",)
    assert message.references == ("<a0@r3izzy.com.br>", "<a1@r3izzy.com.br>")
    assert message.sent_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    assert message.header("To") == "suporte@r3izzy.com.br"
    assert message.notices == ()
