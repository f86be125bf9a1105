"""Level changes that people make at the desk: escalations, if the new level is clear."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.watch.change_sets import ChangeSet

SEVERAL = (
    "Este chamado está com etiquetas de mais de um nível: não dá para saber em qual está, e ele "
    "ficou no nível {level}, com o mesmo responsável. Deixem uma só."
)
WITH_OWNER = "Foi do nível {before} para o {after} com o responsável que {who} escolheu."
SOMEBODY = "alguém"


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelChange:
    """A change of a ticket's level at the desk."""

    to: str | None
    """The new level; None if the desk shows several at once."""
    who: str | None
    """A login; None if the desk does not say."""
    owner_chosen: bool
    """Whether the same change set also sets the owner."""


def level_change(change_sets: Sequence[ChangeSet], level: str) -> LevelChange | None:
    """The last level change in these change sets; None if there is none or it leads to `level`.

    `level`: the ticket's present level.
    """
    for change_set in reversed(change_sets):
        change = change_set.of("level")
        if change is None:
            continue
        to = str(change.after) if change.after is not None else None
        if to == level:
            return None
        owner = change_set.of("owner")
        chosen = owner is not None and owner.after is not None
        return LevelChange(to=to, who=change_set.who, owner_chosen=chosen)
    return None
