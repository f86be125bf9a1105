"""The contents of a ticket's card in Trello, and the notes about it on the ticket.

Trello is another firm's server, outside of Brazil. What a client wrote, and who they are, is sent
there only if the settings allow it (LGPD, art. 33). That includes the title, which is mostly the
client's own subject.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from routing.calendar.wording import moment
from routing.watch.boards import Choice, Doubt
from routing.watch.words import PRIORITIES, Words

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 16_000
"""The most characters of a description; Trello accepts 16,384."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CardPolicy:
    """Which of the client's data may be on a card."""

    title: bool = False
    text: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class OnTicket:
    """The data of a ticket that may be on a card."""

    number: str
    title: str
    request_type: str
    """Its name at the desk; empty if it has none any more."""
    level: str
    priority: str
    client: str
    text: str
    resolution_due: datetime | None
    url: str
    """The ticket's address at the desk; empty if it has none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A card as it is sent to Trello."""

    name: str
    description: str


def mark_of(uid: str) -> str:
    """The text on a card by which we recognise the card of a note."""
    return f"central-intake:{uid}"


def card_of(ticket: OnTicket, policy: CardPolicy, zone: tzinfo, uid: str) -> Card:
    """Build a card. The client's own words are on it only if the policy allows them."""
    about = ticket.title if policy.title else ticket.request_type
    name = f"{ticket.number} · {about}" if about else ticket.number
    due = ticket.resolution_due
    facts = [
        f"Chamado {ticket.number}" + (f": {ticket.url}" if ticket.url else ""),
        f"Solicitação: {ticket.request_type}" if ticket.request_type else "",
        f"Nível: {ticket.level} · Prioridade: {PRIORITIES.get(ticket.priority, ticket.priority)}",
        f"Solução até: {moment(due.astimezone(zone))}" if due else "",
        f"Cliente: {ticket.client}" if policy.text and ticket.client else "",
    ]
    head = "\n".join(fact for fact in facts if fact)
    foot = f"O andamento fica no chamado.\n{mark_of(uid)}"
    text = ticket.text.strip() if policy.text else ""
    room = LONGEST_DESCRIPTION - len(head) - len(foot) - 4
    if len(text) > room:
        text = text[: room - 1].rstrip() + "…"
    return Card(
        name=name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…",
        description="\n\n".join(part for part in (head, text, foot) if part),
    )


# Notes on the ticket

EXAMPLE = "@Trello {board}"
NOT_SET_UP = "a configuração não tem a seção [trello]. Criem o cartão à mão."
GAVE_UP = "o Trello não respondeu durante um dia ({why}). Escreva uma nota nova."
NOT_ALLOWED = "o Trello recusou ({why}). Confiram se o membro do token pode escrever no quadro."
NOT_SEEN = (
    "a configuração o chama de “{board}”, e o membro do token não vê nenhum quadro aberto com "
    "esse nome."
)
NO_LIST = "o quadro {board} não tem nenhuma lista aberta."


def of_a_card(*, board: str, url: str, others: int) -> str:
    """The note with the card's address. `others`: the number of this ticket's earlier cards on the
    same board."""
    more = {0: "", 1: " Este chamado já tinha um cartão nesse quadro."}.get(
        others, f" Este chamado já tinha {others} cartões nesse quadro."
    )
    return f"Cartão no Trello, quadro {board}: {url}{more}"


def of_a_doubt(spoken: str, choice: Choice) -> str:
    """The note that no board was chosen, with the boards there are."""
    if not choice.among:
        return (
            "Nenhum cartão foi criado: o Trello não mostra nenhum quadro aberto ao usuário cujo "
            "token está na configuração. Incluam-no nos quadros."
        )
    what = {
        Doubt.UNNAMED: "a nota não diz o quadro",
        Doubt.UNKNOWN: f"não há quadro chamado “{spoken}”",
        Doubt.AMBIGUOUS: f"mais de um quadro pode ser “{spoken}”",
    }[choice.doubt or Doubt.UNKNOWN]
    names = ", ".join(board.name for board in choice.among)
    more = f" e mais {choice.more}" if choice.more else ""
    example = EXAMPLE.format(board=choice.among[0].name)
    return (
        f"Nenhum cartão foi criado: {what}. Quadros: {names}{more}. Escreva uma nota nova, por "
        f"exemplo “{example}”."
    )


def of_a_refusal(spoken: str, why: str) -> str:
    """The note that no card was made, and why."""
    return f"O cartão no Trello{_for(spoken)} não foi criado: {why}"


def of_a_lock_out(why: str) -> Words:
    """Trello rejects our key or token: N0 is told once, whoever asked for cards."""
    return Words(
        what=f"O Trello não aceita a chave ou o token do Central Intake ({why}): nenhum cartão é "
        "criado.",
        todo="Peça à administração que rode “intake doctor” e troque o token; depois, as notas "
        "com @Trello precisam ser escritas de novo.",
    )


def _for(spoken: str) -> str:
    return f" (“{spoken}”)" if spoken else ""
