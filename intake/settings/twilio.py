"""[twilio]: WhatsApp, SMS and telephone calls."""

from intake.settings.section import Section


class Twilio(Section):
    """An account at Twilio."""

    account_sid: str
    """`AC…`"""
