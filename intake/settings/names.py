"""Names that one section defines and another uses: levels and request types."""

from intake.settings.complaint import Complaints
from intake.settings.roster import Roster
from intake.settings.sla import Sla
from routing.suggestion import suggestion


def check_names(sla: Sla, roster: Roster) -> None:
    """Check that the SLA table's levels are on the roster, and people's skills in the SLA table.

    Raises ValidationError with the place of each unknown name, starting at the settings' root.
    """
    complaints = Complaints("Settings")
    rows = {row.id: number for number, row in enumerate(sla.type) if row.level is not None}
    types = sla.build().types
    homeless: dict[str, list[str]] = {}
    for request_type in types.values():
        level = request_type.level
        if level in roster.levels:
            continue
        if request_type.id in rows:
            message = f"unknown level {level!r}; {suggestion(level, roster.levels)}"
            complaints.add(("sla", "type", rows[request_type.id], "level"), message)
        else:
            homeless.setdefault(level, []).append(request_type.id)
    for level, ids in homeless.items():
        message = (
            f"{level!r} is not among them, but it has the request types {', '.join(ids)}: "
            "add it, or give them another level in [[sla.type]]"
        )
        complaints.add(("roster", "levels"), message)
    for number, person in enumerate(roster.person):
        for position, skill in enumerate(person.skills):
            if skill not in types:
                message = f"unknown request type {skill!r}; {suggestion(skill, types)}"
                complaints.add(("roster", "person", number, "skills", position), message)
    complaints.raise_if_any()
