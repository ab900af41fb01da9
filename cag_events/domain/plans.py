"""Values of conflicts: what is planned, what else there is, and what speaks against a time.

Instants are aware UTC, wall times those of the zone beside
them. Words are marked with N_(); dates and times among their facts are spelled where they are said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from cag_events.domain import when
from cag_events.domain.holidays import Year
from cag_events.domain.opening_hours import Hours
from cag_events.domain.texts import Texts


class Level(StrEnum):
    """How much it weighs."""

    WARN = "warn"
    NOTE = "note"


class Kind(StrEnum):
    """What it is about."""

    ROOM = "room"
    PERSON = "person"
    HOLIDAY = "holiday"
    BREAK = "break"
    EXAM = "exam"
    PERIOD = "period"
    SEGMENT = "segment"
    HOURS = "hours"
    VISITOR_LIST = "visitor_list"
    REGISTRATION = "registration"
    PAST = "past"
    NIGHT = "night"
    NO_DATA = "no_data"


ANCHORS = {Kind.ROOM: "place", Kind.PERSON: "people", Kind.SEGMENT: "segments", Kind.HOURS: "occurrences"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One thing that speaks against a time. `other`: the key of the event it is about, where it may be named."""

    kind: Kind
    level: Level
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    other: str | None = None
    at: datetime | None = None  # the beginning of the date that it is about

    @property
    def anchor(self) -> str:
        """The id in the editor of what could be changed."""
        return ANCHORS.get(self.kind, "occurrences")


@dataclass(frozen=True, slots=True)
class Span:
    """A date of an event: wall times in a zone."""

    starts_wall: datetime
    ends_wall: datetime
    tz: str

    @property
    def starts_at(self) -> datetime:
        """The instant of its beginning."""
        return when_it_is(self.starts_wall, self.tz)

    @property
    def ends_at(self) -> datetime:
        """The instant of its end."""
        return when_it_is(self.ends_wall, self.tz)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A venue as far as it matters here. `hours`: its own opening hours, where they are known."""

    key: str
    name: Texts
    city: str = ""
    country: str = ""
    tz: str
    is_virtual: bool = False
    hours: Hours | None = None
    visitor_list_hours: int | None = None
    rooms: Mapping[str, str] = field(default_factory=dict)  # key → name


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """Somebody in front, or a partner."""

    key: str
    name: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is planned; all that is said by keys is looked up beside it.

    `dates`: of what has days; a zone of "" is the venue's. `run`: first and last day of what stands. `closes_hours`:
    before the start, None without registration.
    """

    event_id: int | None = None
    dates: tuple[Span, ...] = ()
    run: tuple[date, date] | None = None
    setup_minutes: int = 0
    clear_minutes: int = 0
    venue: str | None = None
    room: str | None = None
    has_audience_elsewhere: bool = False  # online, or both
    is_on_site: bool = True
    people: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # spoken, or interpreted into
    closes_hours: int | None = None
    whole: str | None = None  # key of the event that it is a part of

    def needed(self, span: Span) -> tuple[datetime, datetime]:
        """Return from when to when the room is needed for a date."""
        setup, clear = timedelta(minutes=self.setup_minutes), timedelta(minutes=self.clear_minutes)
        return span.starts_at - setup, span.ends_at + clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A date, or the run, of another event. `title` is None for one that the reader may not find."""

    key: str
    title: Texts | None
    span: Span
    run: tuple[date, date] | None = None
    setup_minutes: int = 0
    clear_minutes: int = 0
    venue: str | None = None
    room: str | None = None
    city: str = ""
    is_on_site: bool = True
    is_kin: bool = False  # a part of the plan's event, or its whole
    whole: str | None = None  # key of the event that it is a part of, where that is known
    people: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()

    @property
    def needed(self) -> tuple[datetime, datetime]:
        """From when to when its room is needed."""
        setup, clear = timedelta(minutes=self.setup_minutes), timedelta(minutes=self.clear_minutes)
        return self.span.starts_at - setup, self.span.ends_at + clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """A period that the organization keeps in mind; empty town, country or segments: for all."""

    name: Texts
    kind: Kind
    first: date
    last: date
    city: str = ""
    country: str = ""
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is beside the plan. `home`: the organization's country."""

    place: Place | None = None
    people: Mapping[str, Someone] = field(default_factory=dict)
    partners: Mapping[str, Someone] = field(default_factory=dict)
    segments: Mapping[str, Texts] = field(default_factory=dict)
    others: Sequence[Other] = ()
    minds: Sequence[Mind] = ()
    holidays: Mapping[str, Year | None] = field(default_factory=dict)
    home: str = "SE"


def when_it_is(wall: datetime, tz: str) -> datetime:
    """Return the instant of a wall time, the end of the gap for one that the clocks skip."""
    return when.instant(wall if when.exists(wall, tz) else when.gap_around(wall, tz)[1], tz)
