"""Odoo as the desk: a stock server, reached by its external API, nothing installed in it."""
