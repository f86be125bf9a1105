"""Names that one section gives and another uses: levels and request types."""

from intake.settings.complaint import Complaints
from intake.settings.roster import Roster
from intake.settings.sla import Sla
from routing.suggestion import suggestion


def check_names(sla: Sla, roster: Roster) -> None:
    """The SLA table's levels are on the roster, the people's skills in the SLA table.

    Raises ValidationError with the place of each name that is not there, as from the settings'
    root.
    """
    complaints = Complaints("Settings")
    rows = {row.id: number for number, row in enumerate(sla.type) if row.level is not None}
    types = sla.build().types
    for request_type in types.values():
        level = request_type.level
        if level in roster.levels:
            continue
        if request_type.id in rows:
            place: tuple[int | str, ...] = ("sla", "type", rows[request_type.id], "level")
            message = f"unknown level {level!r}; {suggestion(level, roster.levels)}"
        else:
            place = ("roster", "levels")
            message = (
                f"{level!r} is not among them, but request type {request_type.id!r} goes there: "
                f"add it, or give [[sla.type]] id = {request_type.id!r} another level"
            )
        complaints.add(place, message)
    for number, person in enumerate(roster.person):
        for position, skill in enumerate(person.skills):
            if skill not in types:
                message = f"unknown request type {skill!r}; {suggestion(skill, types)}"
                complaints.add(("roster", "person", number, "skills", position), message)
    complaints.raise_if_any()
