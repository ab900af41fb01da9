"""What a hearing keeps to: whose eyes a submission is for, who speaks when, what is public when, what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from cag_events.domain import when
from cag_events.domain.event import Safety
from cag_events.domain.retention import SUBMISSION_DAYS


class Level(StrEnum):
    """How far a submission may go, as its submitter chose."""

    PUBLIC = "public"  # text and name, for everybody
    ANONYMOUS = "anonymous"  # the text for everybody, the name for nobody
    PANEL = "panel"  # text and name, for the panel alone
    WITHHELD = "withheld"  # for the record-keeper alone


class Audience(IntEnum):
    """Who gets to see something; each includes those before it. The record-keeper sees all that there is."""

    NOBODY = 0
    PANEL = 1
    PUBLIC = 2


@dataclass(frozen=True, slots=True)
class Reach:
    """Who may read a submission's text, and who may learn whose it is."""

    text: Audience
    name: Audience

    def is_within(self, other: "Reach") -> bool:
        """Tell whether nobody sees more by this reach than by the other."""
        return self.text <= other.text and self.name <= other.name


REACHES = {
    Level.PUBLIC: Reach(Audience.PUBLIC, Audience.PUBLIC),
    Level.ANONYMOUS: Reach(Audience.PUBLIC, Audience.NOBODY),
    Level.PANEL: Reach(Audience.PANEL, Audience.PANEL),
    Level.WITHHELD: Reach(Audience.NOBODY, Audience.NOBODY),
}


def reach_of(chosen: Level, limit: Level | None = None) -> Reach:
    """Return who sees what of a submission: what its submitter chose and, where the team set a limit, no more than it.

    Neither can widen the other: “anonymous” under the limit “panel” is a text for the panel without a name.
    """
    own, most = REACHES[chosen], REACHES[limit or Level.PUBLIC]
    return Reach(text=min(own.text, most.text), name=min(own.name, most.name))


def may_limit(chosen: Level, limit: Level | None, wanted: Level) -> bool:
    """Tell whether the team may set this limit: it must leave nobody seeing more than now."""
    return reach_of(chosen, wanted).is_within(reach_of(chosen, limit))


class Slot(StrEnum):
    """Where somebody who wants to speak stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    CALLED = "called"
    SPOKEN = "spoken"
    ABSENT = "absent"
    WITHDRAWN = "withdrawn"


MOVES: dict[Slot, frozenset[Slot]] = {
    Slot.ASKED: frozenset({Slot.APPROVED, Slot.DECLINED, Slot.WITHDRAWN}),
    Slot.APPROVED: frozenset({Slot.CALLED, Slot.ABSENT, Slot.DECLINED, Slot.WITHDRAWN}),
    Slot.DECLINED: frozenset({Slot.APPROVED, Slot.ASKED}),
    Slot.CALLED: frozenset({Slot.SPOKEN, Slot.ABSENT, Slot.APPROVED}),
    Slot.SPOKEN: frozenset({Slot.APPROVED}),
    Slot.ABSENT: frozenset({Slot.APPROVED}),
    Slot.WITHDRAWN: frozenset({Slot.ASKED}),
}
HOLDING = frozenset({Slot.APPROVED, Slot.CALLED, Slot.SPOKEN})  # take a place among the speakers
OWN = frozenset({Slot.ASKED, Slot.APPROVED})  # those who may change what they want to say


def may_move(before: Slot, after: Slot) -> bool:
    """Tell whether a slot may go from one standing to another."""
    return after in MOVES[before]


def slots_in(minutes_each: int, most: int, item_minutes: int) -> int:
    """Return how many can speak: as many as the agenda item holds, `most` at most unless that is 0."""
    fitting = item_minutes // minutes_each if minutes_each > 0 else 0
    return min(most, fitting) if most else fitting


@dataclass(frozen=True, slots=True)
class Spoken:
    """When somebody began and ended; None: not yet."""

    started_at: datetime | None
    ended_at: datetime | None = None


def seconds_used(speeches: Iterable[Spoken], now: datetime) -> int:
    """Return how long all have spoken together, who speaks now included."""
    spans = ((one.started_at, one.ended_at or now) for one in speeches if one.started_at is not None)
    return sum(max(0, int((ended - started).total_seconds())) for started, ended in spans)


@dataclass(frozen=True, slots=True)
class Window:
    """When submissions are taken: before, until so many days before the day; afterwards, for so many days.

    `after_until` is None where none are taken afterwards; the days are those of the event's zone, the last included.
    """

    before_until: date
    after_from: datetime
    after_until: date | None


def window_of(starts_at: datetime, ends_at: datetime, tz: str, before_days: int, after_days: int) -> Window:
    """Return when submissions to a hearing are taken."""
    return Window(
        before_until=when.day_of(starts_at, tz) - timedelta(days=before_days),
        after_from=ends_at,
        after_until=when.day_of(ends_at, tz) + timedelta(days=after_days) if after_days else None,
    )


def is_taking(window: Window, now: datetime, tz: str) -> bool:
    """Tell whether a submission is taken at this moment."""
    today = when.day_of(now, tz)
    if now < window.after_from:
        return today <= window.before_until
    return window.after_until is not None and today <= window.after_until


def submissions_kept_until(ends_at: datetime, tz: str, after_days: int, safety: Safety) -> date:
    """Return the day on which what is not public of submissions is deleted."""
    return when.day_of(ends_at, tz) + timedelta(days=after_days + SUBMISSION_DAYS[safety])


def public_on(cleared_at: datetime, tz: str, delay_days: int, not_before: date | None) -> date:
    """Return from which day on something cleared may be public."""
    after_delay = when.day_of(cleared_at, tz) + timedelta(days=delay_days)
    return max(after_delay, not_before) if not_before else after_delay


class Promise(StrEnum):
    """How a commitment stands."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


PENDING = frozenset({Promise.OPEN, Promise.PARTLY})


def is_overdue(status: Promise, due_on: date | None, today: date) -> bool:
    """Tell whether a commitment should have been kept by now."""
    return status in PENDING and due_on is not None and due_on < today
