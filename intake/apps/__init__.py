"""Requests of the firm's own apps: read, checked, answered, and what the apps are told of them."""
