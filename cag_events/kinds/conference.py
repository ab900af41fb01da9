"""Conference: occurrences filled with programme items in rooms and tracks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import combinations

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.texts import Texts, pick
from cag_events.kinds._fields import (
    SPOKEN,
    BooleanField,
    ChoiceField,
    ClockField,
    LineField,
    MultiCheckboxField,
    NumberField,
    PickField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._shape import Clock, Language, OccurrenceKey, PersonKey, RoomKey, occurrence_of


@dataclass(frozen=True, kw_only=True)
class Item:
    """A talk or break inside an occurrence; `lang` is spoken in it, `capacity` its own seats."""

    occurrence: OccurrenceKey = ""
    start: Clock = ""
    end: Clock = ""
    room: RoomKey = ""
    track: str = ""
    title: Texts | None = None
    who: tuple[PersonKey, ...] = ()
    lang: Language = ""
    break_: bool = field(default=False, metadata={"usual": False})
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True)
class Conference:
    """What a conference has beside the common fields."""

    programme: tuple[Item, ...] = ()

    def days(self, record: EventRecord) -> "list[tuple[OccurrenceRecord, list[list[Placed]]]]":
        """Return the programme by occurrence, and in it by time: items that begin together stand together."""
        days: list[tuple[OccurrenceRecord, list[list[Placed]]]] = []
        for one in placed(self, record):
            if not days or days[-1][0] != one.part:
                days.append((one.part, []))
            times = days[-1][1]
            if not times or times[-1][0].starts_wall != one.starts_wall:
                times.append([])
            times[-1].append(one)
        return days


class ItemForm(RowForm):
    """A programme item."""

    needed = ("start", "end", "title")
    occurrence = PickField(N_("Day"), source="occurrences")
    start = ClockField(N_("Start"))
    end = ClockField(N_("End"))
    title = TextsField(N_("Title"))
    room = PickField(N_("Room"), source="rooms")
    track = LineField(N_("Track"), most=40)
    who = MultiCheckboxField(N_("Who"), source="people")
    lang = ChoiceField(N_("Language"), words=SPOKEN)
    capacity = NumberField(N_("Seats of its own"), least=1, most=10_000)
    break_ = BooleanField(N_("A break"))


def faults(details: Conference) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: an item that ends before it starts."""
    for number, item in enumerate(details.programme):
        if item.start and item.end and item.end <= item.start:
            yield f"programme[{number}].end", N_("is not after the start")


class ConferenceForm(KindForm):
    """The conference's part of the editor."""

    shape = Conference
    find_faults = staticmethod(faults)
    programme = RowsField(ItemForm, N_("Programme"), blank=3)


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


def has_programme(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A conference has a programme, each item on one of its days, within that day's hours, with a title."""
    items = draft.details.programme
    if not items:
        yield Refused("conference.empty", N_("Give the programme at least one item."), field="kind-programme")
    for item in items:
        title = pick(item.title, "sv").text
        if not title or not item.start or not item.end:
            yield Refused(
                "conference.item", N_("Each programme item needs a start, an end and a title."), field="kind-programme"
            )
        elif occurrence_of(item.occurrence, draft.record) is None:
            yield Refused(
                "conference.item_day", N_("Say on which day “%(title)s” is."), field="kind-programme", title=title
            )
    for one in placed(draft.details, draft.record):
        if not one.part.starts_wall <= one.starts_wall < one.ends_wall <= one.part.ends_wall:
            yield Refused(
                "conference.item_outside",
                N_("“%(title)s” is outside the hours of its day."),
                field="kind-programme",
                title=one.name,
            )


def has_rooms(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Items are in rooms of the venue, and in one place at a time."""
    for item in draft.details.programme:
        if item.room and draft.room_keys and item.room not in draft.room_keys:
            yield Refused(
                "conference.room",
                N_("“%(title)s” is in a room that the venue does not have."),
                field="kind-programme",
                title=pick(item.title, "sv").text,
            )
    people = {person.key: person.name for person in draft.record.people}
    for one, other in combinations(placed(draft.details, draft.record), 2):
        if one.starts_wall >= other.ends_wall or other.starts_wall >= one.ends_wall:
            continue
        if one.item.room and one.item.room == other.item.room:
            yield Refused(
                "conference.room_clash",
                N_("“%(one)s” and “%(other)s” are in the same room at the same time."),
                field="kind-programme",
                one=one.name,
                other=other.name,
            )
        for who in sorted(set(one.item.who) & set(other.item.who)):
            yield Refused(
                "conference.person_clash",
                N_("%(who)s is in “%(one)s” and “%(other)s” at the same time."),
                field="kind-programme",
                who=people.get(who, who),
                one=one.name,
                other=other.name,
            )


def has_people(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Whoever is in the programme is among those who take part."""
    known = {person.key for person in draft.record.people}
    strangers = sorted({who for item in draft.details.programme for who in item.who} - known)
    if strangers:
        yield Refused(
            "conference.people",
            N_("The programme names people who are not among those who take part: %(who)s."),
            field="people",
            who=", ".join(strangers),
        )


KIND = Kind(
    slug="conference",
    label=N_("Conference"),
    plural=N_("Conferences"),
    details=Conference,
    form=ConferenceForm,
    sample=Conference(
        programme=(
            Item(
                occurrence="day-1",
                start="10:00",
                end="11:00",
                room="hall",
                track="A",
                title={"sv": "Öppning", "en": "Opening"},
                who=("ada",),
                lang="en",
                capacity=40,
            ),
            Item(occurrence="day-1", start="11:00", end="11:30", title={"sv": "Paus", "en": "Break"}, break_=True),
        )
    ),
    publish_rules=(has_programme, has_rooms, has_people),
    checklist=((-30, N_("Settle the programme and tell the speakers")), (-7, N_("Print badges and the programme"))),
    reminders=(timedelta(days=7), timedelta(days=1)),
    faults=faults,
    default_minutes=420,
    schema_type="Event",
    icon="kind-conference",
)
