"""Maps a ticket's fields to the fields of an Odoo model.

The settings' `[odoo].fields` overrides a profile: `ours = "theirs"`, or `ours = ""` for a field
that must not be written.
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
"""The names that a field map may use. A field that was added to the model must hold text, or date
and time for `received_at` and the due times."""


OTHER = ""


class UnknownField(ValueError):
    """the field map names something that a ticket does not have"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """How tickets are stored in one Odoo model."""

    model: str
    fields: Mapping[str, str]
    """Our field → Odoo's field. Fields that are not named are not written."""
    owners: bool = False
    """Whether the owner's field holds several users."""
    state_field: str = ""
    """The field that says whether a ticket is closed, if the model keeps that apart from the
    stage."""
    states: Mapping[Stage, str] = field(default_factory=dict)
    """The value of `state_field` for each stage."""
    channels: Mapping[str, str] = field(default_factory=dict)
    """Our channel → the external id of Odoo's channel record, if channels are records there. OTHER
    stands for all other channels."""
    follows_creator: bool = False
    """Whether Odoo makes the creator a follower of the ticket. We then unfollow it, or Odoo would
    send us mail."""

    def __getitem__(self, ours: str) -> str:
        """Odoo's field for one of ours; empty if there is none."""
        return self.fields.get(ours, "")

    def overlaid(self, fields: Mapping[str, str]) -> "Profile":
        """This profile with the settings' field map applied. Raises UnknownField."""
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
        """The values, besides the stage, that mark a ticket as open or closed."""
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
