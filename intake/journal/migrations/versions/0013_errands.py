"""Digests, cards, and what was asked in the desk's chat."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
