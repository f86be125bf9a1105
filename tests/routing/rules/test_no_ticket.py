"""Politeness costs nobody their ticket, and politeness alone opens none."""

import pytest

from routing.rules.evaluation import evaluate, score
from routing.rules.explanation import explain
from routing.rules.rule import NO_TICKET
from tests.routing.rules.machines import machine_mails
from tests.routing.rules.shipped import SURROUNDINGS, decide, shipped
from tests.routing.rules.test_labelled import FOLDER, SETS, read_labelled
from tests.routing.rules.writing import decide as decide_by
from tests.routing.rules.writing import message, rules

REQUESTS = [
    # The three of the report.
    (
        "RES: Nota fiscal com valor errado",
        (
            "Boa tarde, tudo bem?\n\n"
            "Vocês conseguem emitir a certidão negativa (CND) ainda esta semana? "
            "Se for mais fácil, podem me ligar depois das 18h. "
            "Uso a versão mais nova, num iPhone 13."
            "\n\nObrigada desde já."
        ),
    ),
    ("Teste", "a nota de teste não foi emitida, dá erro 500"),
    ("Re: invoice", "Hello, the app does not open since this morning. Please help.\nThanks, John"),
    # E-mail, pt-BR.
    (
        "Nota fiscal com valor errado",
        (
            "Boa tarde, tudo bem?\n\nA nota fiscal saiu com o CNPJ antigo e a operadora recusou o "
            "pagamento. No mês passado funcionava normalmente.\n\nObrigada desde já."
        ),
    ),
    ("RES: Certidão", "Obrigado pelo retorno! Pode me enviar também a de FGTS? Abraços"),
    ("Re: Chamado concluído", "Muito obrigada, mas o erro continua."),
    ("Re: Chamado concluído", "Obrigada! Infelizmente o problema não foi resolvido."),
    ("RES: Guia", "Agradeço a atenção, porém a guia veio com o valor errado."),
    ("Re: Boas festas", "Feliz Natal a todos! Aproveito e peço a segunda via do boleto."),
    ("Parabéns", "Parabéns pelo atendimento! Gostaria de incluir meu sócio no plano."),
    ("Re: Acesso", "Valeu pela ajuda, só que agora não consigo entrar."),
    ("Teste", "Teste: o sistema travou de novo"),
    ("teste", "teste\n\na agenda não abre"),
    ("Dúvida", "Bom dia, poderia me ligar? Obrigado"),
    ("Olá", "Olá! Solicito a certidão. Grato"),
    ("Fwd: Re: notificação", "Segue o histórico, é importante ver."),
    ("Erro ao emitir", "Bom dia, tudo bem?"),
    (
        "Agenda",
        (
            "Obrigada pelo carinho de sempre. Depois da atualização os pacientes da manhã aparecem "
            "à tarde e os da tarde aparecem na manhã."
        ),
    ),
    (
        "Boletos",
        "Quero deixar de receber boletos pelo correio e passar a receber por e-mail. Grato.",
    ),
    ("Inscrição", "Preciso cancelar a inscrição municipal de Bauru. Obrigado!"),
    # WhatsApp and SMS.
    ("", "oi td bem? vcs conseguem mandar a guia hj? brigada"),
    ("", "valeu!! só mais uma coisa, cadê o boleto"),
    ("", "obrigada viu, mas n chegou nada aqui"),
    ("", "bom dia, deu certo a nota mas o pdf não abre"),
    ("", "ok obg, me manda o recibo"),
    ("", "Oi Carla, a certidão saiu?"),
    ("", "gratidão ❤️ e qdo sai minha CND??"),
    ("", "desculpa incomodar, não consigo emitir"),
    ("", "obrigado desde já"),
    ("", "perfeito, obrigada por resolver o erro! agora a agenda é que não abre"),
    ("", "boa noite, tem como cancelar a nota 12"),
    # Other languages.
    ("Invoice", "Thank you for your quick answer. Could you please send me the invoice again?"),
    ("Re: login", "Thanks, but I still cannot log in."),
    ("", "hi guys, thanks for the help! the report is wrong again"),
    ("", "Good morning, I need the tax certificate. Thanks in advance"),
    ("Factura", "Buenos días, necesito la factura de octubre. Muchas gracias."),
    ("Re: Acceso", "Gracias por la ayuda, pero la aplicación todavía no funciona."),
    ("", "hola, no puedo entrar en la app, gracias"),
    ("Rechnung", "Guten Tag, können Sie mir bitte die Rechnung schicken? Vielen Dank"),
    ("Re: App", "Vielen Dank, aber die App funktioniert nicht mehr."),
    ("Zugang", "Hallo, ich kann mich seit gestern nicht anmelden. Danke im Voraus"),
    ("Facture", "Bonjour, pourriez-vous m'envoyer la facture ? Merci beaucoup"),
    ("Re: Accès", "Merci, mais l'application ne fonctionne toujours pas."),
    ("", "bonjour, merci de me rappeler"),
]
POLITENESS = [
    ("Re: Chamado concluído", "O problema foi resolvido, obrigado!"),
    (
        "RES: Erro ao emitir nota",
        "Obrigada por resolver o erro. Qualquer dúvida estou à disposição.",
    ),
    ("RES: Nota fiscal com valor errado", "Recebi, muito obrigada! Abraços, Ana"),
    ("Re: App não abre", "Deu certo, muito obrigado. Era só isso."),
    ("Re: Preciso da guia", "Recebido, grata pela atenção."),
    ("Re: Vocês conseguem emitir a CND?", "Chegou aqui, obrigada!"),
    ("Re: Certidão", "Muito obrigada! Se precisar de algo, me avise."),
    ("Re: Certidão", "Obrigado, não precisa responder."),
    ("Re: Chamado", "Gostaria de agradecer pela ajuda de vocês. Abraços"),
    ("Re: Chamado", "Queria só agradecer a atenção de todos!"),
    ("Re: Chamado", "Consegui emitir a nota, obrigada"),
    ("Re: Chamado", "Já não dá mais erro, obrigada pela paciência!"),
    ("Re: Chamado", "Obrigado! Podem encerrar o chamado."),
    ("Re: Chamado", "Pode fechar o chamado, por favor. Obrigada!"),
    ("Re: Chamado", "Agradeço o retorno. Não preciso de mais nada."),
    ("Boas festas", "Feliz Natal e um próspero ano novo a toda a equipe!"),
    ("Teste", "teste"),
    ("", "valeu, era o que eu precisava"),
    ("", "obrigada, o erro sumiu 🙏"),
    ("", "opa, tudo bem com vocês??"),
    ("", "Boa tarde, tem alguém aí?"),
    ("", "obrigada viu?"),
    ("", "deu certo, vlw demais"),
    ("", "era só isso, obg"),
    ("", "obrigado por avisar, sem problema"),
    ("", "ok, combinado, bom fim de semana"),
    ("Re: error", "Thank you for fixing the error. No need to reply."),
    ("Re: login", "It works now, thanks a lot! Have a nice weekend."),
    ("Re: ticket", "Thank you very much. Let me know if you need anything."),
    ("", "thanks!!"),
    ("Re: factura", "Muchas gracias, todo perfecto. Saludos"),
    ("", "muchas gracias por la ayuda"),
    ("Re: Rechnung", "Vielen Dank für Ihre schnelle Hilfe. Viele Grüße"),
    ("Re: App", "Danke, alles funktioniert wieder!"),
    ("Re: facture", "Merci beaucoup pour votre aide, bonne journée"),
    ("", "merci, bonne soirée"),
]


