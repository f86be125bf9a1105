"""The answers in the chat, in pt-BR: each mistake in one line, with an example."""

from collections.abc import Iterable, Sequence

from routing.commands.parameters import EXAMPLE, PARAMETERS, Parameter

TEACH = "/ticket ajuda mostra todos os parâmetros."
NOT_A_MEMBER = (
    "Só os membros deste canal abrem chamados por aqui: entre no canal e escreva a linha de novo."
)
LONGEST_QUOTED = 60


def without_title(last: Parameter | None) -> str:
    """The title is missing; `last`: the parameter whose value may have taken it in."""
    hint = f", e {last.name} entre aspas" if last is not None else ""
    return f"Falta o título: escreva-o logo depois de /ticket{hint}. Exemplo: {EXAMPLE}"


def without_value(parameter: Parameter) -> str:
    """A parameter has no value."""
    return f"Falta o valor de “{parameter.name}:”. {_example(parameter)}"


def twice(parameter: Parameter) -> str:
    """A parameter is given twice on a line."""
    return f"“{parameter.name}:” aparece duas vezes: deixe só uma. {_example(parameter)}"


def unknown(name: str, near: Parameter | None) -> str:
    """No parameter has this name; `near`: the one that was probably meant."""
    said = quoted(f"{name}:")
    if near is not None:
        return f"Não conheço {said}: seria “{near.name}:”? {_example(near)}"
    return (
        f"Não conheço o parâmetro {said}. Se é parte do título, deixe um espaço depois dos dois "
        f"pontos. {TEACH} Exemplo: {EXAMPLE}"
    )


def unknown_value(parameter: Parameter, value: str, choices: Iterable[str]) -> str:
    """The firm's tables do not have this value."""
    known = ", ".join(choices)
    hint = f" Conheço: {known}." if known else ""
    return f"Não conheço {parameter.name} {quoted(value)}.{hint} {_example(parameter)}"


def no_date(value: str) -> str:
    """The deadline is no date."""
    return f"{quoted(value)} não é uma data que eu entenda. {_example(PARAMETERS['deadline'])}"


def past(value: str) -> str:
    """The deadline is in the past."""
    said = quoted(value)
    return f"O prazo {said} já passou: escreva outro. {_example(PARAMETERS['deadline'])}"


def client_unknown(name: str, alike: Sequence[str]) -> tuple[str, ...]:
    """The desk has no contact with the given name, or several (`alike`)."""
    if alike:
        who = f"Há mais de um contato chamado {quoted(name)} ({', '.join(alike)})"
    else:
        who = f"Não achei no Odoo um contato chamado {quoted(name)}"
    return (f"{who}: o N0 define o cliente.",)


def opened(
    *, number: str, title: str, about: Iterable[str], client: str, troubles: Iterable[str]
) -> str:
    """A ticket was opened. `about`: type, level, owner, due times; `troubles`: what needs
    attention."""
    first = f"{number} aberto: {title}."
    whose = [f"cliente {client}"] if client else []
    facts = "; ".join([*whose, *about])
    return "\n".join(filter(None, (first, f"{facts[:1].upper()}{facts[1:]}.", *troubles)))


def without_client() -> str:
    """The ticket is a client's, but no client is named."""
    return (
        "Faltou o cliente: o N0 vai perguntar. Na próxima, escreva por exemplo "
        f"{PARAMETERS['client'].example}, ou tipo:interno se o pedido é seu."
    )


def help_lines(*, types: Iterable[str], levels: Iterable[str]) -> str:
    """All parameters, with an example of each."""
    lines = [f"• {each.name} — {each.meaning}. {each.example}" for each in PARAMETERS.values()]
    return "\n".join(
        (
            "Para abrir um chamado: /ticket Título do chamado [parâmetros], em qualquer ordem.",
            "",
            *lines,
            "",
            f"Tipos de solicitação: {', '.join(types)}.",
            f"Níveis: {', '.join(levels)}.",
            f"Exemplo: {EXAMPLE}",
            "Para corrigir, escreva outra linha: editar a mensagem não muda nada.",
        )
    )


def quoted(value: str) -> str:
    """The value in quotation marks, shortened."""
    plain = " ".join(value.split())
    short = plain if len(plain) <= LONGEST_QUOTED else plain[: LONGEST_QUOTED - 1].rstrip() + "…"
    return f"“{short}”"


def _example(parameter: Parameter) -> str:
    return f"Exemplo: /ticket Nota não emitida {parameter.example}"
