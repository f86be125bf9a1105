"""Renders replies from Jinja2 templates, which are checked at start."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from jinja2 import FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from intake.ports.reply_kinds import KINDS
from intake.replies import wording
from intake.replies.facts import AlarmFacts, DigestSection, ReplyFacts
from intake.replies.presentable import given_name, one_line, paragraphs, title_line
from intake.replies.template_check import RENDER_FAULTS, faults
from intake.settings.package_data import package_data
from routing.vocabulary import Channel

SHIPPED = package_data("templates")
"""The folder of the templates that come with the program."""

FAMILIES: dict[Channel, str] = {
    Channel.EMAIL: "email",
    Channel.MANUAL: "email",
    Channel.WHATSAPP: "short",
    Channel.SMS: "short",
    Channel.VOICE: "short",
    Channel.APP: "short",
    Channel.CHAT: "short",
}
"""Channel → family of templates. `email`: subject, text and HTML. `short`: a few lines of text, for
telephones and chats."""

PARTS = ("subject.txt", "txt", "html")

_log = structlog.get_logger(__name__)


class TemplatesInvalid(Exception):
    """a template cannot be used"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """The text of a reply. `subject` and `html` are empty on channels that have none."""

    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)


class Templates:
    """All templates, compiled. A file in an operator's folder replaces the shipped one."""

    def __init__(self, folders: Sequence[Path] = (), *, default_language: str = "pt-BR") -> None:
        self.folders = (*(f for f in folders if f.resolve() != SHIPPED.resolve()), SHIPPED)
        self.default_language = default_language
        self.environment = _environment(self.folders)
        self.names = frozenset(
            name for name in self.environment.list_templates() if name.endswith((".txt", ".html"))
        )
        self._shipped = self if len(self.folders) == 1 else Templates()

    @classmethod
    def load(cls, folders: Sequence[Path] = (), *, default_language: str = "pt-BR") -> "Templates":
        """Compile all templates, and render each with sample facts as a check.

        Raises TemplatesInvalid with one line for each fault: file:line, what is wrong, what would
        be right.
        """
        templates = cls(folders, default_language=default_language)
        if found := faults(templates):
            raise TemplatesInvalid("\n".join(found))
        return templates

    def compose(self, kind: str, channel: Channel, language: str, facts: ReplyFacts) -> Composed:
        """The text of a reply.

        If an operator's template has a fault that the check at start did not find, the fault is
        logged and the shipped template is used, so that the client gets an answer.
        """
        try:
            return self.render(kind, channel, language, facts)
        except RENDER_FAULTS as error:
            if self._shipped is self:
                raise
            _log.error("template failed, shipped one used", kind=kind, error=str(error))
            return self._shipped.render(kind, channel, language, facts)

    def render(self, kind: str, channel: Channel, language: str, facts: ReplyFacts) -> Composed:
        """As `compose`, but a template's fault raises one of RENDER_FAULTS."""
        found = self._find(kind, FAMILIES[channel], language)
        context = _context(facts, found.language)
        parts = {part: self._part(f"{found.stem}.{part}", context) for part in PARTS}
        return Composed(
            subject=one_line(parts["subject.txt"], 250),
            text=parts["txt"].strip() + "\n",
            html=parts["html"].strip(),
        )

    def own_files(self) -> tuple[Path, ...]:
        """The operator's templates that replace shipped ones or add parts."""
        found = (folder / name for folder in self.folders[:-1] for name in sorted(self.names))
        return tuple(path for path in found if path.exists())

    def stem(self, kind: str, channel: Channel, language: str) -> str:
        """The template that is used, without its suffix: `email/acknowledgement.pt-BR`."""
        return self._find(kind, FAMILIES[channel], language).stem

    def _part(self, name: str, context: Mapping[str, Any]) -> str:
        if name not in self.names:
            return ""
        return self.environment.get_template(name).render(context)

    def _find(self, kind: str, family: str, language: str) -> "_Found":
        wished = wording.supported(language, self.default_language)
        for in_family in dict.fromkeys((family, "email")):
            for in_language in dict.fromkeys((wished, self.default_language, "pt-BR")):
                stem = f"{in_family}/{kind}.{in_language}"
                if f"{stem}.txt" in self.names:
                    return _Found(stem=stem, language=in_language)
        raise ValueError(f"no template for {kind!r}; there are {', '.join(KINDS)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    stem: str
    language: str


def _context(facts: ReplyFacts, language: str) -> dict[str, Any]:
    """The variables of templates. Whatever clients wrote is first made one short line."""
    return {
        "language": language,
        "number": facts.number,
        "title": title_line(facts.title, number=facts.number),
        "greeting": wording.greeting(facts.now, zone=facts.zone, language=language),
        "name": given_name(facts.requester_name),
        "full_name": one_line(facts.requester_name, 80),
        "request_type": facts.request_type,
        "request_type_label": one_line(facts.request_type_label, 120),
        "service_label": one_line(facts.service_label, 120),
        "level": one_line(facts.level, 40),
        "owner": given_name(facts.owner_name),
        "owner_name": one_line(facts.owner_name, 80),
        "received_at": facts.received_at,
        "first_response_due": facts.first_response_due,
        "resolution_due": facts.resolution_due,
        "missing": facts.missing,
        "open_now": facts.open_now,
        "next_opening": facts.next_opening,
        "zone": facts.zone,
        "zone_name": wording.zone_name(facts.zone, language=language),
        "organisation": facts.organisation,
        "joined": facts.joined,
        "text": paragraphs(facts.text),
        "now": facts.now,
        "alarms": [_alarm(alarm) for alarm in facts.alarms],
        "digest": [_section(section) for section in facts.digest],
        "more_alarms": facts.more_alarms,
        "extra": {key: one_line(value, 500) for key, value in facts.extra.items()},
    }


def _alarm(alarm: AlarmFacts) -> dict[str, Any]:
    return {
        "kind": alarm.kind,
        "about": alarm.about,
        "since": alarm.since,
        "role": alarm.role,
        "number": alarm.number,
        "title": title_line(alarm.title, number=alarm.number),
        "owner": given_name(alarm.owner_name),
        "level": one_line(alarm.level, 40),
        "instead_of": given_name(alarm.instead_of),
        "desk_url": alarm.desk_url,
    }


def _section(section: DigestSection) -> dict[str, Any]:
    return {
        "topic": section.topic,
        "total": section.total,
        "lines": [
            {
                "number": line.number,
                "at": line.at,
                "title": title_line(line.title, number=line.number),
                "owner": given_name(line.owner_name),
                "level": one_line(line.level, 40),
                "urgent": line.urgent,
                "desk_url": line.desk_url,
            }
            for line in section.lines
        ],
    }


@pass_context
def _instant(context: Context, at: datetime | None) -> str:
    return _in_words(wording.instant, context, at)


@pass_context
def _until(context: Context, at: datetime | None) -> str:
    return _in_words(wording.until, context, at)


def _in_words(say: Callable[..., str], context: Context, at: datetime | None) -> str:
    if not isinstance(at, datetime):
        raise TypeError(
            f"{at} is no instant; a term may be missing: put {{% if resolution_due %}} around it"
        )
    return say(at, now=context["now"], zone=context["zone"], language=context["language"])


def _environment(folders: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        # utf-8-sig drops the byte order mark that some editors write.
        loader=FileSystemLoader([str(folder) for folder in folders], encoding="utf-8-sig"),
        autoescape=lambda name: name is None or ".html" in name,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters["instant"] = _instant
    environment.filters["until"] = _until
    return environment
