"""Hearing: questions put to decision-makers by a panel, with an agenda to the minute; or a round table behind doors."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import slots_in
from cag_events.domain.reminding import before, thanks
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import (
    BooleanField,
    DayField,
    FormField,
    NumberField,
    PickField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits, has_role, takes_registrations
from cag_events.kinds._shape import PersonKey, Prose

MOST_CHARS = 20_000  # of a written submission
ROUND_TABLE = "round_table"


@dataclass(frozen=True, kw_only=True)
class Question:
    """One of the questions that the panel puts."""

    text: Texts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Panelist:
    """A seat of the panel, in the order of the seats: somebody of the event, or a function where no name is told."""

    who: PersonKey = ""
    function: Texts = field(default_factory=dict)
    affiliation: Texts = field(default_factory=dict)
    chair: bool = field(default=False, metadata={"usual": False})


@dataclass(frozen=True, kw_only=True)
class Witness:
    """Somebody who is invited to testify."""

    who: PersonKey = ""
    function: Texts = field(default_factory=dict)
    about: Texts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Speaking:
    """How people from the floor get to speak: within one item of the agenda, so many minutes each."""

    item: int | None = None  # number of the item, from 1; None: nobody speaks from the floor
    minutes: int = field(default=3, metadata={"usual": 3})
    most: int | None = None  # None: as many as fit
    closes_hours: int = field(default=24, metadata={"usual": 24})


@dataclass(frozen=True, kw_only=True)
class Submissions:
    """How one writes instead of, or beside, speaking."""

    welcome: bool = field(default=False, metadata={"usual": False})
    before_days: int = field(default=3, metadata={"usual": 3})  # until so many days before the day
    after_days: int = field(default=14, metadata={"usual": 14})  # and so many days after it; 0: not afterwards
    most_chars: int = field(default=MOST_CHARS, metadata={"usual": MOST_CHARS})
    delay_days: int = field(default=7, metadata={"usual": 7})  # from clearing one to showing it


@dataclass(frozen=True, kw_only=True)
class Session:
    """Who hosts it, what is asked by whom, and what becomes of what is said."""

    host_role: Texts = field(default_factory=dict)
    question: Prose = field(default_factory=dict)  # the subject: what is asked of the decision-makers
    questions: tuple[Question, ...] = ()
    panel: tuple[Panelist, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    speaking: Speaking = field(default_factory=Speaking)
    submissions: Submissions = field(default_factory=Submissions)
    id_required: bool = False
    minutes_public: bool = False
    record_policy: Prose = field(default_factory=dict)
    embargo_until: date | None = None  # nothing of the record is public before
    chatham_house: bool = field(default=False, metadata={"usual": False})


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """What a hearing has beside the common fields."""

    hearing: Session = field(default_factory=Session)


class QuestionForm(RowForm):
    """A question."""

    text = TextsField(N_("Question"))


class PanelistForm(RowForm):
    """A seat of the panel."""

    who = PickField(N_("Who"), source="people")
    function = TextsField(N_("Function"))
    affiliation = TextsField(N_("Party, committee or organisation"))
    chair = BooleanField(N_("Chairs the hearing"))


class WitnessForm(RowForm):
    """A witness."""

    who = PickField(N_("Who"), source="people")
    function = TextsField(N_("Function"))
    about = TextsField(N_("Testifies about"))


class SpeakingForm(RowForm):
    """How people from the floor get to speak."""

    item = NumberField(N_("Number of the agenda item"), least=1, most=500)
    minutes = NumberField(N_("Minutes each"), least=1, most=60)
    most = NumberField(N_("Most speakers"), least=1, most=500)
    closes_hours = NumberField(N_("Asking ends, hours before"), most=2_000)


class SubmissionsForm(RowForm):
    """How one writes."""

    welcome = BooleanField(N_("Written submissions are welcome"))
    before_days = NumberField(N_("Until so many days before"), most=365)
    after_days = NumberField(N_("And so many days after"), most=365)
    most_chars = NumberField(N_("Most characters"), least=200, most=MOST_CHARS)
    delay_days = NumberField(N_("Days from clearing to showing"), most=365)


class SessionForm(RowForm):
    """Who hosts it, who asks, and what becomes of it."""

    host_role = TextsField(N_("Who hosts it"))
    question = TextsField(N_("The subject"), prose=True)
    questions = RowsField(QuestionForm, N_("Questions"), most=50)
    panel = RowsField(PanelistForm, N_("Panel, in the order of the seats"), most=50)
    witnesses = RowsField(WitnessForm, N_("Witnesses"), most=50)
    speaking = FormField(SpeakingForm)
    submissions = FormField(SubmissionsForm)
    id_required = BooleanField(N_("Visitors show an identity document"))
    minutes_public = BooleanField(N_("The minutes are published"))
    record_policy = TextsField(N_("What becomes of what is said"), prose=True)
    embargo_until = DayField(N_("Nothing of the record before"))
    chatham_house = BooleanField(N_("Chatham House rule: nobody is named anywhere"))


class HearingForm(KindForm):
    """The hearing's part of the editor."""

    shape = Hearing
    hearing = FormField(SessionForm)


