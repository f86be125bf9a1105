"""What is new in a mail, in the forms that Brazilian clients' programs write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.reading.quoting import split

NEW = "Ainda não consegui emitir a nota."

ATTRIBUTIONS = {
    "gmail_pt": "Em ter., 17 de nov. de 2026 às 12:40, Vendas <vendas@r3izzy.com.br> escreveu:",
    "gmail_pt_no_address": "Em ter., 17 de nov. de 2026 às 12:40, Vendas R3izzy escreveu:",
    "gmail_pt_wrapped": (
        "Em ter., 17 de nov. de 2026 às 12:40, Vendas R3izzy <\nvendas@r3izzy.com.br> escreveu:"
    ),
    "gmail_pt_new": (
        "Em terça-feira, 17 de novembro de 2026 às 12:40:11 BRT, Vendas <v@r3izzy.com.br> escreveu:"
    ),
    "apple_pt": "Em 17 de nov. de 2026, à(s) 12:40, Vendas R3izzy <vendas@r3izzy.com.br> escreveu:",
    "apple_pt_wrapped": (
        "Em 17 de nov. de 2026, à(s) 12:40,\nVendas R3izzy <vendas@r3izzy.com.br>\nescreveu:"
    ),
    "apple_no_dia": "No dia 17 de nov. de 2026, às 12:40, Vendas <v@r3izzy.com.br> escreveu:",
    "thunderbird_pt": "Em 17/11/2026 12:40, Vendas R3izzy escreveu:",
    "thunderbird_ptpt": "Às 12:40 de 17/11/2026, Vendas R3izzy escreveu:",
    "yahoo_pt": "Em terça-feira, 17 de novembro de 2026 12:40:11 BRT, Vendas escreveu:",
    "gmail_ptpt": "Vendas <v@r3izzy.com.br> escreveu no dia terça, 17/11/2026 à(s) 12:40:",
    "name_first": "Vendas R3izzy <v@r3izzy.com.br> escreveu em ter., 17/11/2026 às 12:40:",
    "k9": "Em 17 de novembro de 2026 12:40:11 BRT, Vendas <v@r3izzy.com.br> escreveu:",
    "gmail_en": "On Tue, Nov 17, 2026 at 12:40 PM Vendas <v@r3izzy.com.br> wrote:",
    "apple_en": "On 17 Nov 2026, at 12:40, Vendas <v@r3izzy.com.br> wrote:",
    "gmail_es": "El mar, 17 nov 2026 a las 12:40, Vendas (<v@r3izzy.com.br>) escribió:",
    "marked_itself": "> Em 17 de nov. de 2026, à(s) 12:40, Vendas <v@r3izzy.com.br> escreveu:",
    "horde": "Citando Vendas <v@r3izzy.com.br>:",
    "bold": "*Em ter., 17 de nov. de 2026 às 12:40, Vendas escreveu:*",
}


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_answer_above(attribution: str) -> None:
    result = split(f"{NEW}\n\n{attribution}\n\n> Doutora, tente de novo.\n> Equipe")
    assert result.new == NEW
    assert result.quoted.startswith(attribution.split("\n", 1)[0])
    assert "tente de novo" in result.quoted
    assert not result.forwarded


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_answer_below(attribution: str) -> None:
    result = split(f"{attribution}\n> Doutora, tente de novo.\n>\n> Equipe\n\n{NEW}\n")
    assert result.new == NEW
    assert "tente de novo" in result.quoted


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_quoted_mail_without_marks(attribution: str) -> None:
    """As HTML mail comes out: the quote is indented by its box alone."""
    result = split(f"{NEW}\n\n{attribution}\n\nDoutora, tente de novo.\n\nEquipe")
    assert result.new == NEW
    assert result.quoted.endswith("Equipe")


def test_answers_between_the_lines() -> None:
    result = split(
        "Em 17/11/2026 12:40, Vendas escreveu:\n> Qual a cidade?\nCampinas.\n> E o CNPJ?\n\nSegue."
    )
    assert result.new == "Campinas.\n\nSegue."
    assert result.quoted.endswith("> Qual a cidade?\n> E o CNPJ?")


HEADER_BLOCKS = {
    "outlook_pt": (
        "De: Suporte <suporte@r3izzy.com.br>\nEnviada em: terça, 17 de novembro de 2026 12:40\n"
        "Para: Samara Vélez <dra.samara@exemplo.com.br>\nAssunto: RES: Nota"
    ),
    "outlook_web_pt": (
        "________________________________\nDe: Suporte <suporte@r3izzy.com.br>\n"
        "Enviado: terça-feira, 17 de novembro de 2026 12:40\nPara: Samara\nAssunto: Re: Nota"
    ),
    "outlook_bold": (
        "*De:* Suporte <suporte@r3izzy.com.br>\n*Enviado:* terça-feira, 17 de novembro de 2026\n"
        "*Para:* Samara\n*Assunto:* Nota"
    ),
    "outlook_old": (
        "-----Mensagem original-----\nDe: Suporte [mailto:suporte@r3izzy.com.br]\n"
        "Enviada em: terça-feira, 17 de novembro de 2026 12:40\nPara: Samara\nAssunto: Nota"
    ),
    "outlook_with_copy": (
        "De: Suporte <suporte@r3izzy.com.br>\nEnviado em: 17/11/2026 12:40\nPara: Samara\n"
        "Cc: Financeiro <fin@r3izzy.com.br>\nAssunto: Nota\nPrioridade: Alta"
    ),
    "outlook_mobile": (
        "De: Suporte <suporte@r3izzy.com.br>\nDate: ter., 17 de nov. de 2026 12:40\n"
        "To: Samara\nSubject: Nota"
    ),
    "outlook_en": (
        "From: Suporte <suporte@r3izzy.com.br>\nSent: Tuesday, November 17, 2026 12:40 PM\n"
        "To: Samara\nSubject: RE: Nota"
    ),
    "lotus": "----- Original Message -----\nFrom: Suporte\nTo: Samara\nSent: Today\nSubject: Nota",
    "zoho": "---- Em ter., 17 nov. 2026 12:40:11 -0300 Vendas <v@r3izzy.com.br> escreveu ----",
    "no_subject": (
        "De: Suporte <suporte@r3izzy.com.br>\nEnviado: terça-feira, 17 de novembro\nPara: Samara"
    ),
}


@pytest.mark.parametrize("block", HEADER_BLOCKS.values(), ids=HEADER_BLOCKS.keys())
def test_answer_above_a_header_block(block: str) -> None:
    result = split(f"{NEW}\n\nAtt,\nSamara\n\n{block}\n\nDoutora, tente de novo.\n\nAtt,\nEquipe")
    assert result.new == NEW
    assert result.signature == "Att,\nSamara"
    assert result.quoted.startswith(block.split("\n", 1)[0])
    assert result.quoted.endswith("Equipe")


@pytest.mark.parametrize(
    "mark",
    [
        "---------- Mensagem encaminhada ---------",
        "---------- Forwarded message ---------",
        "-------- Mensagem encaminhada --------",
        "Início da mensagem encaminhada:",
        "Begin forwarded message:",
        "----- Encaminhado por Ana Prado/SP em 17/11/2026 -----",
    ],
)
def test_forwarded(mark: str) -> None:
    result = split(
        f"Veja abaixo.\n\n{mark}\nDe: Ana <ana@exemplo.com.br>\nAssunto: CND\n\nPreciso."
    )
    assert result.new == "Veja abaixo."
    assert result.forwarded
    assert result.quoted.startswith(mark)
    assert result.quoted.endswith("Preciso.")


def test_pasted_chat_below_own_words() -> None:
    chat = "[17/11/2026 12:40] Samara: oi\n[17/11/2026 12:41] Suporte: bom dia\nem que ajudo?"
    result = split(f"Segue a conversa:\n\n{chat}")
    assert (result.new, result.quoted) == ("Segue a conversa:", chat)
    assert split(chat).new == chat


SIGNATURES = {
    "rfc": "-- \nSamara Vélez\nCRM 12345",
    "rfc_without_space": "--\nSamara Vélez",
    "att": "Att,\nSamara",
    "atenciosamente": "Atenciosamente,\n\nDra. Samara Vélez\nCRM-SP 12345\n(11) 5555-0101",
    "cordialmente": "Cordialmente\nSamara",
    "abracos": "Um abraço,\nSamara",
    "abs": "Abs",
    "iphone": "Enviado do meu iPhone",
    "samsung": "Enviado do meu smartphone Samsung Galaxy.",
    "outlook_ios": "Obter o Outlook para iOS<https://aka.ms/o0ukef>",
    "outlook_android": "Enviado do Outlook para Android",
    "yahoo": "Enviado do Yahoo Mail no Android",
    "windows": "Enviado do Email para Windows",
    "iphone_en": "Sent from my iPhone",
    "outlook_en": "Get Outlook for iOS",
    "disclaimer": (
        "Esta mensagem, incluindo seus anexos, é confidencial e destinada apenas ao destinatário.\n"
        "Se a recebeu por engano, apague-a."
    ),
    "legal": "AVISO LEGAL: o conteúdo deste e-mail é sigiloso.",
    "printing": "Antes de imprimir, pense no meio ambiente.",
    "several": "Atenciosamente,\nSamara\n\nEnviado do meu iPhone",
    "regards": "Best regards,\nSamara",
}


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES.keys())
def test_signature(signature: str) -> None:
    result = split(f"{NEW}\n\n{signature}\n")
    assert result.new == NEW
    assert result.signature.split() == signature.split()


def test_thanks_stay_and_the_name_below_them_goes() -> None:
    result = split("Deu certo.\n\nMuito obrigada,\nSamara")
    assert (result.new, result.signature) == ("Deu certo.\n\nMuito obrigada,", "Samara")


@pytest.mark.parametrize(
    "text",
    [
        "Obrigada!",
        "Att,\nSamara",
        "Enviado do meu iPhone",
        "O doutor escreveu:\nnão autorizo o reembolso.",
        "Em resposta ao que vocês escreveram: não concordo.",
        "Preciso credenciar:\nDe: Campinas\nPara: Sorocaba",
        "Mensagem encaminhada ontem, e até agora nada.",
        "- Um abraço não paga a guia, por favor vejam isso hoje.",
        "Valores:\n- 100\n- 200\n--- total\n300",
        "Enviei os documentos em 17/11/2026 e a Maria escreveu:\n\nestá tudo certo",
        "",
    ],
)
def test_all_new(text: str) -> None:
    result = split(text)
    assert (result.new, result.quoted, result.signature) == (text, "", "")


@given(
    st.lists(
        st.sampled_from(
            [
                "texto",
                "",
                "> citado",
                "-- ",
                "Att,",
                "De: a@b.c",
                "Enviado: hoje",
                "Assunto: x",
                "Em 17/11/2026 12:40, Fulano escreveu:",
                "---------- Mensagem encaminhada ---------",
                "________________________________",
                "Enviado do meu iPhone",
                "[17/11/2026 12:40] Fulano: oi",
            ]
        ),
        max_size=30,
    )
)
def test_no_word_is_lost(lines: list[str]) -> None:
    result = split("\n".join(lines))
    parts = "\n".join((result.new, result.quoted, result.signature))
    assert sorted(parts.split()) == sorted("\n".join(lines).split())


@given(st.text(max_size=500))
def test_any_text_keeps_its_words(text: str) -> None:
    result = split(text)
    parts = "\n".join((result.new, result.quoted, result.signature))
    assert sorted(parts.split()) == sorted(text.split())
