"""Workshop: small and interactive, with a least number of people, a day to decide, and seats chosen for balance."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cag_events.domain import when
from cag_events.domain.balance import Aims
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.domain.reminding import before, thanks
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import (
    BooleanField,
    ChoiceField,
    FormField,
    LineField,
    NoteField,
    NumberField,
    PickField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import has_role, takes_registrations
from cag_events.kinds._shape import IndicatorKey, Prose, SegmentKey

PER_PERSON, PER_GROUP, ONCE = "person", "group", "once"
BY_TEAM, BY_PARTICIPANTS, BY_VENUE = "team", "participants", "venue"
PER_WORDS = ((PER_PERSON, N_("for each person")), (PER_GROUP, N_("for each group")), (ONCE, N_("once")))
BY_WORDS = ((BY_TEAM, N_("We do")), (BY_PARTICIPANTS, N_("Each participant")), (BY_VENUE, N_("The venue")))
GROUP = 4  # people in a group where nothing is said


@dataclass(frozen=True, kw_only=True)
class Task:
    """What participants do before, so many days before the start."""

    days: int = 0
    text: Texts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class KitItem:
    """A thing that is needed: how many for each person, for each group or once, and who brings it."""

    name: Texts = field(default_factory=dict)
    amount: int = 1
    per: str = PER_PERSON
    by: str = BY_TEAM
    note: str = ""  # for the team: where it is ordered or kept

    def needed(self, people: int, group_size: int) -> int:
        """Return how many are needed for so many people."""
        if self.per == PER_GROUP:
            return self.amount * -(-people // max(group_size, 1))
        return self.amount * people if self.per == PER_PERSON else self.amount


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What somebody can do afterwards, and the indicator that it counts towards."""

    text: Texts = field(default_factory=dict)
    indicator: IndicatorKey = ""


@dataclass(frozen=True, kw_only=True)
class Target:
    """How many of the seats a segment should have: a number, or a share of all seats in percent."""

    segment: SegmentKey = ""
    seats: int | None = None
    share: int | None = None

    def people(self, seats: int) -> int:
        """Return the target as people, of so many seats; halves are rounded up."""
        return self.seats if self.seats is not None else (seats * (self.share or 0) + 50) // 100


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a workshop needs in order to be held, whom it is for, and what one brings and learns."""

    min_people: int | None = None
    decide_days: int | None = None  # days before the start on which it is called off if too few have registered
    ask_days: int | None = None  # days before the start on which those who have a seat are asked if they still come
    prerequisites: Prose = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    selection: Prose = field(default_factory=dict)  # how seats are given, for everybody to read
    targets: tuple[Target, ...] = ()  # for the team
    first_time_share: int | None = None  # percent of the seats, for the team
    bring: Prose = field(default_factory=dict)  # what participants bring or prepare
    tasks: tuple[Task, ...] = ()
    kit: tuple[KitItem, ...] = ()
    group_size: int | None = None
    certificate: bool = field(default=False, metadata={"usual": False})
    materials: str = ""  # for the team
    notes: str = ""  # of the facilitators, for the team

    def decide_on(self, record: EventRecord) -> date | None:
        """Return the day on which it is decided whether the workshop is held; None where there is no such day."""
        return self._day_before(record, self.decide_days) if self.min_people else None

    def ask_on(self, record: EventRecord) -> date | None:
        """Return the day on which people are asked whether they still come; None where they are not."""
        return self._day_before(record, self.ask_days)

    def aims(self, seats: int) -> Aims:
        """Return whom the seats should go to, as people."""
        share = self.first_time_share
        return Aims(
            segments={target.segment: target.people(seats) for target in self.targets if target.segment},
            first_time=(seats * share + 50) // 100 if share else 0,
        )

    @staticmethod
    def _day_before(record: EventRecord, days: int | None) -> date | None:
        if days is None or record.starts_at is None:
            return None
        return when.day_of(record.starts_at, record.tz) - timedelta(days=days)


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a workshop has beside the common fields."""

    workshop: Frame = field(default_factory=Frame)


class TaskForm(RowForm):
    """A task before the workshop."""

    needed = ("text",)
    days = NumberField(N_("Days before"), most=365)
    text = TextsField(N_("What to do"))