def names_nobody(format: str, details: Hearing) -> bool:  # noqa: A002 (the word of programme files)
    """Tell whether nobody may be named: under the Chatham House rule, as a round table always is."""
    return format == ROUND_TABLE or details.hearing.chatham_house


def speaking_item(record: EventRecord, details: Hearing) -> int | None:
    """Return the minutes of the agenda item in which people from the floor speak, None where there is none."""
    number = details.hearing.speaking.item
    return record.agenda[number - 1].minutes if number is not None and 0 < number <= len(record.agenda) else None


def places_to_speak(record: EventRecord, details: Hearing) -> int:
    """Return how many people from the floor can speak."""
    rules = details.hearing.speaking
    return slots_in(rules.minutes, rules.most or 0, speaking_item(record, details) or 0)


def has_host(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A decision-maker hosts it."""
    if not draft.details.hearing.host_role:
        yield Refused("hearing.host", N_("Say who hosts the hearing."), field="kind-hearing-host_role-sv")


def has_agenda(draft: Draft, now: datetime) -> Iterator[Refused]:
    """A hearing runs to the minute: it has an agenda, and that fits."""
    if not draft.record.agenda:
        yield Refused("hearing.agenda", N_("Give the agenda, with minutes."), field="agenda")
    yield from agenda_fits(draft, now)


def has_one_chair(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """One of the panel chairs it, and every seat is somebody's."""
    panel = draft.details.hearing.panel
    chairs = sum(seat.chair for seat in panel)
    if panel and chairs != 1:
        yield Refused(
            "hearing.chair",
            N_("Exactly one of the panel chairs the hearing; now it is %(chairs)s."),
            field="kind-hearing-panel",
            chairs=chairs,
        )
    if any(not seat.who and not seat.function for seat in panel):
        yield Refused(
            "hearing.seat",
            N_("Say of every seat of the panel who has it, or in which function."),
            field="kind-hearing-panel",
        )
    people = {person.key for person in draft.record.people}
    strangers = {one.who for one in (*panel, *draft.details.hearing.witnesses) if one.who} - people
    if strangers:
        yield Refused(
            "hearing.strangers",
            N_("Panel or witnesses are not among those who take part: %(who)s."),
            field="people",
            who=", ".join(sorted(strangers)),
        )


def speakers_fit(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Those who speak from the floor have an item of the agenda, and fit into it."""
    rules = draft.details.hearing.speaking
    if rules.item is None:
        return
    minutes = speaking_item(draft.record, draft.details)
    if minutes is None:
        yield Refused(
            "hearing.speaking_item",
            N_("The agenda has no item %(item)s in which people from the floor could speak."),
            field="kind-hearing-speaking-item",
            item=rules.item,
        )
    elif draft.record.agenda[rules.item - 1].closed:
        yield Refused(
            "hearing.speaking_closed",
            N_("People from the floor cannot speak in a closed part."),
            field="kind-hearing-speaking-item",
        )
    elif (rules.most or 1) * rules.minutes > minutes:
        yield Refused(
            "hearing.speaking_minutes",
            N_("%(most)s speakers of %(each)s minutes need %(needed)s minutes; the agenda item has %(minutes)s."),
            field="kind-hearing-speaking-minutes",
            most=rules.most or 1,
            each=rules.minutes,
            needed=(rules.most or 1) * rules.minutes,
            minutes=minutes,
        )


def can_be_let_in(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A guarded house wants names as on the identity document, some days ahead."""
    record = draft.record
    if not takes_registrations(record):
        return
    hours = record.venue.visitor_list_hours if record.venue else None
    if (draft.details.hearing.id_required or hours) and "id_name" not in record.registration.ask:
        yield Refused(
            "hearing.id_name", N_("Ask for the name as on the identity document: the house checks it."), field="ask"
        )
    closes, starts = record.registration.closes_at, record.starts_at
    if hours and closes and starts and closes > starts - timedelta(hours=hours):
        yield Refused(
            "hearing.closes_late",
            N_("Close registration at least %(hours)s hours before the start: the venue needs its visitor list then."),
            field="closes_hours",
            hours=hours,
        )


def has_question(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The question is what people come for."""
    hearing = draft.details.hearing
    if not hearing.question and not hearing.questions:
        yield Refused("hearing.question", N_("Write the question that is put."), field="kind-hearing-question-sv")


def has_panel(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Somebody leads it."""
    if not draft.details.hearing.panel and not has_role(draft.record, "chair"):
        yield Refused("hearing.no_chair", N_("Say who sits in the panel, and who chairs."), field="kind-hearing-panel")


KIND = Kind(
    slug="hearing",
    label=N_("Hearing"),
    plural=N_("Hearings"),
    details=Hearing,
    form=HearingForm,
    sample=Hearing(
        hearing=Session(
            host_role={"sv": "Ledamot i utskottet", "en": "Member of the committee"},
            question={"sv": "Vad kan riksdagen göra?", "en": "What can parliament do?"},
            questions=(Question(text={"sv": "Hur följs besluten upp?", "en": "How are decisions followed up?"}),),
            panel=(
                Panelist(
                    function={"sv": "Ordförande", "en": "Chair"},
                    affiliation={"sv": "Utrikesutskottet", "en": "Committee on Foreign Affairs"},
                    chair=True,
                ),
            ),
            witnesses=(Witness(function={"en": "Lawyer"}, about={"sv": "Rättssalen", "en": "The courtroom"}),),
            speaking=Speaking(item=3, minutes=2, most=5, closes_hours=48),
            submissions=Submissions(welcome=True, before_days=5, after_days=10, most_chars=5_000, delay_days=14),
            id_required=True,
            minutes_public=True,
            record_policy={"sv": "Protokoll förs.", "en": "Minutes are kept."},
            embargo_until=date(2027, 1, 15),
            chatham_house=True,
        )
    ),
    names_nobody=names_nobody,
    people_in=("hearing.panel", "hearing.witnesses"),
    publish_rules=(has_host, has_agenda, has_one_chair, speakers_fit, can_be_let_in),
    advice=(has_question, has_panel),
    checklist=((-50, N_("Invite committees and ministries")), (3, N_("Publish summary and recommendations"))),
    reminders=(before(days=3), before(days=1), thanks()),
    default_minutes=120,
    has_agenda=True,
    default_registration={"mode": "approval", "waitlist": True, "ask": ["segment", "org", "needs"]},
    schema_type="Event",
    icon="kind-hearing",
)
