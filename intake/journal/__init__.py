"""The journal: PostgreSQL, where everything that came in is safe before anything else happens."""
