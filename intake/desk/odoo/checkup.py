"""The checks of an Odoo by `intake doctor`. Each result says what to do about it."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from intake.desk.odoo.checked import Checked, checked
from intake.desk.odoo.connect import sessions_of
from intake.desk.odoo.discuss import find_channel, is_member
from intake.desk.odoo.field_check import check_fields
from intake.desk.odoo.layout import LAYOUTS, STAGES, Layout, tags_of
from intake.desk.odoo.place import Place, find_place
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.users import Users
from intake.ports.desk import DeskUnavailable
from intake.ports.desk_tags import DeskTag
from intake.settings.desk import Odoo
from intake.settings.model import Settings

MAJOR = "19."
MOST_SKEW = timedelta(seconds=30)
"""Largest accepted difference of the clocks. Due times and polling compare Odoo's clock with
ours."""
Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Right:
    """A right that the daemon's user needs for a feature."""

    feature: str
    needs: Sequence[tuple[str, str]]
    """Model and operation; an empty model means the tickets' model."""
    remedy: str
    without: str = ""
    """What happens without the right; empty if the daemon requires it."""


RIGHTS = (
    Right(
        feature="tickets",
        needs=(("", "read"), ("", "create"), ("", "write")),
        remedy="give the user the group {group}",
    ),
    Right(
        feature="messages and notes",
        needs=(("mail.message", "create"), ("mail.message", "read")),
        remedy="make the user an internal one (User Type: Internal User)",
    ),
    Right(
        feature="attachments",
        needs=(("ir.attachment", "create"),),
        remedy="make the user an internal one (User Type: Internal User)",
    ),
    Right(
        feature="clients",
        needs=(("res.partner", "read"), ("res.users", "read")),
        remedy="make the user an internal one (User Type: Internal User)",
    ),
    Right(
        feature="who changed what",
        needs=(("mail.tracking.value", "read"),),
        remedy="",
        without="Odoo shows old values to its administrators only: who changed a field is taken "
        "from the ticket's messages, where there is one",
    ),
)
CONTACTS = Right(
    feature="new contacts",
    needs=(("res.partner", "create"),),
    remedy="give the user the right Contact / Creation, or set create_contacts = false",
)


async def examine_settings(settings: Settings, *, clock: Clock) -> list[Checked]:
    """Check the Odoo of these settings, with their roster and tags."""
    sessions = sessions_of(settings.odoo)
    logins = [person.login for person in settings.roster.person]
    try:
        return await examine(
            sessions, settings.odoo, tags=tags_of(settings), logins=logins, clock=clock
        )
    finally:
        await sessions.close()


async def examine(
    sessions: OdooSessions,
    odoo: Odoo,
    *,
    tags: Sequence[DeskTag],
    logins: Sequence[str],
    clock: Clock,
) -> list[Checked]:
    """All checks that are possible. `logins` are the roster's."""
    asked_at = clock()
    try:
        version = await sessions.version()
    except DeskUnavailable as error:
        return [checked("desk", False, _one_line(error))]
    answered_at = clock()
    layout = LAYOUTS[odoo.profile]
    found = [_version(odoo, version), *_transport(odoo)]
    if not await _is_installed(sessions, layout):
        return [*found, checked("desk model", False, _not_installed(layout))]
    looks: tuple[tuple[str, Callable[[], AsyncIterator[Checked]]], ...] = (
        ("desk rights", lambda: _rights(sessions, odoo, layout)),
        ("desk fields", lambda: check_fields(sessions, odoo)),
        ("desk place", lambda: _place(sessions, odoo, layout, tags)),
        ("desk users", lambda: _users(sessions, logins)),
        ("desk channel", lambda: _channel(sessions, odoo)),
        ("desk clock", lambda: _clock_skew(sessions, odoo, asked_at, answered_at)),
    )
    for what, look in looks:
        try:
            found += [each async for each in look()]
        except (DeskUnavailable, OdooRefused) as error:
            found.append(checked(what, False, _one_line(error)))
    return found


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _version(odoo: Odoo, version: str) -> Checked:
    detail = f"Odoo {version} at {odoo.url}, database {odoo.database}, as {odoo.user}"
    if version.startswith(MAJOR):
        return checked("desk", True, detail)
    return checked("desk", False, f"{detail}: made for {MAJOR}0; try it on a copy first")


