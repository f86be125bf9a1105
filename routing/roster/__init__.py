"""The roster (Quadro de Suporte): who is on which level, who is at work, and who owns a ticket."""

from routing.roster.assignment import Assignment, Load, Strategy
from routing.roster.escalation import Escalation, NoHigherLevel, OwnedTicket, SameLevel, escalate
from routing.roster.person import Absence, Person
from routing.roster.roster import LEVELS, Roster, UnknownLevel

__all__ = [
    "LEVELS",
    "Absence",
    "Assignment",
    "Escalation",
    "Load",
    "NoHigherLevel",
    "OwnedTicket",
    "Person",
    "Roster",
    "SameLevel",
    "Strategy",
    "UnknownLevel",
    "escalate",
]
