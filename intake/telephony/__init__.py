"""Telephones: what Twilio's webhooks say, as messages."""
