"""The e-mail channel: IMAP and Maildir in, SMTP out."""
