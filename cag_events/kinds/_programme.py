"""A conference's programme: items with keys, laid out by day, and where in time each of them is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from itertools import count

from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.programme import Grid, lay_out, overlap
from cag_events.domain.slugs import slug_of
from cag_events.domain.texts import Texts, pick
from cag_events.domain.when import instant
from cag_events.kinds._shape import (
    Clock,
    Key,
    Language,
    OccurrenceKey,
    PersonKey,
    Prose,
    RoomKey,
    occurrence_of,
)

MOST_KEY = 80


@dataclass(frozen=True, kw_only=True)
class Item:
    """A talk or break inside an occurrence; `lang` is spoken in it, `interpreting` offered beside.

    `key` names it for ever: sign-ups, versions and calendars know it by that, whatever it is called or moved to.
    `capacity`: its own seats, given by sign-up where `sign_up` says so, else to whoever comes first. `note`: what
    readers should know of it now, as that somebody else speaks.
    """

    key: Key = ""  # empty: made from the title
    occurrence: OccurrenceKey = ""
    start: Clock = ""
    end: Clock = ""
    room: RoomKey = ""
    track: str = ""
    title: Texts | None = None
    abstract: Prose = field(default_factory=dict)
    who: tuple[PersonKey, ...] = ()
    note: Texts = field(default_factory=dict)
    lang: Language = ""
    interpreting: tuple[Language, ...] = ()
    break_: bool = field(default=False, metadata={"usual": False})
    capacity: int | None = None
    sign_up: bool = field(default=False, metadata={"usual": False})
    cancelled: bool = field(default=False, metadata={"usual": False})

    @property
    def takes_sign_ups(self) -> bool:
        """Whether its seats are given by sign-up."""
        return self.sign_up and self.capacity is not None and not self.break_


@dataclass(frozen=True, kw_only=True)
class Available:
    """When somebody can speak: on a day from one time to another; without times all day."""

    who: PersonKey = ""
    occurrence: OccurrenceKey = ""
    start: Clock = ""
    end: Clock = ""


@dataclass(frozen=True, kw_only=True)
class Conference:
    """What a conference has beside the common fields. Items without a key get one from their title."""

    programme: tuple[Item, ...] = ()
    availability: tuple[Available, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "programme", with_keys(self.programme))

    def days(self, record: EventRecord) -> "list[Day]":
        """Return the programme as one table per day: columns are rooms, or tracks where rooms do not tell apart."""
        found: dict[int, list[Placed]] = {}
        for one in placed(self, record):
            found.setdefault(one.part.id, []).append(one)
        rooms = record.venue.rooms if record.venue else {}
        return [Day(items[0].part, *_grid(items, rooms, self.tracks)) for items in found.values()]

    @property
    def tracks(self) -> tuple[str, ...]:
        """The tracks, in the order in which the programme names them."""
        return tuple(dict.fromkeys(item.track for item in self.programme if item.track))


def with_keys(items: "tuple[Item, ...]") -> "tuple[Item, ...]":
    """Return items of which each has a key; those that lack one get it from their title, the same every time."""
    taken = {item.key for item in items if item.key}
    named = []
    for number, item in enumerate(items, start=1):
        if not item.key:
            slug = slug_of(pick(item.title, "sv").text)[:MOST_KEY].strip("-") or f"item-{number}"
            key = next(key for again in count(1) if (key := slug if again == 1 else f"{slug}-{again}") not in taken)
            taken.add(key)
            named.append(replace(item, key=key))
        else:
            named.append(item)
    return tuple(named)


@dataclass(frozen=True)
class Placed:
    """A programme item with the wall times at which it really is."""

    item: Item
    part: OccurrenceRecord
    starts_wall: datetime
    ends_wall: datetime

    @property
    def name(self) -> str:
        """Its title, in whichever language it has."""
        return pick(self.item.title, "sv").text

    @property
    def is_cancelled(self) -> bool:
        """Whether it is called off, by itself or with its day."""
        return self.item.cancelled or self.part.is_cancelled

    @property
    def key(self) -> str:
        """Its key."""
        return self.item.key

    @property
    def starts_at(self) -> datetime:
        """The instant when it begins."""
        return instant(self.starts_wall, self.part.tz)

    @property
    def ends_at(self) -> datetime:
        """The instant when it is over."""
        return instant(self.ends_wall, self.part.tz)

    def is_now(self, now: datetime) -> bool:
        """Tell whether it is going on."""
        return not self.is_cancelled and self.starts_at <= now < self.ends_at

    @property
    def can_be_chosen(self) -> bool:
        """Whether somebody can put it into a programme of their own."""
        return not self.item.break_ and not self.is_cancelled


@dataclass(frozen=True)
class Day:
    """The programme of one occurrence: a table, whose columns are rooms (by key), tracks, or nothing in particular."""

    part: OccurrenceRecord
    grid: Grid[Placed]
    by: str = ""  # room or track

    @property
    def items(self) -> list[Placed]:
        """All of the day, in order of time."""
        return [one for row in self.grid.rows for one in row.begins]

    def next_start(self, now: datetime) -> datetime | None:
        """Return when something begins next; None where the day has not begun, or nothing more does."""
        coming = [one.starts_at for one in self.items if not one.is_cancelled]
        if not coming or now < min(coming):
            return None
        return min((moment for moment in coming if moment > now), default=None)


def _grid(items: list[Placed], rooms: Mapping[str, str], tracks: tuple[str, ...]) -> tuple[Grid[Placed], str]:
    """Choose what tells the parallel items of a day apart: rooms that may be known, else tracks."""
    parallel = [one for one in items if any(other is not one and overlap(one, other) for other in items)]
    if len({one.item.room for one in parallel if one.item.room in rooms}) > 1:
        return lay_out(items, lambda one: one.item.room if one.item.room in rooms else "", tuple(rooms)), "room"
    if len({one.item.track for one in parallel if one.item.track}) > 1:
        return lay_out(items, lambda one: one.item.track, tracks), "track"
    return lay_out(items, lambda _one: ""), ""


def settled(details: Conference, record: EventRecord) -> tuple[Item, ...]:
    """Return the items with the key of their day, as versions of a programme keep and compare them."""
    named = []
    for item in details.programme:
        part = occurrence_of(item.occurrence, record)
        known = day_key(part, record) if part is not None else item.occurrence
        named.append(replace(item, occurrence=known))
    return tuple(named)


def day_key(part: OccurrenceRecord, record: EventRecord) -> str:
    """Return what details call an occurrence: its key, else its number."""
    return part.key or f"day-{record.occurrences.index(part) + 1}"


def placed(details: Conference, record: EventRecord) -> list[Placed]:
    """Return the items whose occurrence is known, with their wall times, in the order in which they happen."""
    found = []
    for item in details.programme:
        part = occurrence_of(item.occurrence, record)
        if part is not None and item.start and item.end:
            starts, ends = (
                datetime.combine(part.starts_wall.date(), time.fromisoformat(text)) for text in (item.start, item.end)
            )
            if starts < part.starts_wall and part.ends_wall.date() > part.starts_wall.date():
                starts, ends = starts + timedelta(days=1), ends + timedelta(days=1)
            found.append(Placed(item, part, starts, ends))
    return sorted(found, key=lambda one: (one.starts_wall, one.item.track, one.ends_wall))
