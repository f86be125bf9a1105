"""A channel of Odoo's Discuss in which the team gives commands.

Replies are posted, not loaded as records: only then do they appear in pages that people have open.
A repeated reply is recognised by its Message-ID.
"""

import re
import time
from collections.abc import Callable, Collection, Sequence
from html import escape
from typing import Any

from intake.desk.odoo.layout import external
from intake.desk.odoo.place import Found, by_external_id, by_name
from intake.desk.odoo.rpc import OdooAway, OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.settled import settled
from intake.desk.odoo.traces import instant
from intake.desk.odoo.users import FRESH
from intake.ports.chat import (
    Author,
    ChannelState,
    ChatRefused,
    ChatReply,
    Contact,
    NewLines,
    Written,
)
from intake.ports.description import paragraphs
from intake.ports.desk import DeskUnavailable
from intake.ports.desk_tags import slug
from routing.commands.parameters import folded

CHANNEL, MESSAGE, MEMBER = "discuss.channel", "mail.message", "discuss.channel.member"
PAGE = 200
MOST_CONTACTS = 6
MOST_ALIKE = 100


class ChannelMissing(DeskUnavailable):
    """the channel for commands is not there"""


def channel_id(name: str) -> str:
    """The external id of the channel that the settings call `name`."""
    return external(f"channel_{slug(name)}")


async def find_channel(
    sessions: OdooSessions, name: str, *, archived: bool = False
) -> Found | None:
    """The channel by its external id, even if it was renamed, or else by its name."""
    external_id = channel_id(name)
    made = await by_external_id(sessions, external_id, CHANNEL, archived=archived)
    if made is not None:
        return Found(made, external_id)
    inside = [("channel_type", "=", "channel")]
    named = (await by_name(sessions, CHANNEL, [name], inside)).get(name)
    return None if named is None else Found(named)


async def is_member(sessions: OdooSessions, channel: int, user: str) -> bool:
    """Whether the user with this login is a member."""
    domain = [("channel_id", "=", channel), ("partner_id.user_ids.login", "=", user)]
    return bool(await sessions.call(MEMBER, "search_count", domain))


