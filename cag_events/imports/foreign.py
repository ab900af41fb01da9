"""A calendar of somebody else as plain values: its entries, and what could not be read and why."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cag_events.domain import when


@dataclass(frozen=True)
class Remark:
    """Something that a reader should know: a stable code, and a text marked with N_() that may name facts."""

    code: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.facts if self.facts else self.text


@dataclass(frozen=True)
class Left:
    """A component that was not taken, by its name there (VEVENT, VTODO …), and why."""

    component: str
    title: str
    remark: Remark


@dataclass(frozen=True, kw_only=True)
class ForeignEntry:
    """One VEVENT: a date, a whole series (with `rrule` or `rdates`), or one changed date of a series.

    Wall times are naive and in `tz`, an IANA name. Of an all-day entry they are midnights, `ends_wall` that after its
    last day. `recurrence_wall`: the wall time in `tz` that the series gives for the date that this entry changes.
    `rrule` is without DTSTART, its UNTIL a wall time in `tz`.
    """

    uid: str
    recurrence_wall: datetime | None = None
    sequence: int = 0
    changed_at: datetime | None = None  # LAST-MODIFIED, else DTSTAMP
    summary: str = ""
    description: str = ""  # plain text, or Markdown where it was HTML
    location: str = ""
    url: str = ""
    online_url: str = ""  # of the online room
    lang: str = ""  # of the title, where it is said
    starts_wall: datetime
    ends_wall: datetime
    tz: str
    is_all_day: bool = False
    rrule: str = ""
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    status: str = ""  # CONFIRMED, TENTATIVE, CANCELLED or nothing
    categories: tuple[str, ...] = ()
    geo: tuple[float, float] | None = None  # latitude, longitude
    cls: str = ""  # PUBLIC, PRIVATE, CONFIDENTIAL or nothing
    is_busy: bool = True  # False: TRANSPARENT, it takes nobody's time
    remarks: tuple[Remark, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether it stands for more than one date."""
        return bool(self.rrule or self.rdates)

    @property
    def starts_at(self) -> datetime:
        """The instant at which it begins."""
        return instant_of(self.starts_wall, self.tz)

    @property
    def ends_at(self) -> datetime:
        """The instant at which it ends."""
        return instant_of(self.ends_wall, self.tz)

    @property
    def first_on(self) -> date:
        """Its first day."""
        return self.starts_wall.date()

    @property
    def last_on(self) -> date:
        """Its last day; midnight belongs to the day before."""
        last = self.ends_wall - timedelta(microseconds=1) if self.ends_wall > self.starts_wall else self.ends_wall
        return last.date()


@dataclass(frozen=True, kw_only=True)
class ForeignCalendar:
    """What a file holds: its name there, its entries in their order, what was left out, what else is worth saying."""

    name: str = ""
    tz: str = when.HOME  # where it is at home, as far as one can tell
    entries: tuple[ForeignEntry, ...] = ()
    left: tuple[Left, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ForeignOccurrence:
    """One date of an entry: when it is, and what stands for it (the changed date's own entry where there is one)."""

    entry: ForeignEntry
    starts_at: datetime
    ends_at: datetime
    recurrence_at: datetime | None = None  # the instant that the series gives; None without a series

    @property
    def is_all_day(self) -> bool:
        """Whether it is a matter of days."""
        return self.entry.is_all_day

    @property
    def first_on(self) -> date:
        """Its first day where it is."""
        return when.day_of(self.starts_at, self.entry.tz)

    @property
    def last_on(self) -> date:
        """Its last day where it is."""
        return when.day_of(max(self.starts_at, self.ends_at - timedelta(microseconds=1)), self.entry.tz)


def instant_of(wall: datetime, tz: str) -> datetime:
    """Return the instant of a wall time; one that clocks skip counts by the clock of before (RFC 5545 §3.3.5)."""
    return wall.replace(tzinfo=when.zone(tz)).astimezone(UTC)
