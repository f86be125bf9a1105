"""Mail that was passed on: the inner message is what the client asks about."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.reading import forwarding
from intake.settings.mail import Mail
from tests.mail.reading import mail, read

INNER = "Falta o comprovante de endereço.\n\nAtt,\nCadastro"


MARKS = {
    "gmail": (
        "---------- Forwarded message ---------\nDe: Prefeitura <cadastro@exemplo.com.br>\n"
        "Date: seg., 23 de nov. de 2026 às 09:41\nSubject: Pendência\nTo: <ana@exemplo.com.br>"
    ),
    "thunderbird": (
        "-------- Mensagem encaminhada --------\nAssunto: Pendência\nData: 23/11/2026\n"
        "De: Prefeitura <cadastro@exemplo.com.br>\nPara: ana@exemplo.com.br"
    ),
    "outlook": (
        "De: Prefeitura <cadastro@exemplo.com.br>\nEnviada em: segunda-feira, 23 de novembro\n"
        "Para: Ana\nAssunto: Pendência"
    ),
    "apple": (
        "Início da mensagem encaminhada:\n\n> De: Prefeitura <cadastro@exemplo.com.br>\n"
        "> Assunto: Pendência\n> Data: 23 de novembro\n> Para: Ana"
    ),
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS.keys())
def test_the_inner_text_counts(mark: str) -> None:
    inner = INNER.replace("\n", "\n> ") if mark.startswith("Início") else INNER
    message = read(mail(f"Podem ver?\n\n{mark}\n\n{inner}\n", Subject="ENC: Pendência"))
    assert message.text.startswith("Podem ver?\n\nFalta o comprovante de endereço.")
    assert message.fields == {
        "forwarded_from": "cadastro@exemplo.com.br",
        "forwarded_subject": "Pendência",
    }
    assert message.sender is not None
    assert message.sender.address == "dra.samara@exemplo.com.br"  # who asks is who forwards


def test_an_answer_is_no_forward() -> None:
    block = "De: Suporte <s@r3izzy.com.br>\nEnviada em: 23/11\nPara: Ana\nAssunto: Nota"
    message = read(mail(f"Não resolveu.\n\n{block}\n\nTente de novo.", Subject="RES: Nota"))
    assert message.text == "Não resolveu."
    assert message.fields == {}


def test_a_pasted_mail_without_a_word_of_ones_own_is_the_text() -> None:
    block = "De: Prefeitura <c@exemplo.com.br>\nEnviada em: 23/11\nPara: Ana\nAssunto: Pendência"
    pasted = f"{block}\n\nFalta o comprovante."
    assert read(mail(pasted, Subject="Prefeitura")).text == "Falta o comprovante."
    answer = read(mail(pasted, Subject="Prefeitura", In_Reply_To="<a@r3izzy.com.br>"))
    assert (answer.text, answer.fields) == ("", {})


def test_a_mail_attached_to_a_long_text_is_only_an_attachment() -> None:
    own = "Explico o que aconteceu. " * 30
    body = f"--b\n\n{own}\n--b\nContent-Type: message/rfc822\n\nFrom: x@y.br\n\nDentro.\n--b--\n"
    message = read(mail(body, Content_Type="multipart/mixed; boundary=b"))
    assert "Dentro." not in message.text
    assert len(message.attachments) == 1


@pytest.mark.parametrize(
    ("subject", "forward"),
    [
        ("ENC: guia", True),
        ("Enc: guia", True),
        ("Fwd: guia", True),
        ("FW: guia", True),
        ("[Externo] ENC: guia", True),
        ("RES: guia", False),
        ("Encerramento: guia", False),
        ("guia ENC: outra", False),
    ],
)
def test_subjects(subject: str, forward: bool) -> None:
    assert forwarding.is_forward(subject) is forward


LINES = (
    "texto", "", "> citado", "> > mais", "-- ", "Att,", "Ana", "De: a@b.c", "Enviado: hoje",
    "Para: b@c.d", "Assunto: x", "> De: a@b.c", "> Assunto: x", "Obrigada,",
    "Em 17/11/2026 12:40, Fulano escreveu:", "---------- Mensagem encaminhada ---------",
    "Início da mensagem encaminhada:", "________________________________",
    "Enviado do meu iPhone", "Aviso legal: sigiloso", "[17/11/2026 12:40] Fulano: oi",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(LINES), max_size=30), st.sampled_from(("ENC: x", "x")), st.booleans()
)
def test_no_word_is_lost(lines: list[str], subject: str, is_answer: bool) -> None:
    text = "\n".join(lines)
    found = forwarding.wording(text, subject=subject, is_answer=is_answer, nested=(), limits=Mail())
    parts = Counter("\n".join((found.text, found.quoted, found.signature)).replace(">", "").split())
    assert Counter(text.replace(">", "").split()) - parts == Counter()