class KitForm(RowForm):
    """A thing that is needed."""

    needed = ("name",)
    name = TextsField(N_("What"))
    amount = NumberField(N_("How many"), least=1, most=1_000)
    per = ChoiceField(N_("Counted"), words=PER_WORDS)
    by = ChoiceField(N_("Who brings it"), words=BY_WORDS)
    note = LineField(N_("Note, for the team"))


class GoalForm(RowForm):
    """What one learns."""

    needed = ("text",)
    text = TextsField(N_("Learning goal"))
    indicator = PickField(N_("Counts towards the indicator"), source="indicators")


class TargetForm(RowForm):
    """A segment's part of the seats."""

    needed = ("segment",)
    segment = PickField(N_("Segment"), source="segments")
    seats = NumberField(N_("Seats"), most=1_000)
    share = NumberField(N_("or percent of the seats"), most=100)


class FrameForm(RowForm):
    """What the workshop needs."""

    min_people = NumberField(N_("Fewest people"), least=1, most=1_000)
    decide_days = NumberField(N_("Decide, days before the start"), least=1, most=365)
    ask_days = NumberField(N_("Ask “are you still coming?”, days before the start"), least=1, most=60)
    prerequisites = TextsField(N_("What one should know or have done"), prose=True)
    goals = RowsField(GoalForm, N_("Learning goals"), blank=2, most=20)
    selection = TextsField(N_("How we choose"), prose=True)
    targets = RowsField(TargetForm, N_("Balance we aim for, for the team"), blank=2, most=40)
    first_time_share = NumberField(N_("First-timers, percent of the seats"), most=100)
    bring = TextsField(N_("What to bring or prepare"), prose=True)
    tasks = RowsField(TaskForm, N_("Tasks before the workshop"), blank=2, most=40)
    kit = RowsField(KitForm, N_("Kit and materials"), blank=2, most=100)
    group_size = NumberField(N_("People in a group"), least=2, most=100)
    certificate = BooleanField(N_("Participants get a certificate"))
    materials = NoteField(N_("Materials, for the team"), most=2_000)
    notes = NoteField(N_("The facilitators' notes, for the team"), most=10_000)


def faults(details: Workshop) -> Iterator[tuple[str, str]]:
    """Yield what can never be right: a segment with two targets, or a target said in two ways or in none."""
    counts = Counter(target.segment for target in details.workshop.targets)
    for number, target in enumerate(details.workshop.targets):
        place = f"workshop.targets[{number}]"
        if target.segment and counts[target.segment] > 1:
            yield f"{place}.segment", N_("is given twice")
        if (target.seats is None) == (target.share is None):
            yield f"{place}.seats", N_("give either seats or percent")


class WorkshopForm(KindForm):
    """The workshop's part of the editor."""

    shape = Workshop
    find_faults = staticmethod(faults)
    workshop = FormField(FrameForm)


def seats_of(record: EventRecord) -> int:
    """Return all seats, on site and online."""
    return record.registration.capacity + record.registration.online_capacity


