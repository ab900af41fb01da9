"""Workshop: small and interactive, with a least number of people and a day on which to decide."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.kinds._fields import FormField, NoteField, NumberField, RowForm, TextsField
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import has_role, takes_registrations
from cag_events.kinds._shape import Prose


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a workshop needs in order to be held."""

    min_people: int | None = None
    decide_days: int | None = None  # days before the start on which it is called off if too few have registered
    bring: Prose = field(default_factory=dict)  # what participants bring or prepare
    materials: str = ""  # for the team
    notes: str = ""  # of the facilitators, for the team


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a workshop has beside the common fields."""

    workshop: Frame = field(default_factory=Frame)


class FrameForm(RowForm):
    """What the workshop needs."""

    min_people = NumberField(N_("Fewest people"), least=1, most=1_000)
    decide_days = NumberField(N_("Decide, days before the start"), least=1, most=365)
    bring = TextsField(N_("What to bring or prepare"), prose=True)
    materials = NoteField(N_("Materials, for the team"), most=2_000)
    notes = NoteField(N_("The facilitators' notes, for the team"), most=10_000)


class WorkshopForm(KindForm):
    """The workshop's part of the editor."""

    shape = Workshop
    workshop = FormField(FrameForm)


def has_room_for_the_fewest(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """It can be held: there are at least as many seats as people needed."""
    frame, registration = draft.details.workshop, draft.record.registration
    seats = registration.capacity + registration.online_capacity
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


def suits_the_ages(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The youngest allowed is not older than the oldest."""
    record = draft.record
    if record.min_age is not None and record.max_age is not None and record.min_age > record.max_age:
        yield Refused("workshop.ages", N_("The lowest age is above the highest."), field="min_age")


def has_facilitator(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Somebody leads it."""
    if not has_role(draft.record, "facilitator", "leader", "speaker", "host"):
        yield Refused("workshop.facilitator", N_("Name a facilitator."), field="people")


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
            bring={"sv": "Ta med en penna.", "en": "Bring a pen."},
            materials="Paper",
            notes="Start with the map",
        )
    ),
    team_only=("workshop.materials", "workshop.notes"),
    publish_rules=(has_room_for_the_fewest, suits_the_ages),
    advice=(has_facilitator,),
    checklist=((-7, N_("Decide whether enough people come")), (-2, N_("Pack the materials"))),
    reminders=(timedelta(days=3),),
    default_minutes=180,
    default_registration={"mode": "open", "waitlist": True, "ask": ["segment", "needs"]},
    schema_type="EducationEvent",
    icon="kind-workshop",
)
