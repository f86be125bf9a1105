"""[watch]: what keeps the procedure's promises after the ticket is opened."""

from intake.settings.section import Section


class Watch(Section):
    """The clock, and what follows from what people do."""

    enabled: bool = True
