"""Recordings: the states they go through, and whose yes must be there before one is published."""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class State(StrEnum):
    """Where a recording is on its way to the public."""

    PLANNED = "planned"
    RECORDED = "recorded"
    EDITING = "editing"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Consent(StrEnum):
    """What somebody who is seen or heard has said. `cut`: they are not in it, so nobody asks."""

    UNKNOWN = ""
    ASKED = "asked"
    YES = "yes"
    NO = "no"
    CUT = "cut"


ENOUGH = frozenset({Consent.YES, Consent.CUT})
MOVES = {
    State.PLANNED: frozenset({State.RECORDED, State.EDITING, State.PUBLISHED, State.WITHDRAWN}),
    State.RECORDED: frozenset({State.PLANNED, State.EDITING, State.PUBLISHED, State.WITHDRAWN}),
    State.EDITING: frozenset({State.RECORDED, State.PUBLISHED, State.WITHDRAWN}),
    State.PUBLISHED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset({State.EDITING, State.PUBLISHED}),
}


def waiting_for(people: Sequence[str], consents: Mapping[str, Consent]) -> list[str]:
    """Return the keys of those whose yes is missing, in the order of the people."""
    return [key for key in dict.fromkeys(people) if consents.get(key, Consent.UNKNOWN) not in ENOUGH]


def may_move(before: State, after: State) -> bool:
    """Tell whether a recording may go from one state to another; to stay is always allowed."""
    return before is after or after in MOVES[before]
