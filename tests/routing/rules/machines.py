"""Mails that machines send, from seeded chance: absences, bounces, newsletters, notices."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from intake.channels.email.reading.normalise import normalise
from intake.settings.mail import Mail
from routing.disposition import dispose
from routing.rules.classification import Surroundings
from routing.rules.ruleset import RuleSet

Headers = dict[str, str]
_SUBJECTS = ("Guia do DAS", "Sua certidão está pronta", "Chamado 51177", "Preciso de ajuda?")
_NAMES = ("Ana Souza", "Bia Lima", "Dr. Caio Reis", "Clínica Ipê")
_DATES = ("15/12", "6 de janeiro", "segunda-feira", "o dia 28")
_BRANDS = ("Loja Exemplo", "Banco Exemplo", "Dental Exemplo", "Portal Exemplo")


@dataclass(frozen=True, slots=True)
class MachineMail:
    """One of them."""

    headers: Headers
    text: str

    @property
    def subject(self) -> str:
        return self.headers["Subject"]

    def opens_ticket(self, rules: RuleSet, surroundings: Surroundings) -> bool:
        """As the daemon decides: by its headers, then by the rules."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        raw = f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{self.text}\r\n".encode()
        message = normalise(raw, received_at=datetime.now(UTC), limits=Mail())
        if not dispose(message, own_addresses=frozenset()).opens_ticket:
            return False
        return rules.classify(message, surroundings).opens_ticket


def machine_mails(count: int, seed: int) -> Sequence[MachineMail]:
    """`count` of them, the same for the same seed."""
    chance = random.Random(seed)
    makers = (_absence, _absence_without_headers, _bounce, _newsletter, _sale, _notice, _calendar)
    return [makers[number % len(makers)](chance) for number in range(count)]


def _mail(chance: random.Random, sender: str, subject: str, text: str, **more: str) -> MachineMail:
    headers = {
        "From": sender,
        "To": "suporte@r3izzy.com.br",
        "Subject": subject,
        "Message-ID": f"<{chance.getrandbits(64):x}@exemplo.com.br>",
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    return MachineMail(headers, text)


def _absence(chance: random.Random) -> MachineMail:
    prefix = chance.choice(("Resposta automática: ", "Automatic reply: ", "Automatische Antwort: "))
    text = chance.choice(
        (
            "Estou de férias até {}. Precisa de algo urgente? Fale com a recepção.",
            "I am out of the office until {}. How can we help? Call the front desk.",
            "Ich bin bis {} abwesend. Können Sie warten? Dann antworte ich danach.",
        )
    ).format(chance.choice(_DATES))
    header = chance.choice(({"Auto_Submitted": "auto-replied"}, {"X_Autoreply": "yes"}))
    person = f"{chance.choice(_NAMES)} <ana@exemplo.com.br>"
    return _mail(chance, person, prefix + chance.choice(_SUBJECTS), text, **header)


def _absence_without_headers(chance: random.Random) -> MachineMail:
    text = chance.choice(
        (
            "Encontro-me em férias até {}, sem acesso ao e-mail. Responderei quando voltar.",
            "Esta é uma resposta automática. Estarei ausente até {}.",
            "Obrigado pelo contato. Em breve retornaremos. Mensagem automática, não responda.",
            "I am out of the office until {} with limited access to e-mail. Automatic reply.",
        )
    ).format(chance.choice(_DATES))
    subject = chance.choice(("Ausência", "Fora do escritório", "Re: Guia do DAS", "Out of office"))
    return _mail(chance, f"{chance.choice(_NAMES)} <bia@exemplo.com.br>", subject, text)


def _bounce(chance: random.Random) -> MachineMail:
    subject, text = chance.choice(
        (
            (
                "Undelivered Mail Returned to Sender",
                (
                    "This is the mail system at host mx.exemplo.com.br. Your message could not be "
                    "delivered. <ana@exemplo.com.br>: user unknown (550 5.1.1)"
                ),
            ),
            (
                "Delivery Status Notification (Failure)",
                "Sua mensagem não pôde ser entregue: a caixa postal do destinatário está cheia.",
            ),
            (
                "Não entregue: Guia do DAS",
                "Falha na entrega. Erro permanente 552 5.2.2. O servidor remoto recusou.",
            ),
        )
    )
    null = chance.choice(({"Return_Path": "<>"}, {"Auto_Submitted": "auto-replied"}))
    return _mail(chance, "MAILER-DAEMON <mailer-daemon@exemplo.com.br>", subject, text, **null)


def _newsletter(chance: random.Random) -> MachineMail:
    text = chance.choice(
        (
            "Quer pagar menos impostos? Clique aqui. Você pode deduzir mais do que imagina!",
            "O que muda na nota fiscal em 2027? Precisamos falar do fator R. Confira.",
            "Seu sistema dá erro? Conheça o nosso. Solicite uma demonstração.",
        )
    )
    foot = "\n\nPara deixar de receber este informativo, descadastre-se."
    lists = {"List_Unsubscribe": "<https://exemplo.com.br/sair>", "List_Id": "<n.exemplo.com.br>"}
    headers = chance.choice((lists, {"Precedence": "bulk"}, {}))
    brand = chance.choice(_BRANDS)
    sender = f"{brand} <news@exemplo.com.br>"
    return _mail(chance, sender, f"{brand}: novidades", text + foot, **headers)


def _sale(chance: random.Random) -> MachineMail:
    text = chance.choice(
        (
            "Black Friday na loja: até 40% off e frete grátis. Por que esperar? Garanta já!",
            "Jalecos com desconto só hoje no site. Não perca! Cancelar recebimento.",
            "Inscrições abertas para o congresso. Últimas vagas! Como chegar? Veja no site.",
        )
    )
    brand = chance.choice(_BRANDS)
    return _mail(chance, f"{brand} <ofertas@exemplo.com.br>", "Só hoje: 40% off", text)


def _notice(chance: random.Random) -> MachineMail:
    subject, text = chance.choice(
        (
            ("Compra aprovada", "Compra aprovada de R$ 84,90. Se não reconhece, ligue."),
            ("Código", "Seu código de verificação é 447120. Não compartilhe."),
            ("Lido: Guia", "Sua mensagem para Ana foi lida em 24/11/2026 09:12."),
        )
    )
    return _mail(chance, f"{chance.choice(_BRANDS)} <no-reply@exemplo.com.br>", subject, text)


def _calendar(chance: random.Random) -> MachineMail:
    said = chance.choice(("aceitou o convite", "recusou este convite"))
    name = chance.choice(_NAMES)
    text = f"{name} {said}. Quarta-feira, 14:00. Este e-mail foi enviado pelo calendário."
    return _mail(chance, f"{name} <ana@exemplo.com.br>", "Accepted: Reunião", text)
