"""One conversation, one ticket: mails come in, and what comes of them."""
