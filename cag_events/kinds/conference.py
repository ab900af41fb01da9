"""Conference: occurrences filled with programme items in rooms and tracks."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

from wtforms.widgets import HiddenInput

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.programme import overlap
from cag_events.domain.reminding import before, thanks
from cag_events.domain.texts import pick
from cag_events.kinds._fields import (
    SPOKEN,
    BooleanField,
    ChoiceField,
    ClockField,
    KeyField,
    LineField,
    MultiCheckboxField,
    NumberField,
    PickField,
    RowForm,
    RowsField,
    TextsField,
    is_filled,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._programme import (
    Available,
    Conference,
    Day,
    Item,
    Placed,
    day_key,
    placed,
    settled,
    with_keys,
)
from cag_events.kinds._shape import occurrence_of

__all__ = [
    "KIND",
    "Available",
    "Conference",
    "Day",
    "Item",
    "Placed",
    "day_key",
    "occurrence_of",
    "placed",
    "settled",
    "with_keys",
]

INTERPRETED = (*SPOKEN, ("swl", N_("Swedish Sign Language")))


class ItemForm(RowForm):
    """A programme item. The key stands in a hidden field: it says nothing, so a row with a key alone is empty."""

    needed = ("start", "end", "title")
    key = KeyField(widget=HiddenInput())
    occurrence = PickField(N_("Day"), source="occurrences")
    start = ClockField(N_("Start"))
    end = ClockField(N_("End"))
    title = TextsField(N_("Title"))
    abstract = TextsField(N_("What it is about"), prose=True)
    room = PickField(N_("Room"), source="rooms")
    track = LineField(N_("Track"), most=40)
    who = MultiCheckboxField(N_("Who"), source="people")
    note = TextsField(N_("Note to readers, as that somebody else speaks"))
    lang = ChoiceField(N_("Language"), words=SPOKEN)
    interpreting = MultiCheckboxField(N_("Interpreted into"), words=INTERPRETED)
    capacity = NumberField(N_("Seats of its own"), least=1, most=10_000)
    sign_up = BooleanField(N_("People sign up for a seat"))
    break_ = BooleanField(N_("A break"))
    cancelled = BooleanField(N_("Cancelled"))

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed in the row but what the page knew."""
        return not any(is_filled(one) for one in self if one.short_name != "key")


class AvailableForm(RowForm):
    """When somebody can speak."""

    needed = ("who", "occurrence")
    who = PickField(N_("Who"), source="people")
    occurrence = PickField(N_("Day"), source="occurrences")
    start = ClockField(N_("From"))
    end = ClockField(N_("Until"))


def faults(details: Conference) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: an item or a time that ends before it starts, one key for two items."""
    seen = set[str]()
    for number, item in enumerate(details.programme):
        if item.start and item.end and item.end <= item.start:
            yield f"programme[{number}].end", N_("is not after the start")
        if item.key in seen:
            yield f"programme[{number}].key", N_("is the key of another item too")
        seen.add(item.key)
    for number, row in enumerate(details.availability):
        if row.start and row.end and row.end <= row.start:
            yield f"availability[{number}].end", N_("is not after the start")


class ConferenceForm(KindForm):
    """The conference's part of the editor."""

    shape = Conference
    find_faults = staticmethod(faults)
    programme = RowsField(ItemForm, N_("Programme"), blank=3)
    availability = RowsField(AvailableForm, N_("When speakers can come"), blank=1)


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
    held = [one for one in placed(draft.details, draft.record) if not one.is_cancelled]
    for one, other in combinations(held, 2):
        if not overlap(one, other):
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


def has_seats(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Who signs up gets a seat: there must be some, and no more than the conference lets in."""
    most = draft.record.registration.capacity
    for item in draft.details.programme:
        title = pick(item.title, "sv").text
        if item.sign_up and item.capacity is None and not item.break_:
            yield Refused(
                "conference.item_seats",
                N_("Say how many seats “%(title)s” has, since people sign up for them."),
                field="kind-programme",
                title=title,
            )
        if item.capacity and most and item.capacity > most:
            yield Refused(
                "conference.item_too_many",
                N_("“%(title)s” has %(seats)s seats, the whole conference %(most)s."),
                field="kind-programme",
                title=title,
                seats=item.capacity,
                most=most,
            )


def keeps_promises(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Nobody is in the programme at a time when they said they cannot come."""
    people = {person.key: person.name for person in draft.record.people}
    rows = draft.details.availability
    for one in placed(draft.details, draft.record):
        for who in one.item.who if not one.is_cancelled else ():
            said = [row for row in rows if row.who == who]
            if said and not any(_fits(row, one, draft.record) for row in said):
                yield Refused(
                    "conference.person_away",
                    N_("%(who)s cannot come when “%(title)s” is."),
                    field="kind-programme",
                    who=people.get(who, who),
                    title=one.name,
                )


def _fits(row: Available, one: Placed, record: EventRecord) -> bool:
    part = occurrence_of(row.occurrence, record)
    if part is None or part.id != one.part.id:
        return False
    return (not row.start or row.start <= one.item.start) and (not row.end or one.item.end <= row.end)


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
                key="opening",
                occurrence="day-1",
                start="10:00",
                end="11:00",
                room="hall",
                track="A",
                title={"sv": "Öppning", "en": "Opening"},
                abstract={"sv": "Vi hälsar välkommen.", "en": "We say welcome."},
                who=("ada",),
                note={"sv": "Talar i stället för Bo.", "en": "Speaks in place of Bo."},
                lang="en",
                interpreting=("sv", "swl"),
                capacity=40,
                sign_up=True,
            ),
            Item(
                key="break",
                occurrence="day-1",
                start="11:00",
                end="11:30",
                title={"sv": "Paus", "en": "Break"},
                break_=True,
                cancelled=True,
            ),
        ),
        availability=(Available(who="ada", occurrence="day-1", start="09:00", end="12:00"),),
    ),
    publish_rules=(has_programme, has_rooms, has_people, has_seats, keeps_promises),
    team_only=("availability",),
    checklist=((-30, N_("Settle the programme and tell the speakers")), (-7, N_("Print badges and the programme"))),
    reminders=(before(days=7), before(days=1), thanks()),
    faults=faults,
    default_minutes=420,
    schema_type="Event",
    icon="kind-conference",
)
