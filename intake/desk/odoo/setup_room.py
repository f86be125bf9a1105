"""Setup of the channel for commands, with the daemon's user as a member."""

from intake.desk.odoo.discuss import CHANNEL, MEMBER, channel_id, find_channel, is_member
from intake.desk.odoo.place import Found
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.setup_step import Doing, Step, doing
from intake.settings.desk import Odoo


async def room_steps(sessions: OdooSessions, odoo: Odoo) -> tuple[Step, ...]:
    """The steps for the channel; none if the settings want no channel."""
    if odoo.discuss is None:
        return ()
    name = odoo.discuss.channel
    found = _record(await find_channel(sessions, name))
    archived = None
    if found is None:
        archived = _record(await find_channel(sessions, name, archived=True))
    inside = found is not None and await is_member(sessions, found, odoo.user)
    channel = Step(
        what=f"channel “{name}”",
        doing=doing(found, archived),
        model=CHANNEL,
        external_id=channel_id(name),
        record=found or archived,
        values={
            "name": name,
            "channel_type": "channel",
            "description": "Abra chamados: /ticket Título. /ticket ajuda mostra os parâmetros.",
        },
    )
    return (
        channel,
        Step(
            what=f"user {odoo.user} in the channel “{name}”",
            doing=Doing.NOTHING if inside else Doing.LINK,
            model=MEMBER,
            external_id="",
        ),
    )


def _record(found: Found | None) -> int | None:
    return None if found is None else found.record


async def join(sessions: OdooSessions, channel: int, user: str) -> None:
    """Make the user a member of the channel. Repeating it changes nothing."""
    found = await sessions.call("res.users", "search_read", [("login", "=", user)], ["partner_id"])
    partners = [row["partner_id"][0] for row in found]
    if partners:
        await sessions.call(CHANNEL, "add_members", [channel], partner_ids=partners)
