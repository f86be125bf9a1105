"""Listens to IMAP mailboxes, by IDLE where the server has it."""
