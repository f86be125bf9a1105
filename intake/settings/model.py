"""All sections of the settings file."""

from pathlib import Path

from pydantic import Field, model_validator

from intake.settings.apps import App
from intake.settings.calendar import Calendar
from intake.settings.conversations import Conversations
from intake.settings.database import Database
from intake.settings.desk import Desk, Odoo, check_desk
from intake.settings.http import Http
from intake.settings.listeners import Imap, Maildir
from intake.settings.mail import Mail
from intake.settings.names import check_names
from intake.settings.operations import Log, Work
from intake.settings.replies import Replies, Smtp
from intake.settings.roster import Roster
from intake.settings.routing import Rules
from intake.settings.section import Section
from intake.settings.sla import Sla
from intake.settings.tickets import Organisation, Tickets
from intake.settings.trello import Trello
from intake.settings.twilio import Twilio
from intake.settings.watch import Watch


class Settings(Section):
    """All settings. Every section has defaults: an empty file is valid, but has no listeners."""

    path: Path | None = Field(default=None, exclude=True)
    """The file that these settings were read from; not a key of the file."""
    organisation: Organisation = Organisation()
    database: Database = Database()
    imap: tuple[Imap, ...] = ()
    maildir: tuple[Maildir, ...] = ()
    twilio: Twilio | None = None
    app: tuple[App, ...] = ()
    mail: Mail = Mail()
    conversations: Conversations = Conversations()
    tickets: Tickets = Tickets()
    rules: Rules = Rules()
    calendar: Calendar = Calendar()
    sla: Sla = Sla()
    roster: Roster = Roster()
    replies: Replies = Replies()
    smtp: Smtp = Smtp()
    desk: Desk = Desk()
    odoo: Odoo = Odoo()
    watch: Watch = Watch()
    trello: Trello | None = None
    work: Work = Work()
    http: Http = Http()
    log: Log = Log()

    @model_validator(mode="after")
    def _names_differ(self) -> "Settings":
        for kind, names in (
            ("imap", [box.name for box in self.imap]),
            ("maildir", [box.name for box in self.maildir]),
            ("app", [app.name for app in self.app]),
        ):
            repeated = {name for name in names if names.count(name) > 1}
            if repeated:
                raise ValueError(
                    f"two [[{kind}]] are called {sorted(repeated)[0]!r}: each needs its own name"
                )
        return self

    @model_validator(mode="after")
    def _names_known(self) -> "Settings":
        check_names(self.sla, self.roster)
        return self

    @model_validator(mode="after")
    def _desk_reachable(self) -> "Settings":
        check_desk(self.desk, self.odoo)
        return self