def _transport(odoo: Odoo) -> list[Checked]:
    where = urlsplit(odoo.url)
    if where.scheme == "https" or _is_here(where.hostname or ""):
        return []
    detail = "the password and all messages travel in clear: write https:// in the url"
    return [checked("desk transport", False, detail)]


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _is_installed(sessions: OdooSessions, layout: Layout) -> bool:
    try:
        await sessions.call(layout.ticket_model, "has_access", [], "read")
    except OdooRefused as error:
        if error.name != "odoo.exceptions.UserError":
            raise
        return False
    return True


def _not_installed(layout: Layout) -> str:
    return (
        f"this database has no {layout.ticket_model}: install the module {layout.module}, "
        "or choose the other profile"
    )


async def _rights(sessions: OdooSessions, odoo: Odoo, layout: Layout) -> AsyncIterator[Checked]:
    asked = [*RIGHTS, *([CONTACTS] if odoo.create_contacts else [])]
    for right in asked:
        lacking = []
        for named, operation in right.needs:
            model = named or layout.ticket_model
            if not await sessions.call(model, "has_access", [], operation):
                lacking.append(f"{operation} {model}")
        what = f"desk {right.feature}"
        if not lacking:
            yield checked(what, True, "the rights are there")
        elif right.without:
            yield checked(what, True, right.without)
        else:
            remedy = right.remedy.format(group=layout.user_group)
            yield checked(what, False, f"may not {', '.join(lacking)}: {remedy}")


async def _place(
    sessions: OdooSessions, odoo: Odoo, layout: Layout, tags: Sequence[DeskTag]
) -> AsyncIterator[Checked]:
    place = await find_place(sessions, layout, odoo.project, tags)
    for what, lacking in _lacking(place, odoo, layout, tags):
        if lacking:
            detail = f"not there: {lacking}; run intake odoo setup, which says what it would do"
            yield checked(what, False, detail)
    if place.container is not None and not place.missing_stages:
        detail = f"{layout.container_word} “{odoo.project}” with its {len(STAGES)} stages"
        yield checked("desk place", True, detail)


def _lacking(
    place: Place, odoo: Odoo, layout: Layout, tags: Sequence[DeskTag]
) -> list[tuple[str, str]]:
    if place.container is None:
        return [("desk place", f"a {layout.container_word} “{odoo.project}” that the user may see")]
    stages = ", ".join(STAGES[stage].name for stage in place.missing_stages)
    labels = ", ".join(tag.label for tag in tags if tag.key not in place.tags)
    return [("desk stages", stages), ("desk tags", labels)]


async def _users(sessions: OdooSessions, logins: Sequence[str]) -> AsyncIterator[Checked]:
    known = await Users(sessions).ids_of(logins)
    lacking = [login for login in logins if known[login] is None]
    for login in lacking:
        yield checked(
            "desk users",
            False,
            f"{login} of the roster is no active user of Odoo, and those tickets fall to N0: "
            "correct the login in [[roster.person]], or the user in Odoo",
        )
    if logins and not lacking:
        yield checked("desk users", True, f"all {len(logins)} of the roster")


async def _channel(sessions: OdooSessions, odoo: Odoo) -> AsyncIterator[Checked]:
    if odoo.discuss is None:
        return
    name = odoo.discuss.channel
    found = await find_channel(sessions, name)
    if found is None:
        detail = f"no channel “{name}” that the user may see: run intake odoo setup --apply"
        yield checked("desk channel", False, detail)
        return
    inside = await is_member(sessions, found.record, odoo.user)
    outside = f"{odoo.user} is no member: add it in Discuss, or run intake odoo setup --apply"
    detail = "our user is in it" if inside else outside
    yield checked("desk channel", inside, f"“{name}”: {detail}")


async def _clock_skew(
    sessions: OdooSessions, odoo: Odoo, asked_at: datetime, answered_at: datetime
) -> AsyncIterator[Checked]:
    """Compare the clocks by our own login, whose time Odoo recorded between `asked_at` and
    `answered_at`."""
    [row] = await sessions.call(
        "res.users", "search_read", [("id", "=", await sessions.user_id())], ["login_date"]
    )
    theirs = datetime.fromisoformat(row["login_date"]).replace(tzinfo=UTC)
    early = (asked_at - theirs).total_seconds()
    late = (theirs - answered_at).total_seconds()
    apart = max(early, late, 0.0)
    if apart <= MOST_SKEW.total_seconds():
        yield checked("desk clock", True, "agrees with ours")
        return
    way = "behind" if early > late else "ahead of"
    yield checked(
        "desk clock",
        False,
        f"Odoo's clock is {apart:.0f} s {way} ours: set both by NTP (timedatectl)",
    )
