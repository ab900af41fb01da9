"""One event as plain values: EventRecord is all that the team knows, EventView what one viewer may see.

Neither holds anything about attendees, nor the online room's own address.
Instants are aware UTC; `_wall` values are naive local times in the `tz` beside them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from cag_events.domain.lifecycle import Status
from cag_events.domain.questions import Question
from cag_events.domain.reminding import Reminder
from cag_events.domain.seating import Phase, Pool, QueueRule
from cag_events.domain.texts import Texts


class Mode(StrEnum):
    """How one takes part."""

    ONSITE = "onsite"
    ONLINE = "online"
    HYBRID = "hybrid"


class Safety(StrEnum):
    """The preset of disclosure levels (protection level) of an event."""

    OPEN = "open"
    CAREFUL = "careful"
    GUARDED = "guarded"


class Visibility(StrEnum):
    """Who may know that the event exists."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    MEMBERS = "members"
    PRIVATE = "private"


class RegistrationMode(StrEnum):
    """How one gets a seat."""

    OPEN = "open"
    APPROVAL = "approval"
    INVITE = "invite"
    MEMBERS = "members"
    NONE = "none"


class Circle(StrEnum):
    """Who looks; each sees what those before it see."""

    PUBLIC = "public"
    MEMBERS = "members"
    REGISTERED = "registered"
    RELEASED = "released"
    TEAM = "team"


