"""The life of an event: draft ⇄ published ⇄ postponed, both → cancelled. Held is published and over, and not stored."""

from enum import StrEnum

from cag_events.domain.errors import N_, Refused


class Status(StrEnum):
    """Where an event is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


MOVES: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.PUBLISHED}),
    Status.PUBLISHED: frozenset({Status.DRAFT, Status.POSTPONED, Status.CANCELLED}),
    Status.POSTPONED: frozenset({Status.DRAFT, Status.PUBLISHED, Status.CANCELLED}),
    Status.CANCELLED: frozenset(),
}
SHOWN = frozenset({Status.PUBLISHED, Status.POSTPONED, Status.CANCELLED})


def require_move(current: Status, wanted: Status) -> None:
    """Raise Refused event.move where an event cannot go from one status to the other."""
    if wanted not in MOVES[current]:
        raise Refused(
            "event.move",
            N_("An event that is %(current)s cannot become %(wanted)s."),
            current=current.value,
            wanted=wanted.value,
        )
