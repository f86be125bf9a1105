"""A ticket whose level people changed at the desk: an escalation, if they say to which."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.watch.deeds import JobSpec

SEVERAL = (
    "Este chamado está com etiquetas de mais de um nível: não dá para saber em qual está, e ele "
    "ficou no nível {level}, com o mesmo responsável. Deixem uma só."
)
WITH_OWNER = "Foi do nível {before} para o {after} com o responsável que {who} escolheu."
SOMEBODY = "alguém"


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelChange:
    """What people made of a ticket's level."""

    to: str | None
    """None where the desk shows several at once."""
    who: str | None
    """A login; None where the desk does not tell."""
    owner_chosen: bool
    """Whether they said in the same deed who owns it now."""


def level_change(deeds: Sequence[JobSpec], level: str) -> LevelChange | None:
    """The last one, as long as it leads anywhere. `level`: on which the ticket is."""
    for deed in reversed(deeds):
        change = deed.of("level")
        if change is None:
            continue
        to = str(change.after) if change.after is not None else None
        if to == level:
            return None
        owner = deed.of("owner")
        chosen = owner is not None and owner.after is not None
        return LevelChange(to=to, who=deed.who, owner_chosen=chosen)
    return None
