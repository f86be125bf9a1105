"""Tags that setup did not create: the rules' own, and those added to the settings since."""

import time
from collections.abc import Callable, Collection, Mapping

import structlog

from intake.desk.odoo.layout import tag_id
from intake.desk.odoo.loading import load
from intake.desk.odoo.place import Found, external_ids, find_tags
from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk_tags import DeskTag

log = structlog.get_logger()

FRESH = 600.0
"""Seconds after which a tag that could not be created is tried again."""


class MoreTags:
    """Finds tags by name and creates them if the rights allow it.

    A tag that cannot be created is left out: no ticket waits for a tag.
    """

    def __init__(
        self, sessions: OdooSessions, model: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = sessions
        self._model = model
        self._clock = clock
        self._known: dict[str, Found] = {}
        self._lacking: dict[str, float] = {}

    async def ids(self, tags: Collection[DeskTag]) -> Mapping[str, int]:
        """Key → database id, for those of the tags that Odoo has or accepts."""
        now = self._clock()
        asked = [
            tag
            for tag in sorted(tags, key=lambda tag: tag.key)
            if tag.key not in self._known and now - self._lacking.get(tag.key, -FRESH) >= FRESH
        ]
        if asked:
            await self._get(asked, now)
        return {tag.key: self._known[tag.key].record for tag in tags if tag.key in self._known}

    @property
    def external_ids(self) -> Mapping[int, str]:
        """Database id → external id, for the cached tags that have one."""
        return external_ids(self._known.values())

    def forget(self) -> None:
        """Clear the cache."""
        self._known.clear()
        self._lacking.clear()

    async def _get(self, asked: list[DeskTag], now: float) -> None:
        found = await find_tags(self._sessions, self._model, asked)
        self._known.update(found)
        rest = {tag_id(tag, self._model): tag for tag in asked if tag.key not in found}
        if not rest:
            return
        wanted = {external_id: {"name": tag.label} for external_id, tag in rest.items()}
        loaded = await load(self._sessions, self._model, wanted)
        for external_id, tag in rest.items():
            if external_id in loaded.ids:
                self._known[tag.key] = Found(loaded.ids[external_id], external_id)
            else:
                self._lacking[tag.key] = now
                reason = loaded.refused[external_id][:200]
                log.warning("odoo.tag_missing", tag=tag.key, reason=reason)