class OdooChat:
    """Implements `Chat`."""

    def __init__(
        self,
        sessions: OdooSessions,
        name: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._sessions = sessions
        self._clock = clock
        self._channel: tuple[float, Found] | None = None

    async def enter(self) -> ChannelState:
        """See `Chat.enter`."""
        found = await self._find()
        channel, made = found.record, bool(found.external_id)
        newest = await self._ask(
            MESSAGE,
            "search_read",
            [("model", "=", CHANNEL), ("res_id", "=", channel)],
            ["create_date"],
            order="id desc",
            limit=1,
        )
        if not newest:
            return ChannelState(id=channel, newest=0, newest_at=None, created_by_setup=made)
        at = instant(newest[0]["create_date"])
        return ChannelState(id=channel, newest=newest[0]["id"], newest_at=at, created_by_setup=made)

    async def after(self, last: int, *, seen: Collection[int] = ()) -> NewLines:
        """See `Chat.after`. One call if nothing was written."""
        channel = (await self._find()).record
        us = await self._sessions.user_id()
        rows: list[dict[str, Any]] = []
        while True:
            page = await self._ask(
                MESSAGE,
                "search_read",
                [
                    ("model", "=", CHANNEL),
                    ("res_id", "=", channel),
                    ("id", ">", rows[-1]["id"] if rows else last),
                    ("message_type", "=", "comment"),
                    ("create_uid", "!=", us),
                    ("create_uid.share", "=", False),
                ],
                ["body", "create_uid", "create_date"],
                order="id",
                limit=PAGE,
            )
            rows += page
            if len(page) < PAGE:
                break
        if not rows:
            return NewLines(written=(), last=last)
        new = [row for row in rows if row["id"] not in seen]
        written = await self._written(channel, new) if new else ()
        return NewLines(written=written, last=settled(rows, last))

    async def contacts(self, name: str) -> Sequence[Contact] | None:
        """See `Chat.contacts`. Case and accents are ignored."""
        try:
            rows = await self._sessions.call(
                "res.partner",
                "search_read",
                [("name", "=ilike", _alike(name))],
                ["name", "email_normalized", "phone"],
                order="id",
                limit=MOST_ALIKE,
            )
        except OdooRefused:
            return None
        return [
            Contact(
                ref=str(row["id"]),
                name=row["name"] or name,
                address=row["email_normalized"] or "",
                phone=row["phone"] or "",
            )
            for row in rows
            if folded(row["name"] or "") == folded(name)
        ][:MOST_CONTACTS]

    async def say(self, room: int, answer: ChatReply) -> None:
        """See `Chat.say`."""
        here = [("model", "=", CHANNEL), ("res_id", "=", room)]
        either = ["|", ("message_id", "=", answer.mark), ("id", "=", answer.to)]
        try:
            known = await self._sessions.call(
                MESSAGE, "search_read", [*here, *either], ["message_id"]
            )
            if any(row["message_id"] == answer.mark for row in known):
                return
            await self._sessions.call(
                CHANNEL,
                "message_post",
                [room],
                body=_html(answer),
                body_is_html=True,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                message_id=answer.mark,
                # The author may have deleted the message since.
                parent_id=answer.to if any(row["id"] == answer.to for row in known) else False,
            )
        except OdooRefused as error:
            raise ChatRefused(error.words) from error

    async def check(self) -> str:
        """See `Chat.check`."""
        self._channel = None
        return f"channel “{self.name}”, {(await self.enter()).newest} its newest message"

    async def _find(self) -> Found:
        now = self._clock()
        if self._channel is None or now - self._channel[0] > FRESH:
            try:
                found = await find_channel(self._sessions, self.name)
            except OdooRefused as error:
                raise OdooAway(f"{CHANNEL} cannot be read: {error.words}") from error
            if found is None:
                raise ChannelMissing(
                    f"Odoo has no channel “{self.name}” that our user can see: "
                    "run intake odoo setup --apply"
                )
            self._channel = (now, found)
        return self._channel[1]

    async def _ask(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._sessions.call(model, method, *args, **kwargs)
        except OdooRefused as error:
            # The channel was deleted or a right was removed: the next call finds out which.
            self._channel = None
            raise OdooAway(f"the channel “{self.name}” cannot be read: {error.words}") from error

    async def _written(self, channel: int, rows: Sequence[dict[str, Any]]) -> list[Written]:
        users = sorted({row["create_uid"][0] for row in rows})
        known = await self._ask(
            "res.users",
            "search_read",
            [("id", "in", users)],
            ["login", "name", "email", "partner_id"],
            context={"active_test": False},
        )
        partners = [each["partner_id"][0] for each in known]
        domain = [("channel_id", "=", channel), ("partner_id", "in", partners)]
        inside = await self._ask(MEMBER, "search_read", domain, ["partner_id"])
        members = {row["partner_id"][0] for row in inside}
        authors = {each["id"]: _author(each, each["partner_id"][0] in members) for each in known}
        return [
            Written(
                id=row["id"],
                at=instant(row["create_date"]),
                html=row["body"] or "",
                author=authors[row["create_uid"][0]],
            )
            for row in rows
            if row["create_uid"][0] in authors
        ]


def _alike(name: str) -> str:
    """A pattern for PostgreSQL's ILIKE that accepts any character in place of a letter that may
    have an accent."""
    plain = folded(name).replace("\\", "\\\\").replace("%", "\\%")
    return re.sub("[aeioucn]", "_", plain)


def _author(row: dict[str, Any], is_member: bool) -> Author:
    login = row["login"]
    address = row["email"] or (login if "@" in login else "")
    return Author(login=login, name=row["name"] or "", address=address.lower(), is_member=is_member)


def _html(answer: ChatReply) -> str:
    body = paragraphs(answer.text)
    if not answer.link or not answer.number:
        return body
    number, link = escape(answer.number), escape(answer.link)
    return body.replace(number, f'<a href="{link}">{number}</a>', 1)
