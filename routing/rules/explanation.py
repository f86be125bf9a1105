"""Explains a decision in words that could be sent to a client (pt-BR)."""

from collections.abc import Mapping, Sequence

from routing.rules.classification import Classification, Evidence
from routing.rules.rule import NO_TICKET
from routing.vocabulary import Priority

_PRIORITIES = {Priority.HIGH: "alta", Priority.MEDIUM: "média", Priority.LOW: "baixa"}
_MOST_WORDS = 3
_MOST_LOOKED_AT = 12
_FEWEST_LETTERS = 3
_LONGEST = 60


def explain(classification: Classification, labels: Mapping[str, str]) -> str:
    """Explain a decision in one or two sentences. `labels`: request type → its name at the desk."""
    if not classification.opens_ticket:
        words = _words(classification, NO_TICKET)
        why = f" ({words})" if words else ""
        if classification.acknowledge:
            return (
                f"A mensagem só traz um cumprimento{why}: por enquanto não abre chamado, e "
                "perguntamos em que podemos ajudar."
            )
        return f"A mensagem não pede nada à equipe{why}: não abre chamado."
    priority = f"A prioridade é {_PRIORITIES[classification.priority]}"
    urgent = _words(classification, classification.priority.value, of="priority")
    priority += f", porque encontramos {urgent}." if urgent else "."
    if classification.no_ticket_refused:
        priority = f"{_why_opened(classification)} {priority}"
    if classification.request_type is None:
        return f"{_unsure(classification, labels)} {priority}"
    name = labels.get(classification.request_type, classification.request_type)
    words = _words(classification, classification.request_type)
    found = f", porque nela encontramos {words}" if words else ""
    return f"Entendemos a mensagem como “{name}”{found}. {priority}"


def deciding(classification: Classification) -> tuple[Evidence, ...]:
    """The evidence that a person needs to follow the decision, with the most weight first.

    That is evidence for and against the decided values, and for the request types that came close,
    but not for types that were never likely.
    """
    best = [each.request_type for each in classification.candidates[:2]]
    winner = classification.request_type if classification.opens_ticket else NO_TICKET
    close = {_effect("request_type", name) for name in (winner, *best) if name}
    mine = {_effect("request_type", winner)} if winner else set()
    priority = _effect("priority", classification.priority.value)
    return tuple(each for each in classification.evidence if _tells(each, close, mine, priority))


def _tells(evidence: Evidence, close: set[str], mine: set[str], priority: str) -> bool:
    effects = set(evidence.effect.split(", "))
    if effects & mine or (effects & close and evidence.weight > 0) or priority in effects:
        return True
    voted = ("request_type=", "priority=", "no_ticket")
    return not any(effect.startswith(voted) for effect in effects)


def _effect(what: str, value: str) -> str:
    return "no_ticket" if value == NO_TICKET else f"{what}={value}"


def _unsure(classification: Classification, labels: Mapping[str, str]) -> str:
    names = [
        f"“{labels.get(each.request_type, each.request_type)}”"
        for each in classification.candidates[:2]
    ]
    if not names:
        return "Nenhuma regra reconheceu o assunto: uma pessoa da triagem vai ler a mensagem."
    doubt = " ou ".join(names)
    return f"Ficamos em dúvida se é {doubt}: uma pessoa da triagem vai ler a mensagem."


def _why_opened(classification: Classification) -> str:
    """Why a ticket is opened although the weights were for no ticket."""
    words = _words(classification, "", of="opens_ticket")
    if words:
        return f"Pelo resto, a mensagem parecia não pedir nada; abre chamado porque diz {words}."
    return (
        "Somadas, as palavras pareciam não pedir nada, mas nenhuma regra o afirma com clareza: "
        "por isso abre chamado."
    )


def _words(classification: Classification, value: str, of: str = "request_type") -> str:
    """The words with the most weight for a value, quoted."""
    wanted = _effect(of, value) if value else of
    found = [
        each.words[0]
        for each in classification.evidence
        if each.weight > 0 and wanted in each.effect.split(", ") and _is_said(each)
    ]
    quoted = [f"“{_short(words)}”" for words in _telling(found[:_MOST_LOOKED_AT])[:_MOST_WORDS]]
    if len(quoted) > 1:
        return f"{', '.join(quoted[:-1])} e {quoted[-1]}"
    return "".join(quoted)


def _telling(found: Sequence[str]) -> Sequence[str]:
    """The words found, in order, without short ones and those contained in longer ones."""
    by_folded = {words.casefold(): words for words in reversed(found)}
    telling = [
        words
        for words in dict.fromkeys(found)
        if sum(map(str.isalpha, words)) >= _FEWEST_LETTERS
        and by_folded[words.casefold()] == words
        and not any(words.casefold() in other for other in by_folded if other != words.casefold())
    ]
    return telling or list(dict.fromkeys(found))


def _is_said(evidence: Evidence) -> bool:
    """Whether the evidence is words that the client wrote, not an address or a channel."""
    return bool(evidence.words) and bool({"subject", "text"} & set(evidence.where.split(", ")))


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1].rstrip()}…"
