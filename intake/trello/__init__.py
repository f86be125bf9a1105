"""Trello's API, and where a card is placed."""
