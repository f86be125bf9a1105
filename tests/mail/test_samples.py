"""What the samples say once they are read: the facts that samples/README.md promises."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.settings.mail import Mail
from routing.disposition import Nature, dispose
from routing.message import Message
from routing.vocabulary import Authentication
from tests.mail.reading import read

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = sorted(path.name for path in SAMPLES.glob("*.eml"))
TRUSTING = Mail(trusted_authserv_ids=("mx.r3izzy.com.br",))
OWN = frozenset(("suporte@r3izzy.com.br",))


def sample(number: str) -> Message:
    """The sample whose name begins with `number`."""
    (path,) = SAMPLES.glob(f"{number}-*.eml")
    return read(path.read_bytes(), limits=TRUSTING)


def nature(number: str) -> Nature:
    """What kind of sending it is."""
    return dispose(sample(number), own_addresses=OWN).nature


def test_the_table_names_every_sample_once() -> None:
    table = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([^`]+\.eml)` \|", table, re.M)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_has_sender_subject_and_text(name: str) -> None:
    message = read((SAMPLES / name).read_bytes())
    assert message.sender is not None
    assert message.sender.domain.endswith((".com.br",))
    assert message.subject
    assert message.text.strip() == message.text
    assert "\ufffd" not in message.text + message.subject + message.sender.name


def test_plain_text_with_a_signature() -> None:
    message = sample("01")
    assert message.subject == "Dúvida: onde cadastro um novo paciente?"
    assert "onde se cadastra um paciente novo" in message.text  # flowed lines are joined
    assert message.signature.startswith("--\nLuciana Prado\nPsicóloga")
    assert message.sent_at == datetime(2026, 11, 23, 13, 12, 40, tzinfo=UTC)


def test_urgent_mail_that_our_server_vouches_for() -> None:
    message = sample("02")
    assert message.authentication is Authentication.PASS
    assert message.header("x-priority") == "1"
    assert message.signature == "Enviado do meu iPhone"


def test_html_only() -> None:
    message = sample("03")
    assert message.text.startswith("Olá, equipe!\n\nTenho uma sugestão de melhoria: seria ótimo")
    assert "\n* quem já pagou a consulta;\n" in message.text
    assert message.signature.startswith("Atenciosamente,\nDra. Luíza Farias — Dermatologia")
    assert "sugestão de melhoria" in message.html
    assert "pixel.gif" not in message.html
    assert "style" not in message.html


def test_outlook_answer() -> None:
    message = sample("04")
    assert message.text.startswith("Bom dia!\n\nEstou pensando em mudar do Simples Nacional")
    assert message.text.endswith("Aguardo a orientação de vocês.")
    assert message.signature.startswith("Att.,")
    assert message.quoted.startswith("De: Contabilidade R3izzy")
    assert "R$ 18.400,00" in message.quoted
    assert message.in_reply_to == ("<outubro-relatorio@r3izzy.com.br>",)


def test_gmail_answer() -> None:
    message = sample("05")
    assert message.text.endswith("Obrigada!")
    assert message.signature == "Renata"
    assert message.quoted.startswith("Em qua., 4 de nov. de 2026 às 09:30")
    assert "<blockquote>" in message.html


def test_iso_8859_1() -> None:
    message = sample("06")
    assert message.sender is not None
    assert message.sender.name == "Conceição Araújo"
    assert message.subject == "Inscrição na prefeitura de São Caetano"
    assert "Preciso que façam a inscrição municipal" in message.text


def test_attachment_and_inline_image() -> None:
    logo, bill = sample("07").attachments
    assert (logo.name, logo.content_type, logo.inline) == ("logo.png", "image/png", True)
    assert f'src="cid:{logo.content_id}"' in sample("07").html
    assert bill.name == "Fatura novembro – Clínica Exemplo.pdf"
    assert (bill.content_type, bill.inline) == ("application/pdf", False)
    assert bill.content.startswith(b"%PDF-1.4")
    assert bill.content.endswith(b"%%EOF\n")


def test_forwarded_in_the_text() -> None:
    message = sample("08")
    assert message.text.startswith("Recebi o aviso abaixo.")
    assert "falta o comprovante de endereço" in message.text
    assert message.fields["forwarded_from"] == "cadastro@prefeitura.exemplo.com.br"


def test_forwarded_as_an_attachment() -> None:
    message = sample("09")
    assert message.text.startswith("Segue em anexo o aviso que recebi.")
    assert "A guia do DAS da competência 10/2026 venceu" in message.text
    assert message.fields["forwarded_subject"] == "Guia do DAS vencida"
    assert [file.name for file in message.attachments] == ["Guia do DAS vencida.eml"]


def test_automatic_mail_is_recognised() -> None:
    assert nature("10") is Nature.AUTO_REPLY
    assert nature("11") is Nature.BOUNCE
    assert nature("12") is Nature.LIST
    assert sample("10").envelope_sender == ""


def test_the_bounce_says_what_did_not_arrive() -> None:
    report = sample("11").report
    assert report is not None
    assert report.original_message_id == "<certificado-recepcao@r3izzy.com.br>"
    assert report.recipients == ("recepcao.antiga@clinica-exemplo.com.br",)
    assert (report.status, report.action) == ("5.1.1", "failed")


def test_the_broken_one_is_read_as_far_as_it_goes() -> None:
    message = sample("13")
    assert message.message_id == ""
    assert message.sent_at is None
    assert message.sender is not None
    assert message.sender.address == "odonto@clinica-exemplo.com.br"
    assert message.subject.startswith("Nota não sai - NOTA NÃO SAI")
    assert message.text.startswith("Não consigo emitir a nota da paciente")
    (picture,) = message.attachments
    assert (picture.name, picture.content_type) == ("print do erro.png", "image/png")
    assert any("print do erro.png" in notice for notice in message.notices)


def test_a_copy_and_a_continuation_name_the_mail_they_belong_to() -> None:
    assert sample("16").message_id == sample("15").message_id
    assert sample("17").in_reply_to == (sample("02").message_id,)
    assert sample("17").text == "Segue a foto da tela com o erro, continua hoje."


def test_a_legal_notice_is_no_text() -> None:
    assert "confidencialidade" not in sample("15").text
    assert "Aviso de confidencialidade" in sample("15").signature


def test_an_invitation_says_when() -> None:
    message = sample("19")
    assert "Quero abrir a empresa" in message.text
    assert "Quando: 26/11/2026 às 15h00 (America/Sao_Paulo)" in message.text
