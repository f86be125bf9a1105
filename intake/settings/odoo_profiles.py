"""Which of a model's fields holds what of ours.

Settings' `[odoo].fields` is laid over a profile: `ours = "theirs"`, and `ours = ""` for what shall
not be written at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from routing.vocabulary import Stage

OURS = frozenset(
    (
        "number",
        "title",
        "description",
        "priority",
        "requester",
        "requester_name",
        "requester_phone",
        "client",
        "owner",
        "stage",
        "tags",
        "deadline",
        "container",
        "channel",
        "kind",
        "request_type",
        "service",
        "level",
        "received_at",
        "first_response_due",
        "resolution_due",
    )
)
"""What a field map may name. A field that the model does not have by itself must hold text
(`received_at` and the due times: date and time)."""


OTHER = ""


class UnknownField(ValueError):
    """the field map names something that a ticket does not have"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """One kind of ticket in Odoo."""

    model: str
    fields: Mapping[str, str]
    """Ours → theirs; what is not named is not written."""
    owners: bool = False
    """Whether the owner's field takes several users."""
    state_field: str = ""
    """Where being closed is a thing of its own, not the stage's: the field that says so."""
    states: Mapping[Stage, str] = field(default_factory=dict)
    """Its value for each stage."""
    channels: Mapping[str, str] = field(default_factory=dict)
    """Our channel → external id of theirs, where theirs are records; OTHER is all the rest."""
    follows_creator: bool = False
    """Whether whoever creates one follows it: then we stop following, or Odoo would mail us."""

    def __getitem__(self, ours: str) -> str:
        """Their field for one of ours; empty where they have none."""
        return self.fields.get(ours, "")

    def overlaid(self, fields: Mapping[str, str]) -> "Profile":
        """With a field map of the settings. Raises UnknownField."""
        for ours in fields:
            if ours not in OURS:
                raise UnknownField(f"{ours!r} is not one of {', '.join(sorted(OURS))}")
        merged = {**self.fields, **fields}
        return replace(
            self,
            fields={ours: theirs for ours, theirs in merged.items() if theirs},
            channels={} if "channel" in fields else self.channels,
        )

    def state_values(self, stage: Stage) -> dict[str, Any]:
        """What beside the stage says that a ticket is open or closed."""
        return {self.state_field: self.states[stage]} if self.state_field else {}


PROJECT_TASK = Profile(
    model="project.task",
    fields={
        "title": "name",
        "description": "description",
        "priority": "priority",
        "requester": "email_from",
        "requester_phone": "partner_phone",
        "client": "partner_id",
        "owner": "user_ids",
        "stage": "stage_id",
        "tags": "tag_ids",
        "deadline": "date_deadline",
        "container": "project_id",
    },
    owners=True,
    state_field="state",
    states={
        Stage.NEW: "01_in_progress",
        Stage.SCHEDULED: "01_in_progress",
        Stage.IN_PROGRESS: "01_in_progress",
        Stage.DONE: "1_done",
        Stage.CANCELLED: "1_canceled",
    },
    follows_creator=True,
)
HELPDESK_TICKET = Profile(
    model="helpdesk.ticket",
    fields={
        "number": "number",
        "title": "name",
        "description": "description",
        "priority": "priority",
        "requester": "partner_email",
        "requester_name": "partner_name",
        "client": "partner_id",
        "owner": "user_id",
        "stage": "stage_id",
        "tags": "tag_ids",
        "container": "team_id",
        "channel": "channel_id",
    },
    channels={
        "email": "helpdesk_mgmt.helpdesk_ticket_channel_email",
        "voice": "helpdesk_mgmt.helpdesk_ticket_channel_phone",
        "app": "helpdesk_mgmt.helpdesk_ticket_channel_web",
        OTHER: "helpdesk_mgmt.helpdesk_ticket_channel_other",
    },
)
PROFILES: Mapping[str, Profile] = {each.model: each for each in (PROJECT_TASK, HELPDESK_TICKET)}
