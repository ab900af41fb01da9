"""An event as its editor knows it: plain values with keys instead of ids, and the form in which revisions keep it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec

from cag_events.domain.event import Mode, RegistrationMode, Safety, Visibility
from cag_events.domain.questions import Question
from cag_events.domain.reminding import Reminder
from cag_events.domain.seating import Phase, Pool, QueueRule
from cag_events.domain.texts import Texts


@dataclass(frozen=True, kw_only=True)
class OccurrenceFields:
    """A dated part as typed. `id` is the row's, None for a new one; a rule on one that had none makes later dates.

    `series_of` is the id of the date whose rule gives this one; `ruled_start` and `ruled_end` are what it gives, where
    the date was moved or not. `series_uid` is that of a rule whose UID is not its first date's own.
    """

    id: int | None = None
    starts_wall: datetime
    ends_wall: datetime
    title: Texts = field(default_factory=dict)
    rrule: str | None = None
    series_of: int | None = None
    series_uid: str | None = None
    ruled_start: datetime | None = None
    ruled_end: datetime | None = None
    cancelled_on: date | None = None
    cancel_reason: Texts = field(default_factory=dict)

    @property
    def is_of_series(self) -> bool:
        """Whether a rule gives this date."""
        return bool(self.rrule) or self.series_of is not None

    @property
    def is_changed(self) -> bool:
        """Whether it is at another time than its rule gives."""
        return self.is_of_series and (self.ruled_start, self.ruled_end) != (self.starts_wall, self.ends_wall)


@dataclass(frozen=True, kw_only=True)
class PersonFields:
    """Somebody in front: a contact's key and the role."""

    who: str
    role: str


@dataclass(frozen=True, kw_only=True)
class AgendaFields:
    """A part of an occurrence, in minutes; `who` are keys of contacts; `closed`: not for the public."""

    minutes: int
    title: Texts = field(default_factory=dict)
    who: tuple[str, ...] = ()
    closed: bool = False


@dataclass(frozen=True, kw_only=True)
class InterpretingFields:
    """A language offered beside the spoken ones, and how."""

    to: str
    how: str


@dataclass(frozen=True, kw_only=True)
class EventFields:
    """Everything about an event that its editor may change; the online room's address goes another way."""

    key: str = ""  # empty: made from the title
    kind: str
    format: str | None = None
    title: Texts = field(default_factory=dict)
    summary: Texts = field(default_factory=dict)
    body: Texts = field(default_factory=dict)
    content_note: Texts = field(default_factory=dict)
    access_note: Texts = field(default_factory=dict)
    mode: Mode = Mode.ONSITE
    venue: str | None = None
    room: str | None = None
    tz: str | None = None  # None: the venue's
    occurrences: tuple[OccurrenceFields, ...] = ()
    setup_minutes: int = 0  # that the room is needed before and after
    clear_minutes: int = 0
    themes: tuple[str, ...] = ()  # thematic areas and subtopics, in order
    segments: tuple[str, ...] = ()
    campaign: str | None = None
    part_of: str | None = None  # key of the event that it is a part of
    partners: tuple[str, ...] = ()
    people: tuple[PersonFields, ...] = ()
    languages: tuple[str, ...] = ()
    interpreting: tuple[InterpretingFields, ...] = ()
    agenda: tuple[AgendaFields, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    lead: int | None = None  # id of the account that answers for it
    platform: str = ""
    recording: str = ""
    registration_mode: RegistrationMode = RegistrationMode.NONE
    capacity: int = 0
    online_capacity: int = 0
    waitlist: bool = False
    opens_days: int | None = None
    closes_hours: int | None = None
    guests: int = 0
    group_max: int | None = None
    per_occurrence: bool = False
    travel_support: bool = False
    ask: tuple[str, ...] = ()
    pools: tuple[Pool, ...] = ()
    phases: tuple[Phase, ...] = ()
    queue: QueueRule = field(default_factory=QueueRule)
    questions: tuple[Question, ...] = ()
    reminders: tuple[Reminder, ...] | None = None  # None: those of the kind
    food: str = ""
    photo_policy: str = ""
    min_age: int | None = None
    max_age: int | None = None
    safety: Safety = Safety.OPEN
    visibility: Visibility = Visibility.PUBLIC
    levels: dict[str, str] = field(default_factory=dict)
    featured: bool = False


def to_snapshot(fields: EventFields) -> dict[str, Any]:
    """Return the fields as a revision keeps them: JSON values only."""
    snapshot: dict[str, Any] = msgspec.to_builtins(fields)
    return snapshot


def from_snapshot(snapshot: dict[str, Any]) -> EventFields:
    """Return the fields that a revision keeps; what it does not know has its default."""
    return msgspec.convert(snapshot, EventFields, strict=False)


def in_old_order(chosen: Iterable[str], before: Sequence[str]) -> tuple[str, ...]:
    """Return what was chosen, in the order it had before, new ones last: tick boxes know no order."""
    chosen = list(chosen)
    kept = [key for key in before if key in chosen]
    return (*kept, *(key for key in chosen if key not in kept))
