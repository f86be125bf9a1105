"""What the corpus's clients write: names, subjects and texts in pt-BR, chosen by a seeded
generator."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

DESK = "suporte@r3izzy.com.br"

_GIVEN = (
    "Ana",
    "Bia",
    "Caio",
    "Davi",
    "Elisa",
    "Fábio",
    "Gisele",
    "Heitor",
    "Íris",
    "João",
    "Kátia",
    "Lúcio",
    "Márcia",
    "Nélson",
    "Olívia",
)
_FAMILY = (
    "Souza",
    "Lima",
    "Conceição",
    "Araújo",
    "Prado",
    "Gonçalves",
    "Teles",
    "Brandão",
    "Mourão",
    "Assunção",
    "Reis",
)
_DOMAINS = (
    "exemplo.com.br",
    "clinica.exemplo.com.br",
    "mail.exemplo.com",
    "consultorio.exemplo.org",
)
_MAILERS = ("Apple Mail (2.3774)", "Microsoft Outlook 16.0", "Mozilla Thunderbird", "R3izzy Web")
_SUBJECTS = (
    "App travando ao abrir a agenda",
    "Dúvida sobre o regime de tributação",
    "Guia do DAS de outubro",
    "Emissão de CND para licitação",
    "Como cadastro um paciente novo?",
    "Nota fiscal com valor errado",
    "Inscrição na prefeitura de Campinas",
    "Reajuste do contrato",
    "URGENTE: erro 504 ao salvar prontuário",
    "Sugestão: exportar a agenda em PDF",
    "Reemissão de boleto",
    "Folha de pagamento da secretária",
)
_ASKS = (
    "O aplicativo fecha sozinho quando abro a agenda da semana, já reinstalei duas vezes.",
    "Preciso da guia do DAS deste mês, o boleto que recebi venceu ontem.",
    "Vocês conseguem emitir a certidão negativa (CND) ainda esta semana?",
    "Abri um consultório em outra cidade e preciso de inscrição municipal para emitir notas.",
    "Posso deduzir o aluguel da sala do imposto? Estou no lucro presumido.",
    "Não encontrei onde se muda o horário de atendimento na configuração.",
    "A nota fiscal saiu com o CNPJ antigo e a operadora recusou o pagamento.",
    "Gostaria de rever o valor do contrato, o plano subiu mais que o combinado.",
    "Seria ótimo se a tela de pacientes mostrasse o convênio na lista.",
    "Aparece “erro 504” sempre que tento salvar o prontuário, o paciente está na sala.",
)
_DETAILS = (
    "Isso começou na segunda-feira, depois da atualização.",
    "Uso a versão mais nova, num iPhone 13.",
    "Segue em anexo o que recebi da prefeitura.",
    "Meu CNPJ é 12.345.678/0001-95 e o faturamento deste mês foi de R$ 38.420,00.",
    "A minha secretária tentou também, no computador dela, e deu na mesma.",
    "Preciso disso até sexta-feira, por favor, porque o contador do hospital está cobrando.",
    "No mês passado funcionava normalmente.",
    "Se for mais fácil, podem me ligar depois das 18h.",
    "Já mandei mensagem pelo WhatsApp e ninguém respondeu.",
)
_QUOTED = (
    "Prezada doutora, segue o relatório do fechamento mensal, com os comprovantes de cada guia.",
    "Conforme conversamos, o prazo para o envio dos documentos é o dia 10 de cada mês.",
    "Informamos que a nova versão do aplicativo já está disponível nas lojas.",
    "Qualquer dúvida, estamos à disposição no telefone (19) 3000-0000.",
)


@dataclass(frozen=True, slots=True)
class Person:
    """The sender of a message."""

    name: str
    address: str


def person(chance: random.Random, number: int) -> Person:
    """A sender who has not written before, so that limits on replies per address do not apply."""
    given, family = chance.choice(_GIVEN), chance.choice(_FAMILY)
    plain = f"{given}.{family}".encode("ascii", "ignore").decode().lower()
    address = f"{plain}.{number}.{chance.getrandbits(24):x}@{chance.choice(_DOMAINS)}"
    return Person(f"{chance.choice(('Dra. ', 'Dr. ', '', ''))}{given} {family}", address)


def instant(number: int) -> datetime:
    """When the message was written."""
    return datetime(2026, 11, 24, 12, 0, tzinfo=UTC) + timedelta(seconds=number % 10_000)


def subject(chance: random.Random) -> str:
    return chance.choice(("", "", "RES: ", "Fwd: ")) + chance.choice(_SUBJECTS)


def mailer(chance: random.Random) -> str:
    return chance.choice(_MAILERS)


def paragraphs(chance: random.Random, person: Person) -> list[str]:
    """A greeting, a request, details and a signature."""
    details = chance.sample(_DETAILS, chance.randint(1, 5))
    return [
        chance.choice(("Bom dia,", "Boa tarde, tudo bem?", "Olá, equipe,", "Prezados,")),
        chance.choice(_ASKS) + " " + " ".join(details[:2]),
        *details[2:],
        chance.choice(("Obrigada desde já.", "No aguardo.", "Atenciosamente,", "Abs,")),
        person.name,
    ]


def quoted(chance: random.Random) -> list[str]:
    """Earlier mail, as mail programs quote it below a reply."""
    return chance.choices(_QUOTED, k=chance.randint(4, 30))


def key_material(chance: random.Random, size: int) -> str:
    """`size` random characters in place of a signature's base64, with spaces where it may be
    folded."""
    text = f"{chance.getrandbits(size * 4):x}"
    return " ".join(text[start : start + 64] for start in range(0, len(text), 64))
