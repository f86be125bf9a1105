"""The closed vocabularies of the procedure.

Request types, services and levels are *not* here: they are ids that the firm's settings define.
"""

from enum import StrEnum


class Channel(StrEnum):
    """How a message arrived (procedure: canal)."""

    EMAIL = "email"
    WHATSAPP = "whatsapp"
    SMS = "sms"
    VOICE = "voice"
    APP = "app"
    CHAT = "chat"
    MANUAL = "manual"


class Kind(StrEnum):
    """Who is asking (procedure: tipo)."""

    CLIENT = "client"
    INTERNAL = "internal"


class Priority(StrEnum):
    """How urgent a ticket is (procedure: prioridade Alta / Média / Baixa)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Stage(StrEnum):
    """Where a ticket is in its life.

    Procedure: Novo (triagem), Agendado, Em andamento, Concluído, Cancelado.
    """

    NEW = "new"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_closed(self) -> bool:
        """True for DONE and CANCELLED: nothing more is owed to the client."""
        return self in (Stage.DONE, Stage.CANCELLED)


class Authentication(StrEnum):
    """What a trusted Authentication-Results header says about the sender (RFC 8601, DMARC)."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


UNCLASSIFIED = "unclassified"
"""The request type of a ticket that no rule could classify: it goes to the first level."""
