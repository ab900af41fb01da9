"""Whether something with a least number of people is held: when the question comes up, when it is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from cag_events.domain import when

WARNED = timedelta(days=7)  # before the day of the decision
MORNING_HOURS = 9  # timed mails leave from this hour of the day on, where the event is


class Decision(StrEnum):
    """What was decided."""

    GO = "go"
    CANCEL = "cancel"


class Stage(StrEnum):
    """How pressing the question is."""

    FAR = "far"  # not asked yet
    NEAR = "near"  # too few so far, and the day comes near
    DUE = "due"  # the day has come, and there are too few


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many have a seat, of how many at least, and the day on which that is decided."""

    people: int
    least: int
    day: date

    @property
    def is_enough(self) -> bool:
        """Whether it can be held."""
        return self.people >= self.least

    @property
    def missing(self) -> int:
        """How many more are needed."""
        return max(0, self.least - self.people)

    def stage(self, today: date) -> Stage:
        """Return how pressing the question is on a day; with enough people it never is."""
        if self.is_enough or today < self.day - WARNED:
            return Stage.FAR
        return Stage.NEAR if today < self.day else Stage.DUE


def morning_has_come(day: date, now: datetime, tz: str) -> bool:
    """Tell whether it is that day's morning in a zone, or later."""
    wall = when.wall_of(now, tz)
    return wall.date() > day or (wall.date() == day and wall.hour >= MORNING_HOURS)
