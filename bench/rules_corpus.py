"""Phrases and texts for the benchmark of the rules, made from a seed."""

import itertools
import random
from collections.abc import Sequence

VERBS = """emitir cancelar enviar baixar gerar imprimir consultar pagar receber atualizar corrigir
    acessar sincronizar anexar assinar alterar cadastrar excluir conferir importar exportar agendar
    reagendar confirmar transferir dividir parcelar contestar declarar deduzir recolher apurar
    retificar protocolar solicitar renovar validar liberar bloquear migrar""".split()  # noqa: SIM905
THINGS = """nota boleto guia recibo contrato certidão declaração relatório extrato holerite
    comprovante certificado senha agenda prontuário receita atestado convênio paciente consulta
    procuração alvará licença inscrição cadastro mensalidade fatura cobrança imposto tributo
    retenção folha férias rescisão pró-labore faturamento balanço prefeitura protocolo chamado
    repasse plantão clínica consultório sócio endereço conta cartão aplicativo tela""".split()  # noqa: SIM905
QUALITIES = """vencido atrasado duplicado errado cancelado pendente recusado bloqueado travado
    antigo novo mensal anual municipal federal estadual fiscal contábil digital eletrônico
    retroativo complementar provisório definitivo parcial total urgente simples""".split()  # noqa: SIM905
WHEN = """hoje ontem amanhã agora cedo tarde sempre nunca ainda já antes depois""".split()  # noqa: SIM905
FILLER = """que de a o e com para uma um por mais como mas foi ele das tem seu sua ou ser quando
    muito nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus
    quem nas me esse eles estão você tinha foram essa num nem suas meu às minha têm numa pelos elas
    havia seja qual será nós tenho lhe deles essas esses pelas este fosse dele
    escritório reunião equipe semana segunda telefone pessoal médica doutora dentista psicóloga
    fisioterapeuta atendimento manhã viagem curso congresso banco gerente dinheiro carro família
    criança escola cidade bairro rua prédio porta janela mesa computador celular internet mensagem
    resposta pergunta dúvida ajuda favor obrigada abraço atenciosamente cordialmente prezados
    gostaria preciso queria consegui tentei vi falei mandei recebi pensei achei fiquei espero
    aguardo agradeço confirmo informo lembro esqueci perdi encontrei voltei cheguei""".split()  # noqa: SIM905
TYPES = ("bug", "usage", "improvement", "accounting_monthly", "accounting_service", "tax")
LISTED = 10
"""Phrases in one list."""


def phrases_of(count: int, chance: random.Random) -> list[str]:
    """`count` different phrases in the forms that operators use."""
    forms = [
        *(f"{verb} {thing}" for verb, thing in itertools.product(VERBS, THINGS)),
        *(f"{thing} {quality}" for thing, quality in itertools.product(THINGS, QUALITIES)),
        *(f"{verb} ~4 {quality}" for verb, quality in itertools.product(VERBS, QUALITIES)),
        *(f"não consigo {verb} {when}" for verb, when in itertools.product(VERBS, WHEN)),
        *(f"{thing} {when}" for thing, when in itertools.product(THINGS, WHEN)),
        *(f"{thing} de {other[:3]}*" for thing, other in itertools.permutations(THINGS, 2)),
    ]
    return chance.sample(list(dict.fromkeys(forms)), count)


def rules_text(phrases: Sequence[str]) -> str:
    """A rules file: half of the phrases have their own weight, half are in lists used by rules."""
    single, listed = phrases[::2], phrases[1::2]
    lines: list[str] = []
    for number, request_type in enumerate(TYPES):
        lines.append(f"[words.request_type.{request_type}]")
        lines += [f'"{phrase}" = 0.5' for phrase in single[number :: len(TYPES)]]
    lists = [listed[place : place + LISTED] for place in range(0, len(listed), LISTED)]
    lines.append("[phrases]")
    lines += [f"lista{number} = {quoted(each)}" for number, each in enumerate(lists)]
    for number in range(len(lists)):
        lines += [
            "[[rule]]",
            f'id = "regra-{number}"',
            f'label = "Regra {number}"',
            f'when = {{ all = ["@lista{number}"], none = ["tudo resolvido"] }}',
            f'set = {{ request_type = "{TYPES[number % len(TYPES)]}" }}',
        ]
    return "\n".join(lines)


def quoted(phrases: Sequence[str]) -> str:
    """A TOML list."""
    return "[" + ", ".join(f'"{each}"' for each in phrases) + "]"


def texts_of(
    count: int, size: int, common: Sequence[str], all_phrases: Sequence[str], chance: random.Random
) -> list[str]:
    """Texts of `size` bytes of UTF-8, each with three of the `common` phrases and three of all."""
    texts = []
    for _ in range(count):
        said = [_said(each, chance) for each in chance.sample(common, 3)]
        said += [_said(each, chance) for each in chance.sample(all_phrases, 3)]
        sentences: list[str] = []
        while sum(len(each.encode()) + 1 for each in sentences) < size + 200:
            words = chance.choices(FILLER, k=chance.randint(6, 16))
            if said and chance.random() < 0.4:
                words.insert(chance.randint(0, len(words)), said.pop())
            sentences.append(" ".join(words).capitalize() + ".")
        texts.append(" ".join(sentences).encode()[:size].decode("utf-8", "ignore"))
    return texts


def _said(phrase: str, chance: random.Random) -> str:
    """A phrase as a client might write it."""
    words = ["isso" if word == "~4" else word.replace("*", "ria") for word in phrase.split()]
    said = " ".join(words)
    return said.upper() if chance.random() < 0.1 else said
