"""The channel of the organisation's own apps: signed webhooks in, signed callbacks out."""
