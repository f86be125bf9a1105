"""What was said beside the text counts before the rules; what means nothing is noted."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from intake.active_config import build_config
from intake.settings.model import Settings
from routing.message import Address, Message
from routing.roster import Load
from routing.rules.classification import Classification
from routing.stated import NOTHING_STATED, Stated, stated
from routing.triage import Triage, triage
from routing.vocabulary import UNCLASSIFIED, Channel, Kind, Priority
from tests.application import PEOPLE

AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
PROCEDURE = build_config(
    Settings.model_validate({"roster": {"person": PEOPLE}, "rules": {"shipped": False}})
).policy.procedure
BY_RULES = Classification(
    request_type="bug",
    kind=Kind.CLIENT,
    priority=Priority.HIGH,
    level="N2",
)


def said(**fields: str) -> Stated:
    return stated(fields, sla=PROCEDURE.sla, roster=PROCEDURE.roster, calendar=PROCEDURE.calendar)


def opened(
    classification: Classification = BY_RULES, text: str = "Trava.", **fields: str
) -> Triage:
    message = Message(
        channel=Channel.APP,
        received_at=AT,
        sender=Address(address="+5511987654321"),
        text=text,
        fields=fields,
    )
    return triage(message, classification, procedure=PROCEDURE, load=Load(), now=AT)


def test_each_field_is_read_by_id_by_label_and_in_portuguese() -> None:
    read = said(
        title="  Guia   do FGTS ",
        kind="Interno",
        request_type="suporte do sistema - dúvida de uso",
        priority="Média",
        level="coordenacao",
        owner="EDU.N1@r3izzy.com.br",
        client="Padaria Pão Quente",
    )
    assert read == Stated(
        title="Guia do FGTS",
        kind=Kind.INTERNAL,
        request_type="usage",
        priority=Priority.MEDIUM,
        level="Coordenação",
        owner="edu.n1",
        client="Padaria Pão Quente",
    )


def test_what_means_nothing_is_noted_and_left_to_the_rules() -> None:
    ticket = opened(request_type="bugg", priority="ontem", deadline="logo", owner="ninguem")
    assert (ticket.request_type, ticket.priority, ticket.deadline) == ("bug", Priority.HIGH, None)
    assert len(ticket.notes) == 4
    assert "“bugg”, que não existe aqui (conhecemos: bug)" in ticket.notes[0]


def test_a_day_means_until_its_closing_and_an_instant_without_zone_is_the_desk_s() -> None:
    assert said(deadline="2026-12-01").deadline == datetime(2026, 12, 1, 21, tzinfo=UTC)
    # A Sunday.
    assert said(deadline="2026-12-06").deadline == datetime(2026, 12, 7, 2, 59, tzinfo=UTC)
    assert said(deadline="7915-01-01").deadline is None
    assert said(deadline="2026-12-01T09:30").deadline == datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
    assert said(deadline="2026-12-01T09:30Z").deadline == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def test_the_rules_level_goes_with_the_rules_type() -> None:
    assert opened(request_type="usage").level == "N0"
    assert opened(request_type="usage", level="N1").level == "N1"


def test_a_stated_owner_gets_it() -> None:
    assert opened(owner="ana.n0", level="N1").owner == "ana.n0"
    assert opened(owner="edu.n1").owner == "edu.n1"


def test_a_service_alone_makes_it_a_request_for_that_service() -> None:
    unsure = replace(BY_RULES, request_type=None, level=None)
    ticket = opened(unsure, service="cnd")
    assert (ticket.request_type, ticket.service) == ("accounting_service", "cnd")
    assert not any("Nenhuma regra" in note for note in ticket.notes)
    assert opened(unsure).request_type == UNCLASSIFIED


def test_a_stated_level_keeps_a_ticket_of_which_the_text_is_missing() -> None:
    assert opened(text="").level == "N0"
    assert opened(text="", level="N1").level == "N1"


def test_other_keys_are_nobody_s_business_here() -> None:
    assert said(event="invoice.failed", empty="", title=" ") == NOTHING_STATED


KEYS = st.sampled_from(
    ["title", "kind", "request_type", "service", "priority", "level", "owner", "deadline"]
)


DAYS = st.dates().map(str) | st.datetimes().map(str) | st.text(max_size=300)


@given(st.dictionaries(KEYS, DAYS))
def test_nothing_that_is_said_is_refused(fields: dict[str, str]) -> None:
    read = stated(fields, sla=PROCEDURE.sla, roster=PROCEDURE.roster, calendar=PROCEDURE.calendar)
    assert all(len(note) < 1000 for note in read.notes)
