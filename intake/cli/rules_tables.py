"""Decisions, scores and changes as tables for a terminal, in Portuguese."""

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_lowercase

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from intake.cli.rules_chosen import readable
from routing.disposition import Disposition
from routing.rules.classification import Classification
from routing.rules.comparison import Change, transitions
from routing.rules.evaluation import FIELDS, Miss, Score, predicted_of
from routing.rules.explanation import deciding

_FIELD_NAMES = {
    "request_type": "tipo de solicitação",
    "kind": "tipo",
    "priority": "prioridade",
    "service": "serviço",
    "level": "nível",
    "owner": "responsável",
}
_LONGEST_TEXT = 160


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def decision_table(
    decided: Classification,
    disposition: Disposition,
    labels: Mapping[str, str],
    most: int | None = None,
) -> RenderableType:
    """The decision, and the rules behind it: the `most` heaviest, or all that fired if it is
    None."""
    predicted = predicted_of(decided, disposition)
    summary = Table.grid(padding=(0, 2))
    name = labels.get(predicted["request_type"], "")
    summary.add_row("Tipo de solicitação", f"{predicted['request_type']}  {name}".rstrip())
    if decided.candidates:
        others = ", ".join(f"{each.request_type} {each.score:g}" for each in decided.candidates)
        summary.add_row("Pontos", others)
    summary.add_row("Tipo", predicted["kind"])
    summary.add_row("Prioridade", predicted["priority"])
    for label, value in (
        ("Serviço", decided.service),
        ("Nível", decided.level),
        ("Responsável", decided.owner),
        ("Etiquetas", ", ".join(decided.tags)),
    ):
        if value:
            summary.add_row(label, value)
    opens = decided.opens_ticket and disposition.opens_ticket
    answers = decided.acknowledge and disposition.may_acknowledge
    summary.add_row("Abre chamado", "sim" if opens else "não")
    summary.add_row("Responde ao cliente", "sim" if answers else "não")
    for reason in disposition.reasons:
        summary.add_row("Observação", reason)
    shown = decided.evidence if most is None else deciding(decided)[:most]
    title = "Regras que dispararam" if most is None else "Regras que decidiram"
    rules = _table(title, "Peso", "Efeito", "Palavras", "Onde", "Regra")
    for each in shown:
        rules.add_row(
            f"{each.weight:+g}",
            each.effect,
            Text(_quoted(each.words)),
            each.where,
            Text(each.rule if each.label.startswith("“") else f"{each.rule}: {each.label}"),
        )
    hidden = len(decided.evidence) - len(shown)
    rest = [f"e mais {hidden} que pesaram menos ou falaram de outra coisa; --all mostra todas"]
    return Group(summary, "", rules, *(rest if hidden else ()))


def score_tables(total: Score) -> Iterator[RenderableType]:
    """Accuracy, the confusion matrix, and every error with the words that caused it."""
    accuracy = _table(f"Acertos em {total.count} mensagens", "Campo", "Acerto", "Erros")
    for field in FIELDS:
        wrong = sum(field in miss.wrong for miss in total.misses)
        accuracy.add_row(_FIELD_NAMES[field], f"{total.accuracy[field]:.1%}", str(wrong))
    yield accuracy
    yield Text("Certo (linhas) e decidido (colunas)", "italic")
    yield _confusion(total)
    if total.misses:
        yield _misses(total.misses)


def _confusion(total: Score) -> Table:
    """Columns are headed by letters, which are explained in the rows, so that the table stays
    narrow."""
    names = sorted({*total.confusion, *(name for row in total.confusion.values() for name in row)})
    team_messages = dict(zip(names, ascii_lowercase, strict=False))
    table = _table("", "", *(team_messages.get(name, name) for name in names), "Acerto")
    for right in names:
        row = total.confusion.get(right, {})
        cells = [
            Text(
                str(row[name]) if row.get(name) else "·",
                "bold" if name == right else "red" if row.get(name) else "dim",
            )
            for name in names
        ]
        count = sum(row.values())
        share = f"{row.get(right, 0) / count:.0%}" if count else "—"
        table.add_row(f"{team_messages.get(right, '')} {right}", *cells, share)
    return table


def _misses(misses: Sequence[Miss]) -> Table:
    table = _table("Erros", "Mensagem", "Certo → decidido", "O que enganou", "Texto")
    for miss in misses:
        expected = miss.labelled.expected()
        table.add_row(
            miss.labelled.id,
            "\n".join(f"{expected[name]} → {miss.predicted[name]}" for name in miss.wrong),
            Text(
                "\n".join(
                    f"{_quoted(each.words)} ({each.effect} {each.weight:+g})"
                    for each in miss.misleading()[:4]
                )
            ),
            Text(_said(miss)),
        )
    return table


def _quoted(words: Sequence[str]) -> str:
    return readable(" · ".join(words))


def _said(miss: Miss) -> str:
    message = miss.labelled.message
    said = f"{message.subject}: {message.text}".removeprefix(": ")
    said = " ".join(readable(said).split())
    return said if len(said) <= _LONGEST_TEXT else f"{said[:_LONGEST_TEXT]}…"


def change_tables(count: int, changes: Sequence[Change]) -> Iterator[RenderableType]:
    """What would change, from which value to which, and because of which rule."""
    messages = f"{count} {'mensagem' if count == 1 else 'mensagens'}"
    yield f"{messages}, {len(changes)} {'mudaria' if len(changes) == 1 else 'mudariam'}."
    if not changes:
        return
    summary = _table("O que mudaria", "Campo", "De", "Para", "Vezes")
    for field, before, after, times in transitions(changes):
        summary.add_row(_FIELD_NAMES[field], before or "—", after or "—", str(times))
    yield summary
    table = _table("Mensagens", "Chamado", "Mudança", "Por causa de")
    for change in changes:
        table.add_row(
            change.id,
            "\n".join(
                f"{change.before[name] or '—'} → {change.after[name] or '—'}"
                for name in change.changed
            ),
            Text(
                "\n".join(
                    f"{each.rule}: {_quoted(each.words)} ({each.effect})"
                    for each in change.because[:4]
                )
            ),
        )
    yield table
