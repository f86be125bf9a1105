"""Central Intake: every message a client sends becomes exactly one well-formed ticket."""

__version__ = "0.1.0"
