"""[trello]: notes that mention `@Trello` make cards."""

from intake.settings.section import Section


class Trello(Section):
    """An account at Trello."""
