"""The store's schema, one step at a time (Alembic)."""

HEAD = "0020"
"""The newest step in `versions/`. Kept here so that an ordinary start need not load Alembic."""
