"""The firm's own apps: signed webhooks in, signed callbacks out."""