def has_room_for_the_fewest(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """It can be held: there are at least as many seats as people needed."""
    frame, seats = draft.details.workshop, seats_of(draft.record)
    if takes_registrations(draft.record) and seats == 0:
        yield Refused("workshop.seats", N_("A workshop has a limited number of seats; say how many."), field="capacity")
    elif frame.min_people and takes_registrations(draft.record) and frame.min_people > seats:
        yield Refused(
            "workshop.too_few_seats",
            N_("It needs at least %(fewest)s people, but has %(seats)s seats."),
            field="capacity",
            fewest=frame.min_people,
            seats=seats,
        )
    if frame.decide_days and not frame.min_people:
        yield Refused(
            "workshop.decide",
            N_("Say how few are too few: a day to decide is given."),
            field="kind-workshop-min_people",
        )


def can_decide_in_time(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """People can register before the day on which it is decided whether it is held."""
    record, frame = draft.record, draft.details.workshop
    day, opens_at = frame.decide_on(record), record.registration.opens_at
    if day is not None and opens_at is not None and day <= when.day_of(opens_at, record.tz):
        yield Refused(
            "workshop.decide_early",
            N_("Registration opens on the day of the decision or after it: decide later, or open earlier."),
            field="kind-workshop-decide_days",
        )


def keeps_targets_within_seats(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The balance that is aimed for has room in the seats."""
    frame, seats = draft.details.workshop, seats_of(draft.record)
    if not takes_registrations(draft.record) or not seats:
        return
    wanted = sum(frame.aims(seats).segments.values())
    percent = sum(target.share or 0 for target in frame.targets)
    if percent > 100 or (wanted > seats and any(target.seats is not None for target in frame.targets)):
        yield Refused(
            "workshop.targets",
            N_("The balance aimed for takes %(wanted)s seats, and there are %(seats)s."),
            field="kind-workshop-targets",
            wanted=wanted,
            seats=seats,
        )


def suits_the_ages(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The youngest allowed is not older than the oldest."""
    record = draft.record
    if record.min_age is not None and record.max_age is not None and record.min_age > record.max_age:
        yield Refused("workshop.ages", N_("The lowest age is above the highest."), field="min_age")


def has_facilitator(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Somebody leads it."""
    if not has_role(draft.record, "facilitator", "leader", "speaker", "host"):
        yield Refused("workshop.facilitator", N_("Name a facilitator."), field="people")


def chooses_openly(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Who applies knows how seats are given, and a balance can be kept."""
    frame, how = draft.details.workshop, draft.record.registration.mode
    if how is RegistrationMode.APPROVAL and not frame.selection:
        yield Refused(
            "workshop.selection", N_("Say how you choose among those who apply."), field="kind-workshop-selection"
        )
    if frame.targets and how is RegistrationMode.OPEN:
        yield Refused(
            "workshop.balance",
            N_("Seats go to whoever comes first: the balance can only be kept if you approve each registration."),
            field="kind-workshop-targets",
        )


def to_bring(details: Workshop) -> tuple[Mapping[str, str], ...]:
    """Return what participants bring or prepare, and the things that each brings."""
    frame = details.workshop
    return (*([frame.bring] if frame.bring else []), *(item.name for item in frame.kit if item.by == BY_PARTICIPANTS))


KIND = Kind(
    slug="workshop",
    label=N_("Workshop"),
    plural=N_("Workshops"),
    details=Workshop,
    form=WorkshopForm,
    sample=Workshop(
        workshop=Frame(
            min_people=6,
            decide_days=7,
            ask_days=3,
            prerequisites={"sv": "Du har lett ett samtal förut.", "en": "You have led a conversation before."},
            goals=(
                Goal(
                    text={"sv": "Du kan leda en övning.", "en": "You can lead an exercise."},
                    indicator="knowledge_up",
                ),
            ),
            selection={"sv": "Vi blandar erfarenheter.", "en": "We mix experience."},
            targets=(Target(segment="students", seats=5), Target(segment="schools", share=25)),
            first_time_share=30,
            bring={"sv": "Ta med en penna.", "en": "Bring a pen."},
            tasks=(Task(days=4, text={"sv": "Läs fallet.", "en": "Read the case."}),),
            kit=(
                KitItem(name={"sv": "Tuschpennor", "en": "Felt pens"}, amount=2, note="In the blue box"),
                KitItem(name={"sv": "Blädderblock", "en": "Flip chart"}, per=PER_GROUP, by=BY_VENUE, note="Ask first"),
            ),
            group_size=5,
            certificate=True,
            materials="Paper",
            notes="Start with the map",
        )
    ),
    team_only=(
        "workshop.targets",
        "workshop.first_time_share",
        "workshop.kit[].note",
        "workshop.materials",
        "workshop.notes",
    ),
    publish_rules=(has_room_for_the_fewest, can_decide_in_time, keeps_targets_within_seats, suits_the_ages),
    advice=(has_facilitator, chooses_openly),
    checklist=((-7, N_("Decide whether enough people come")), (-2, N_("Pack the materials"))),
    to_bring=to_bring,
    reminders=(before(days=3), before(days=1), thanks()),
    faults=faults,
    default_minutes=180,
    default_registration={"mode": "open", "waitlist": True, "ask": ["segment", "needs"]},
    schema_type="EducationEvent",
    icon="kind-workshop",
)
