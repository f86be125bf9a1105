"""[[app]]: the firm's own apps, which open tickets by signed webhooks."""

from intake.settings.section import Section


class App(Section):
    """One app."""

    name: str