class Aspect(StrEnum):
    """What has a disclosure level of its own; the field in files is `<aspect>_visibility`."""

    LOCATION = "location"
    MAP = "map"
    ONLINE = "online"
    PEOPLE = "people"
    PARTNERS = "partners"
    PROGRAMME = "programme"
    COUNTS = "counts"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRef:
    """A theme or, with a parent, a subtopic of it."""

    key: str
    name: Texts
    token: str = ""  # names its colours: env, gen, you, con
    icon: str = ""
    parent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something with a key and a name: a segment, a campaign, a partner; partners also have a country."""

    key: str
    name: Texts
    country: str = ""  # ISO 3166 two letters


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRef:
    """A room at a venue; capacity in people."""

    key: str
    name: str
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueRef:
    """Where; `city` per language, coordinates WGS 84."""

    key: str
    name: Texts
    name_local: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    city_names: Texts = field(default_factory=dict)
    country: str = ""  # ISO 3166 two letters, empty online
    tz: str
    lat: float | None = None
    lon: float | None = None
    accuracy_m: int | None = None
    access: dict[str, Any] = field(default_factory=dict)  # step_free … → bool, checked → ISO date
    travel: Texts = field(default_factory=dict)
    virtual: bool = False
    visitor_list_hours: int | None = None
    rooms: dict[str, str] = field(default_factory=dict)  # key → name

    def city_in(self, lang: str) -> str:
        """Return the town's name in a language, where it has one of its own there."""
        return self.city_names.get(lang) or self.city


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRef:
    """Somebody who takes part in front, with a role such as speaker; `named`: may be named publicly."""

    key: str
    name: str
    name_local: str = ""
    title: Texts = field(default_factory=dict)
    role: str
    named: bool = True
    country: str = ""  # ISO 3166 two letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The event that another is a part of, as the part's record knows it. `uid`: of its run or first occurrence."""

    key: str
    uid: str
    title: Texts
    kind: str
    status: Status
    visibility: Visibility
    safety: Safety


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceRecord:
    """A dated part. `id` is the row's; `uid` the calendar's."""

    id: int
    uid: str
    key: str | None = None
    title: Texts = field(default_factory=dict)
    starts_wall: datetime
    ends_wall: datetime
    tz: str
    starts_at: datetime
    ends_at: datetime
    rrule: str | None = None
    series_of: int | None = None  # the id of the occurrence whose rule made this one
    ruled_start: datetime | None = None  # wall times that the rule gives, where this is a date of one
    ruled_end: datetime | None = None
    series_uid: str | None = None  # of a rule whose UID in calendars is not its first date's own
    cancelled_on: date | None = None  # this date alone
    cancel_reason: Texts = field(default_factory=dict)

    @property
    def is_cancelled(self) -> bool:
        """Whether this date alone is called off."""
        return self.cancelled_on is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreting:
    """A language that is offered beside the spoken ones, and how: simultaneous, whisper, sign, captions."""

    to: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """A part of an occurrence measured in minutes; `who` are keys of people.

    `closed`: not for the public; others than the team see its minutes alone.
    """

    minutes: int
    title: Texts
    who: tuple[str, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How seats are got. Seats are people; `capacity` on site, `online_capacity` online."""

    mode: RegistrationMode = RegistrationMode.NONE
    capacity: int = 0
    online_capacity: int = 0
    waitlist: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    closes_hours: int = 0  # before the start, of each part by itself in what stands for days
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

    @property
    def party_max(self) -> int:
        """The most people that one registration may bring, the contact included."""
        return max(self.group_max or 0, self.guests + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    """Everything that the team knows about one event."""

    id: int
    key: str
    uid: str
    version: int
    kind: str
    format: str | None = None
    status: Status
    visibility: Visibility = Visibility.PUBLIC
    safety: Safety = Safety.OPEN
    levels: dict[str, str] = field(default_factory=dict)  # aspect → circle, where it differs from the preset
    mode: Mode = Mode.ONSITE
    featured: bool = False
    title: Texts
    summary: Texts = field(default_factory=dict)
    body: Texts = field(default_factory=dict)
    content_note: Texts = field(default_factory=dict)
    access_note: Texts = field(default_factory=dict)
    themes: tuple[ThemeRef, ...] = ()
    subtopics: tuple[ThemeRef, ...] = ()
    segments: tuple[Named, ...] = ()
    campaign: Named | None = None
    part_of: Whole | None = None
    partners: tuple[Named, ...] = ()
    people: tuple[PersonRef, ...] = ()
    languages: tuple[str, ...] = ()
    interpreting: tuple[Interpreting, ...] = ()
    venue: VenueRef | None = None
    room: RoomRef | None = None
    tz: str
    occurrences: tuple[OccurrenceRecord, ...] = ()
    run_from: date | None = None
    run_to: date | None = None  # inclusive
    starts_at: datetime | None = None  # first start, or first instant of the run
    ends_at: datetime | None = None  # last end, or the instant after the run's last day
    setup_minutes: int = 0  # that the room is needed before and after; for the team
    clear_minutes: int = 0
    agenda: tuple[AgendaItem, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)  # of the kind; see kinds/
    team_details: dict[str, Any] = field(default_factory=dict)  # the part of them that only the team sees
    registration: Registration = field(default_factory=Registration)
    platform: str = ""
    recording: str = ""
    photo_policy: str = ""
    food: str = ""
    min_age: int | None = None
    max_age: int | None = None
    lead: str = ""  # name of the account that answers for it
    cancelled_on: date | None = None
    cancel_reason: Texts = field(default_factory=dict)
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None = None

    @property
    def living(self) -> tuple[OccurrenceRecord, ...]:
        """The occurrences that are not called off by themselves; all of them where that is none."""
        return tuple(one for one in self.occurrences if one.cancelled_on is None) or self.occurrences


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView(EventRecord):
    """What one viewer may see; made by domain.disclosure.disclose() alone. Hidden fields are empty."""

    circle: Circle
    hidden: frozenset[Aspect] = frozenset()
    town_only: bool = False  # the venue holds the city and country alone
    neutral: bool = False  # guarded, seen from outside: no title, no text

    @property
    def shows_seat_numbers(self) -> bool:
        """Whether free seats are told as a number; otherwise in words only (few left, full, queue)."""
        return self.safety is Safety.OPEN or self.circle is Circle.TEAM
