"""The note on a ticket for a delivery report about one of our replies (RFC 3464)."""

from routing.message import DeliveryReport, Message
from routing.triage import title_of

_BY_ACTION = {
    "delayed": "Uma resposta nossa ainda não chegou a {who}; o servidor continua tentando{status}.",
    "delivered": "Uma resposta nossa foi entregue a {who}{status}.",
    "relayed": "Uma resposta nossa foi passada adiante para {who}, sem confirmação{status}.",
    "expanded": "Uma resposta nossa foi distribuída pela lista de {who}{status}.",
}
_FAILED = "Uma resposta nossa não chegou a {who}{status}: {subject}"


def bounce_words(message: Message) -> str:
    """The note's text: pt-BR, one line. A report without an action is taken for a failure."""
    report = message.report or DeliveryReport()
    return _BY_ACTION.get(report.action, _FAILED).format(
        who=", ".join(report.recipients) or "o cliente",
        status=f" ({report.status})" if report.status else "",
        subject=title_of(message),
    )
