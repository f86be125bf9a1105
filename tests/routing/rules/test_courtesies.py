"""Greetings, thanks and machines: what the shipped rules open no ticket for, and what they do."""

import pytest

from tests.routing.rules.shipped import decide

CHATS = ("whatsapp", "sms", "voice", "app", "chat")
BARE_GREETINGS = (
    "oi",
    "bom diaaa",
    "Boa tarde, tudo bem?",
    "olá pessoal, tem alguém aí?",
    "Oi Carla",
)
BARE_THANKS = ("obrigada!", "ok, valeu", "boa tarde, muito obrigada pela ajuda", "beleza", "👍")


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("", "oi"),
        ("", "bom diaaa"),
        ("", "Boa tarde, tudo bem?"),
        ("", "muito obrigada pela ajuda!"),
        ("", "👍"),
        ("", "ok, valeu"),
        ("Re: Certidão", "Recebido, muito obrigado pela atenção. Abraços"),
        ("Resposta automática: Guia", "Estou de férias até 15/12 e responderei quando voltar."),
        ("Undelivered Mail Returned to Sender", "The message could not be delivered."),
        ("Falha na entrega", "A caixa postal do destinatário está cheia."),
        ("Semana do jaleco", "Até 40% off na loja. Para não receber mais, descadastre-se."),
        ("", "Seu código de verificação é 123456. Não compartilhe."),
    ],
)
def test_what_asks_for_nothing_opens_no_ticket(subject: str, text: str) -> None:
    assert not decide(text, subject=subject, channel="email" if subject else "sms").opens_ticket


@pytest.mark.parametrize(
    "text",
    [
        "oi, o sistema travou",
        "obrigada, mas a guia ainda não veio",
        "bom dia, preciso de uma certidão",
        "só recebo resposta automática de vocês, quero falar com alguém",
        "CNPJ",
    ],
)
def test_a_request_among_courtesies_opens_a_ticket(text: str) -> None:
    assert decide(text).opens_ticket


@pytest.mark.parametrize("channel", CHATS)
@pytest.mark.parametrize("text", BARE_GREETINGS)
def test_a_bare_greeting_in_a_chat_opens_no_ticket_and_is_answered(text: str, channel: str) -> None:
    decided = decide(text, channel=channel)
    assert not decided.opens_ticket
    assert decided.acknowledge
    assert decided.tags == ("greeting",)


@pytest.mark.parametrize("text", BARE_GREETINGS)
def test_a_bare_greeting_by_mail_is_kept_without_an_answer(text: str) -> None:
    decided = decide(text, channel="email", subject="Oi")
    assert not decided.opens_ticket
    assert not decided.acknowledge


@pytest.mark.parametrize("channel", [*CHATS, "email"])
@pytest.mark.parametrize("text", BARE_THANKS)
def test_a_bare_thanks_is_never_answered(text: str, channel: str) -> None:
    decided = decide(text, channel=channel)
    assert not decided.opens_ticket
    assert not decided.acknowledge
    assert decided.tags == ()


@pytest.mark.parametrize(
    ("subject", "text", "request_type"),
    [
        ("Segunda via do DAS vencido", "Bom dia, tudo bem?", "accounting_service"),
        ("Certidão negativa federal", "Grata, Ana", "accounting_service"),
        ("Como emito uma nota no app?", "Obrigada!", "usage"),
    ],
)
def test_a_request_that_stands_in_the_subject_alone_opens_a_ticket(
    subject: str, text: str, request_type: str
) -> None:
    assert decide(text, channel="email", subject=subject).request_type == request_type


@pytest.mark.parametrize("subject", ["Re: Certidão negativa", "RES: Segunda via", "ENC: DAS"])
def test_thanks_under_the_subject_of_an_earlier_request_open_none(subject: str) -> None:
    assert not decide("Recebi, muito obrigada!", channel="email", subject=subject).opens_ticket
