"""The path of a mail, for a terminal of 80 columns."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from intake.cli.table import titled
from intake.ports.mail_path import Defect, Hop, MailPath, MailServer
from intake.replies.presentable import one_line
from routing.calendar.wording import length

_IN_WORDS = {
    "AddressHeaderDefect": "endereço escrito fora do padrão",
    "CloseBoundaryNotFoundDefect": "falta o separador final das partes",
    "DateHeaderDefect": "data escrita fora do padrão",
    "FirstHeaderLineIsContinuationDefect": "o cabeçalho começa no meio de um campo",
    "InvalidHeaderDefect": "campo do cabeçalho fora do padrão",
    "InvalidMultipartContentTransferEncodingDefect": "codificação que partes não podem ter",
    "MimeHeaderDefect": "descrição de uma parte fora do padrão",
    "MisplacedEnvelopeHeaderDefect": "linha “From ” no meio do cabeçalho",
    "MissingHeaderBodySeparatorDefect": "falta a linha vazia depois do cabeçalho",
    "MultipartInvariantViolationDefect": "diz que tem partes, e não tem",
    "NoBoundaryInMultipartDefect": "partes sem separador declarado",
    "ReceivedHeaderDefect": "Received escrito fora do padrão",
    "StartBoundaryNotFoundDefect": "o separador declarado das partes não aparece",
    "Unreadable": "não pôde ser lido",
}
_REASONED = frozenset({"DateHeaderDefect", "ReceivedHeaderDefect", "Unreadable"})
"""Their detail says more than the category. The standard library's is a sentence for each."""

_LONGEST = 160
_MOST_DEFECTS = 20


def path_tables(path: MailPath, zone: ZoneInfo) -> Iterator[RenderableType]:
    """The hops, oldest first, then where the mail came from and what is wrong with it."""
    if path.hops:
        yield _hops(path, zone)
    else:
        yield Text("Caminho da mensagem", "italic")
        yield "A mensagem não traz nenhum campo Received."
    if path.left_out:
        yield f"e mais {path.left_out} campos Received, mais antigos, que não foram lidos"
    if any(hop.delay is not None and hop.delay < 0 for hop in path.hops):
        yield "Demora negativa: os relógios dos dois servidores não concordam."
    facts = Table.grid(padding=(0, 2))
    facts.add_row("Servidor de origem", Text(_origin(path.origin)))
    shown = [_defect(each) for each in path.defects[:_MOST_DEFECTS]]
    if len(path.defects) > len(shown):
        shown.append(f"e mais {len(path.defects) - len(shown)}; --json mostra todos")
    if path.cut:
        shown.append("a mensagem não pôde ser examinada até o fim")
    facts.add_row("Defeitos", Text("\n".join(shown) or "nenhum"))
    yield facts


def _hops(path: MailPath, zone: ZoneInfo) -> Table:
    table = titled("Caminho da mensagem", "", "Servidor", "Recebido de", "Quando", "Demora")
    for number, hop in enumerate(path.hops, start=1):
        table.add_row(str(number), *_row(hop, zone))
    return table


def _row(hop: Hop, zone: ZoneInfo) -> tuple[Text, ...]:
    """A field that names no server stands there as it came."""
    at = hop.at.astimezone(zone).strftime("%d/%m/%Y %H:%M:%S") if hop.at else hop.date
    sender = (_named(hop.server) or hop.sender) if hop.is_read else hop.raw
    return (
        Text(one_line(hop.by.partition(" ")[0], _LONGEST) or "—"),
        Text(one_line(sender, _LONGEST) or "—"),
        Text(one_line(at, 40) or "—"),
        Text("—" if hop.delay is None else _delay(hop.delay)),
    )


def _delay(seconds: float) -> str:
    """`2min3s`, `-12s`, `0s`."""
    if not seconds:
        return "0s"
    return ("-" if seconds < 0 else "") + length(timedelta(seconds=abs(seconds)))


def _named(server: MailServer) -> str:
    address = f"[{server.address}]" if server.address else ""
    return f"{server.name or server.claimed} {address}".strip()


def _origin(server: MailServer | None) -> str:
    if server is None:
        return "nenhum servidor o diz"
    said = _named(server)
    if server.name and server.claimed.rstrip(".").lower() not in ("", server.name.lower()):
        said += f", que se apresentou como {server.claimed}"
    return one_line(said, 2 * _LONGEST)


def _defect(defect: Defect) -> str:
    said = _IN_WORDS.get(defect.category, defect.category)
    return one_line(f"{said} ({_place(defect)})", _LONGEST)


def _place(defect: Defect) -> str:
    if defect.where.endswith("-headers"):
        return defect.detail
    if defect.category in _REASONED:
        return f"{defect.where}: {defect.detail}"
    return defect.where
