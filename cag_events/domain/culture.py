"""Cultural programmes: what a study association asks of one, from when, and what is missing. Source: its own terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cag_events.domain.event import EventRecord, RegistrationMode, Visibility

CLOSED = frozenset({RegistrationMode.INVITE, RegistrationMode.MEMBERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is asked from a day on. `association`: key of the partner whose terms they are, empty: everybody's."""

    valid_from: date
    association: str = ""
    minutes: int = 0
    present: int = 0
    open_to_all: bool = True
    announced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One date of an event as the terms look at it; `present` is None until heads have been counted."""

    on: date
    minutes: int
    present: int | None
    is_open: bool
    is_announced: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One thing asked: `code` minutes, present, open or announced; `missing`: how much, 1 where it is yes or no."""

    code: str
    asked: int
    found: int | None
    missing: int

    @property
    def is_met(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def terms_on(every: Iterable[Terms], day: date, association: str = "") -> Terms | None:
    """Return the terms that count on a day: the association's own, the newest; else the newest of everybody's."""
    valid = [one for one in every if one.valid_from <= day and one.association in (association, "")]
    return max(valid, key=lambda one: (one.association == association, one.valid_from), default=None)


def check(terms: Terms, held: Held) -> tuple[Check, ...]:
    """Compare a date with the terms."""
    checks = [
        Check("minutes", terms.minutes, held.minutes, max(terms.minutes - held.minutes, 0)),
        Check("present", terms.present, held.present, max(terms.present - (held.present or 0), 0)),
    ]
    if terms.open_to_all:
        checks.append(Check("open", 1, int(held.is_open), int(not held.is_open)))
    if terms.announced:
        checks.append(Check("announced", 1, int(held.is_announced), int(not held.is_announced)))
    return tuple(checks)


def is_open_to_all(record: EventRecord) -> bool:
    """Tell whether anybody may come: a public page, and no invitation needed."""
    return record.visibility is Visibility.PUBLIC and record.registration.mode not in CLOSED


def is_announced(record: EventRecord, before: datetime) -> bool:
    """Tell whether the event was public before it began."""
    return record.published_at is not None and record.published_at < before
