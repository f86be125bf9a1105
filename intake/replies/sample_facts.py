"""Sample facts that reach every branch of the templates, for the check at start and previews."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

from intake.ports.reply_kinds import ReplyKind
from intake.replies.facts import AlarmFacts, DigestLine, DigestSection, ReplyFacts

_ZONE = ZoneInfo("America/Sao_Paulo")
_NOW = datetime(2026, 11, 24, 10, 12, tzinfo=_ZONE)

_EXTRA = {
    "previous_number": "R3-2026-000087",
    "sender": "Mariana Lopes <mariana@exemplo.com.br>",
    "excerpt": "Consegui emitir a nota agora, mas o valor saiu errado.",
    "desk_url": "https://desk.exemplo.com.br/tickets/123",
    "reopened": "yes",
    "recipient": "mariana@exemplo.com.br",
    "detail": "rcpt: 550 5.1.1 User unknown",
    "tried_for": "5 dias",
    "failure": "42",
    "level_before": "N0",
    "owner_before": "Ana Lima",
    "reason": "a mensagem não pôde ser lida",
    "source": "imap:suporte/INBOX",
    "subject": "Nota fiscal",
    "date": "amanhã às 18h",
    "date_before": "hoje às 18h",
    "what": "Ana Lima mudou a prioridade deste chamado de Alta para Baixa.",
    "todo": "Confirmem se é isso mesmo.",
}


ALARM = "alarm"
ALARM_KINDS = (
    "resolution-breach",
    "deadline-breach",
    "first-response",
    "urgent",
    "unscheduled",
    "resolution-near",
    "deadline-near",
    "reminder",
)
ALARM_ROLES = ("owner", "first-level", "coordination")


def _alarm(kind: str, role: str = "owner", **changes: str) -> AlarmFacts:
    said = {"owner_name": "Bruno Carvalho", "level": "N1", "title": "Nota", **changes}
    return AlarmFacts(
        kind=kind,
        about=_NOW + timedelta(hours=4),
        since=_NOW - timedelta(hours=2),
        role=role,
        number="R3-2026-000123",
        **said,
    )


DIGEST = "digest"
DIGEST_TOPICS = ("overdue", "due-today", "new", "unscheduled", "stopped", "waiting")


def _digest() -> tuple[DigestSection, ...]:
    """Every topic, each with an urgent ticket and one with few facts."""
    line = DigestLine(
        number="R3-2026-000123",
        at=_NOW - timedelta(hours=20),
        title="Não consigo emitir nota fiscal",
        owner_name="Bruno Carvalho",
        level="N1",
        urgent=True,
        desk_url="https://desk.exemplo.com.br/tickets/123",
    )
    bare = DigestLine(number="R3-2026-000124", at=_NOW + timedelta(hours=3))
    return tuple(
        DigestSection(topic=topic, total=2 if n else 9, lines=(line, bare))
        for n, topic in enumerate(DIGEST_TOPICS)
    )


def _many_alarms() -> tuple[AlarmFacts, ...]:
    """Every kind for every role, plus a ticket without an owner and one told to a stand-in."""
    told = [_alarm(kind, role) for kind, role in product(ALARM_KINDS, ALARM_ROLES)]
    odd = _alarm("unscheduled", "first-level", owner_name="", level="", title="")
    return (*told, odd, _alarm("urgent", "first-level", instead_of="Ana Lima"))


def sample(kind: ReplyKind) -> ReplyFacts:
    """The facts of an ordinary ticket, with everything that this kind of reply can say."""
    return ReplyFacts(
        number="R3-2026-000123" if kind.numbered else "",
        title="Não consigo emitir nota fiscal",
        requester_name="Mariana Lopes" if kind.audience == "client" else "Bruno Carvalho",
        request_type="bug",
        request_type_label="Suporte do Sistema – Erro / Bug crítico",
        level="N1",
        owner_name="Bruno Carvalho",
        received_at=_NOW,
        first_response_due=_NOW + timedelta(hours=1),
        resolution_due=_NOW + timedelta(hours=4),
        next_opening=_NOW,
        zone=_ZONE,
        organisation="R3izzy",
        text="A nota foi emitida de novo.\n\nEla está no aplicativo, em Notas.",
        now=_NOW,
        alarms=(_alarm("resolution-breach"),) if kind.name == ALARM else (),
        digest=_digest() if kind.name == DIGEST else (),
        extra={key: _EXTRA[key] for key in kind.extra + kind.optional},
    )


def in_closed_hours(facts: ReplyFacts) -> ReplyFacts:
    """The same ticket as if it had come in late in the evening."""
    return replace(
        facts,
        now=_NOW.replace(hour=22),
        received_at=_NOW.replace(hour=22),
        open_now=False,
        next_opening=_NOW.replace(day=25, hour=9, minute=0),
        first_response_due=_NOW.replace(day=25, hour=10, minute=0),
        resolution_due=_NOW.replace(day=25, hour=12, minute=0),
    )


def samples(kind: ReplyKind) -> Iterator[ReplyFacts]:
    """The ordinary facts, and variants that reach the templates' other branches."""
    plain = sample(kind)
    yield plain
    if not kind.always_ticket:
        yield replace(plain, number="", title="", level="", owner_name="")
    if kind.name == ALARM:
        yield replace(plain, number="", title="", alarms=_many_alarms(), more_alarms=7)
    required = {key: _EXTRA[key] for key in kind.extra}
    empty = replace(
        plain,
        title="",
        requester_name="",
        request_type="",
        request_type_label="",
        level="N0",
        owner_name="",
        resolution_due=None,
        first_response_due=None,
        missing=("client", "request_type", "description", "requester", "anything"),
        extra=required,
    )
    improvement = replace(plain, request_type="improvement", service_label="CND", extra=required)
    for facts, joined in product((in_closed_hours(plain), empty, improvement), (False, True)):
        yield replace(facts, joined=joined)
