"""E-mail: IMAP and Maildir in, SMTP out."""
