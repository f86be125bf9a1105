"""Odoo as the desk: a stock server, used through its external API, with nothing installed in it."""
