"""The channel in Odoo's Discuss: the team's commands and the replies to them."""
