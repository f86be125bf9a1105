"""Commands that the team writes in Odoo's Discuss, and their answers."""
