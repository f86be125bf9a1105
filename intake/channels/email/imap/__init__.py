"""IMAP mailboxes, listened to by IDLE."""
