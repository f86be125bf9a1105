"""Build what jobs use for decisions from the settings: rules, tables and templates."""

from dataclasses import dataclass
from datetime import timedelta

from intake.replies.templates import Templates
from intake.settings.model import Settings
from intake.settings.rules_files import load_rule_set
from routing.ledger import Caps
from routing.reception import Policy
from routing.triage import Procedure


@dataclass(frozen=True, kw_only=True, slots=True)
class ActiveConfig:
    """One version of the settings and everything built from it.

    A job takes it once and keeps it, so that a reload never happens in the middle of a decision.
    """

    settings: Settings
    policy: Policy
    templates: Templates


def own_addresses(settings: Settings) -> frozenset[str]:
    """The addresses that we write from, in lower case. Mail from them is our own."""
    written = (settings.replies.sender, *settings.mail.own_addresses)
    return frozenset(address.lower() for address in written)


def build_config(settings: Settings) -> ActiveConfig:
    """Build everything from one version of the settings.

    Raises RulesInvalid or TemplatesInvalid with file, line and a way to fix it.
    """
    replies = settings.replies
    procedure = Procedure(
        sla=settings.sla.build(),
        calendar=settings.calendar.build(),
        roster=settings.roster.build(),
    )
    policy = Policy(
        rules=load_rule_set(settings),
        procedure=procedure,
        caps=Caps(per_address=replies.per_address_hour, overall=replies.overall_hour),
        reopen=timedelta(days=settings.tickets.reopen_days),
        own_domains=frozenset(domain.lower() for domain in settings.organisation.domains),
        own_addresses=own_addresses(settings),
        new_after=timedelta(hours=settings.conversations.new_after_hours),
    )
    templates = Templates.load(
        [replies.templates] if replies.templates else [],
        default_language=replies.default_language,
    )
    return ActiveConfig(settings=settings, policy=policy, templates=templates)
