"""The journal, on real PostgreSQL."""