def channels(subject: str) -> tuple[str, ...]:
    return ("email",) if subject else ("whatsapp", "sms")


@pytest.mark.parametrize(("subject", "text"), REQUESTS)
def test_who_asks_politely_still_gets_a_ticket(subject: str, text: str) -> None:
    for channel in channels(subject):
        assert decide(text, channel=channel, subject=subject).opens_ticket


@pytest.mark.parametrize(("subject", "text"), POLITENESS)
def test_who_is_only_polite_opens_none(subject: str, text: str) -> None:
    for channel in channels(subject):
        assert not decide(text, channel=channel, subject=subject).opens_ticket


def test_the_shares_on_labelled_messages_hold() -> None:
    kept = lost = asked_for_nothing = 0
    for name in SETS:
        messages = read_labelled(FOLDER / f"{name}.jsonl")
        found = score(messages, list(evaluate(shipped(), messages, SURROUNDINGS))).confusion
        kept += found[NO_TICKET].get(NO_TICKET, 0)
        asked_for_nothing += sum(found[NO_TICKET].values())
        lost += sum(row.get(NO_TICKET, 0) for right, row in found.items() if right != NO_TICKET)
    assert kept >= 0.95 * asked_for_nothing
    assert lost == 0


def test_machines_open_none() -> None:
    mails = machine_mails(200, seed=1)
    opened = [mail for mail in mails if mail.opens_ticket(shipped(), SURROUNDINGS)]
    assert len(opened) <= 0.01 * len(mails), [mail.subject for mail in opened]


def test_small_weights_alone_never_keep_a_ticket_from_being_opened() -> None:
    light = '[words.request_type.none]\n"nada" = 9.9\n"disso" = 9.9\n'
    assert decide_by(rules(light), "nada disso").opens_ticket
    heavy = '[words.request_type.none]\n"nada" = 10\n'
    assert not decide_by(rules(heavy), "nada disso").opens_ticket
    said = '[[rule]]\nid = "r"\nlabel = "R"\nwhen = ["nada"]\nset.no_ticket = true\n'
    assert not decide_by(rules(said), "nada disso").opens_ticket


OPENS = """
[[rule]]
id = "thanks"
label = "Agradece"
when = ["obrigado"]
set.no_ticket = true
weight = 50
[[rule]]
id = "asks"
label = "Pede"
when = { phrases = ["preciso"], except = ["não preciso"], where = ["new_subject", "text"] }
set.opens_ticket = true
"""


def test_a_rule_that_opens_a_ticket_outweighs_everything() -> None:
    found = rules(OPENS)
    decided = decide_by(found, "preciso da guia, obrigado")
    assert decided.opens_ticket
    assert "“preciso”" in explain(decided, {})
    assert not decide_by(found, "não preciso de nada, obrigado").opens_ticket
    assert decide_by(found, "não preciso dela, preciso da outra, obrigado").opens_ticket


def test_the_subject_of_an_answer_is_not_what_its_writer_asks_for() -> None:
    found = rules(OPENS)
    assert decide_by(found, message("obrigado", subject="Preciso da guia")).opens_ticket
    for prefix in ("Re:", "RES: ", "ENC:", "Fwd:", "AW:", "Re[2]:", "Automatic reply: "):
        asked = message("obrigado", subject=f"{prefix} preciso da guia")
        assert not decide_by(found, asked).opens_ticket


def test_a_ticket_opened_for_want_of_evidence_says_so() -> None:
    light = '[words.request_type.none]\n"nada" = 9\n'
    assert "nenhuma regra" in explain(decide_by(rules(light), "nada disso"), {})
