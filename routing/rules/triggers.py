"""The triggers of a condition: matches without which it cannot hold.

Thanks to them, most rules need not be tested on a message.
"""

from routing.rules.conditions import Condition, Every, Fact, NoneOf, Phrases, Regex, Some


def triggers_of(condition: Condition) -> frozenset[int] | None:
    """The triggers of a condition, of which at least one must be found for it to hold.

    They are phrase nodes, and regular expressions as -1 - number. None: the condition may hold
    without any.
    """
    match condition:
        case Phrases(nodes):
            return frozenset(nodes)
        case Regex(numbers):
            return frozenset(-1 - number for number in numbers)
        case Every(parts):
            known = [found for part in parts if (found := triggers_of(part)) is not None]
            return min(known, key=lambda each: (len(each), sorted(each)), default=None)
        case Some(parts):
            needed: frozenset[int] = frozenset()
            for part in parts:
                found = triggers_of(part)
                if found is None:
                    return None
                needed |= found
            return needed
        case _:
            return None


def asks_for_decision(condition: Condition) -> bool:
    """Whether a condition can be tested only after the request type was decided."""
    match condition:
        case Fact("request_type"):
            return True
        case Every(parts) | Some(parts) | NoneOf(parts):
            return any(asks_for_decision(part) for part in parts)
        case _:
            return False
