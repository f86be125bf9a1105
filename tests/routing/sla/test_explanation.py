"""How a due time was counted: each line a fact that can be checked against the wall calendar."""

from routing.calendar import BusinessCalendar, FirmDay
from routing.sla import SlaTable
from routing.sla.shipped import SHIPPED_SERVICES, SHIPPED_TYPES
from tests.routing.calendar.shipped import DESK, at, day

TABLE = SlaTable(types=SHIPPED_TYPES, services=SHIPPED_SERVICES)
RECEIVED_ON_THE_EVE = (
    "Recebido quinta-feira, 19/11/2026, às 17:30, dentro do expediente: "
    "o relógio começa nessa hora."
)
HOLIDAY = (
    "  sexta-feira, 20/11/2026: fechado (feriado: Dia Nacional de Zumbi e da Consciência Negra)."
)


def explained(request_type: str, received: str, service: str | None = None) -> list[str]:
    return list(TABLE.due_times(request_type, at(received), DESK, service=service).explanation)


def test_business_hours_interval_by_interval() -> None:
    assert explained("bug", "2026-11-19 17:30") == [
        RECEIVED_ON_THE_EVE,
        "Resposta inicial: 1h útil.",
        "  quinta-feira, 19/11/2026, 17:30 às 18:00: conta 30min; faltam 30min.",
        HOLIDAY,
        "  sábado, 21/11/2026: fechado (fim de semana).",
        "  domingo, 22/11/2026: fechado (fim de semana).",
        "  segunda-feira, 23/11/2026, 09:00 às 09:30: conta 30min; completo.",
        "  Vence segunda-feira, 23/11/2026, às 09:30.",
        "Solução (Suporte do Sistema – Erro / Bug crítico): 3h úteis.",
        "  quinta-feira, 19/11/2026, 17:30 às 18:00: conta 30min; faltam 2h30min.",
        HOLIDAY,
        "  sábado, 21/11/2026: fechado (fim de semana).",
        "  domingo, 22/11/2026: fechado (fim de semana).",
        "  segunda-feira, 23/11/2026, 09:00 às 11:30: conta 2h30min; completo.",
        "  Vence segunda-feira, 23/11/2026, às 11:30.",
    ]


def test_business_days_one_by_one() -> None:
    lines = explained("tax", "2026-11-27 19:00")
    assert lines[0] == (
        "Recebido sexta-feira, 27/11/2026, às 19:00, fora do expediente: "
        "o relógio começa na próxima abertura, segunda-feira, 30/11/2026, às 09:00."
    )
    assert lines[-5:] == [
        "Solução (Dúvida Fiscal – Regime, dedução, categoria): 2 dias úteis.",
        "  segunda-feira, 30/11/2026: dia do início, não conta.",
        "  terça-feira, 01/12/2026: dia útil 1 de 2.",
        "  quarta-feira, 02/12/2026: dia útil 2 de 2 (último, vence no fechamento).",
        "  Vence quarta-feira, 02/12/2026, às 18:00.",
    ]


def test_the_other_terms() -> None:
    assert explained("improvement", "2026-11-23 10:00")[-2:] == [
        "  Conta até o fechamento do último dia útil do mês em que o relógio começa.",
        "  Vence segunda-feira, 30/11/2026, às 18:00.",
    ]
    assert explained("internal", "2026-11-23 10:00")[-1] == (
        "  Sem data de vencimento: lembrete a cada dia útil até resolver."
    )
    assert explained("accounting_service", "2026-11-23 10:00", "cnd")[4] == (
        "Solução (serviço Certidão negativa de débitos (CND)): 2 dias úteis."
    )
    assert (
        "vale o prazo geral dos serviços" in explained("accounting_service", "2026-11-23 10:00")[5]
    )


def test_the_firm_s_own_reason_is_named() -> None:
    bridge = BusinessCalendar(
        zone=DESK.zone,
        week=DESK.week,
        firm_days=(FirmDay.once(day("2026-11-24"), "Emenda"),),
    )
    lines = TABLE.due_times("tax", at("2026-11-23 10:00"), bridge).explanation
    assert "  terça-feira, 24/11/2026: fechado (Emenda)." in lines


def test_seconds_are_shown_where_there_are_any() -> None:
    received = at("2026-11-23 10:00").replace(second=15)
    lines = TABLE.due_times("bug", received, DESK).explanation
    assert lines[0].startswith("Recebido segunda-feira, 23/11/2026, às 10:00:15, dentro")
    assert "  Vence segunda-feira, 23/11/2026, às 11:00:15." in lines
