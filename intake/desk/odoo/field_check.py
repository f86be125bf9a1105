"""Checks that the ticket's model has the fields that the profile and the field map name."""

from collections.abc import AsyncIterator, Mapping

from intake.desk.odoo.checked import Checked, checked
from intake.desk.odoo.sessions import OdooSessions
from intake.settings.desk import Odoo
from intake.settings.odoo_profiles import PROFILES, Profile

TEXT = frozenset(("char", "text", "html"))
TYPES: Mapping[str, frozenset[str]] = {
    "received_at": frozenset(("datetime",)),
    "first_response_due": frozenset(("datetime",)),
    "resolution_due": frozenset(("datetime",)),
}
"""Types of fields that are not in the model by default. All others hold text."""


async def check_fields(sessions: OdooSessions, odoo: Odoo) -> AsyncIterator[Checked]:
    """A result for each field that cannot be written; a single one if all can."""
    profile = PROFILES[odoo.profile]
    mapped = profile.overlaid(odoo.fields)
    known = await sessions.call(profile.model, "fields_get", [], ["type", "readonly"])
    wrong = [
        complaint
        for ours, theirs in mapped.fields.items()
        if (complaint := _complaint(profile, known, ours, theirs))
    ]
    for complaint in wrong:
        yield checked("desk fields", False, complaint)
    if not wrong:
        yield checked("desk fields", True, f"{len(mapped.fields)} of {profile.model}")


def _complaint(
    profile: Profile, known: Mapping[str, Mapping[str, object]], ours: str, theirs: str
) -> str:
    if theirs not in known:
        return (
            f"{profile.model} has no field {theirs} for {ours}: look at [odoo.fields], "
            f'or leave it out with {ours} = ""'
        )
    if profile[ours] == theirs:
        return ""
    wanted = _types(profile, known, ours)
    kind = str(known[theirs]["type"])
    if kind not in wanted:
        return f"{theirs} is of the type {kind}, but {ours} needs {' or '.join(sorted(wanted))}"
    if known[theirs]["readonly"]:
        return f"{theirs}, for {ours}, cannot be written: it is computed by Odoo"
    return ""


def _types(
    profile: Profile, known: Mapping[str, Mapping[str, object]], ours: str
) -> frozenset[str]:
    own = profile[ours]
    if own in known:
        kind = str(known[own]["type"])
        return TEXT if kind in TEXT else frozenset((kind,))
    return TYPES.get(ours, TEXT)
