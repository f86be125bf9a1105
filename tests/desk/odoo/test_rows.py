"""A ticket of ours as Odoo's row, without an Odoo."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from intake.desk.odoo.partners import ClientMatch
from intake.desk.odoo.place import Place
from intake.desk.odoo.ticket_rows import TicketRows, facts_html, instant, mailbox
from intake.settings.odoo_profiles import OURS, PROFILES, PROJECT_TASK, Profile, UnknownField
from routing.vocabulary import Stage
from tests.desk.odoo.carrying import ticket

ZONE = ZoneInfo("America/Sao_Paulo")
PLACE = Place(container=7, stages={stage: n for n, stage in enumerate(Stage, 1)}, tags={})


def rows(profile_name: str = "project.task", **fields: str) -> TicketRows:
    return TicketRows(
        profile=PROFILES[profile_name].overlaid(fields),
        place=PLACE,
        tags={"level_n0": 1, "level_n1": 2, "channel_email": 3},
        stars={"high": "3", "medium": "2", "low": "1"},
        zone=ZONE,
    )


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_a_profile_names_only_what_a_ticket_has(profile: Profile) -> None:
    assert set(profile.fields) <= OURS


def test_a_number_never_becomes_a_contact_s_number() -> None:
    by_phone = ticket(requester="+5511987654321", channel="whatsapp")
    unknown = rows().new(by_phone, ClientMatch(), None)
    known = rows().new(by_phone, ClientMatch(partner_id=4), None)
    assert unknown["partner_phone"] == "+5511987654321"
    assert "partner_phone" not in known
    assert known["partner_id/.id"] == "4"


def test_a_field_of_the_firm_s_own_takes_what_the_model_has_no_place_for() -> None:
    mapped = rows(first_response_due="x_first", channel="x_channel", level="x_level")
    row = mapped.new(ticket(), ClientMatch(), None)
    assert row["x_first"] == "2026-11-24 14:00:00"
    assert (row["x_channel"], row["x_level"]) == ("email", "N1")
    moved = ticket(level="N0", changed=frozenset(("level", "first_response_due")))
    assert mapped.changes(moved, None) == {
        "x_first": "2026-11-24 14:00:00",
        "x_level": "N0",
        "tag_ids": [(3, 2), (4, 1)],
    }


def test_a_channel_of_the_firm_s_own_is_no_relation() -> None:
    plain = rows("helpdesk.ticket").new(ticket(channel="sms"), ClientMatch(), None)
    assert plain["channel_id/id"] == "helpdesk_mgmt.helpdesk_ticket_channel_other"
    mapped = rows("helpdesk.ticket", channel="x_channel").new(ticket(), ClientMatch(), None)
    assert mapped["x_channel"] == "email"
    assert "channel_id/id" not in mapped


def test_a_map_of_what_no_ticket_has_is_refused() -> None:
    with pytest.raises(UnknownField, match="'colour' is not one of"):
        PROJECT_TASK.overlaid({"colour": "color"})


def test_what_has_an_external_id_is_named_by_it() -> None:
    ids = {
        "container": {7: "central_intake.project_central"},
        "stage": {n: f"central_intake.stage_{n}" for n, _ in enumerate(Stage, 1)},
        "tags": {1: "central_intake.tag_level_n0", 2: "central_intake.tag_level_n1"},
    }
    row = replace(rows(), external_ids=ids).new(ticket(), ClientMatch(partner_id=4), 5)
    assert row["project_id/id"] == "central_intake.project_central"
    assert row["stage_id/id"] == "central_intake.stage_1"
    assert (row["partner_id/.id"], row["user_ids/.id"]) == ("4", "5")
    # One of the tags was made by hand, so all are named by number: a column is for all rows.
    assert row["tag_ids/.id"] == "3,2"
    assert "tag_ids/id" not in row


def test_nothing_changed_writes_nothing() -> None:
    assert rows().changes(ticket(ref="1"), 5) == {}


def test_an_owner_alone_is_written_alone() -> None:
    moved = ticket(ref="1", changed=frozenset(("owner",)))
    assert rows().changes(moved, 5) == {"user_ids": [(6, 0, [5])]}
    assert rows("helpdesk.ticket").changes(moved, None) == {"user_id": False}


def test_what_a_client_calls_themselves_stays_text() -> None:
    hostile = ticket(requester_name='<script>"x"</script>', title="<b>")
    assert "<script" not in facts_html(hostile, ZONE)
    assert mailbox("a@b.br", 'Ana "<x>"\n') == '"Ana x" <a@b.br>'
    assert (mailbox("", ""), mailbox("+55119", "Ana")) == ("", "+55119")


def test_an_instant_is_written_in_utc() -> None:
    local = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
    assert instant(local) == instant(local.astimezone(UTC)) == "2026-11-24 13:00:00"
    assert instant(None) is False
