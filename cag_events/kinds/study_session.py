"""Study session: a single evening or a study circle, with a leader, a plan and study hours of 45 minutes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.when import monday_of
from cag_events.kinds._fields import (
    ChoiceField,
    FormField,
    LineField,
    LinkField,
    NumberField,
    PickField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import takes_registrations
from cag_events.kinds._shape import Link, PartnerKey, PersonKey, Prose

STUDY_HOUR_MINUTES = 45
CIRCLE = "studiecirkel"


@dataclass(frozen=True, kw_only=True)
class Text:
    """Something to read before a meeting; meetings are numbered from 1."""

    meeting: int = 1
    title: str = ""
    pages: str = ""
    link: Link = ""


@dataclass(frozen=True, kw_only=True)
class Study:
    """How a study session is led and counted."""

    form: str = ""  # studiecirkel, single, annan
    association: PartnerKey = ""
    leader: PersonKey = ""
    leader_approval: str = ""  # the association's number, for the team
    study_hours_per_meeting: int | None = None
    break_minutes: int | None = None
    min_age: int | None = None
    plan: Prose = field(default_factory=dict)
    readings: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StudySession:
    """What a study session has beside the common fields."""

    study: Study = field(default_factory=Study)

    def hours(self, record: EventRecord) -> int:
        """Return the study hours of all meetings together, as planned."""
        return (self.study.study_hours_per_meeting or 0) * len(record.occurrences)


@dataclass(frozen=True, kw_only=True)
class CircleTerms:
    """What a study circle must be from a day on; the leader counts among the people."""

    valid_from: date
    people: tuple[int, int]
    meetings: int
    study_hours: int
    hours_per_meeting: int
    meetings_per_week: int
    age: int


TERMS = (
    CircleTerms(
        valid_from=date(2015, 1, 1),
        people=(3, 20),
        meetings=3,
        study_hours=9,
        hours_per_meeting=4,
        meetings_per_week=3,
        age=13,
    ),
)  # the newest last; the associations change them, check each year


def terms_on(day: date) -> CircleTerms:
    """Return the terms for a circle that begins on a day."""
    return next((terms for terms in reversed(TERMS) if terms.valid_from <= day), TERMS[0])


class ReadingForm(RowForm):
    """Something to read."""

    needed = ("meeting", "title")
    meeting = NumberField(N_("Before meeting number"), least=1, most=100)
    title = LineField(N_("Title"))
    pages = LineField(N_("Pages"), most=60)
    link = LinkField(N_("Link"))


class StudyForm(RowForm):
    """How it is led and counted."""

    form = ChoiceField(
        N_("Form"),
        words=(
            (CIRCLE, N_("Study circle")),
            ("single", N_("Single meeting")),
            ("annan", N_("Other popular education")),
        ),
    )
    association = PickField(N_("Study association"), source="partners")
    leader = PickField(N_("Leader"), source="contacts")
    leader_approval = LineField(N_("The association's approval of the leader, for the team"), most=100)
    study_hours_per_meeting = NumberField(N_("Study hours of 45 minutes a meeting"), least=1, most=12)
    break_minutes = NumberField(N_("Break, minutes a meeting"), most=240)
    min_age = NumberField(N_("Lowest age"), most=99)
    plan = TextsField(N_("Study plan"), prose=True)
    readings = RowsField(ReadingForm, N_("Readings"), blank=2)


class StudySessionForm(KindForm):
    """The study session's part of the editor."""

    shape = StudySession
    study = FormField(StudyForm)


def has_leader(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Somebody leads it, and the study hours fit in the meetings."""
    study = draft.details.study
    if not study.leader:
        yield Refused("study.leader", N_("Name the leader."), field="kind-study-leader")
    if not study.study_hours_per_meeting:
        yield Refused(
            "study.hours", N_("Say how many study hours a meeting has."), field="kind-study-study_hours_per_meeting"
        )
        return
    needed = study.study_hours_per_meeting * STUDY_HOUR_MINUTES + (study.break_minutes or 0)
    for part in draft.record.occurrences:
        minutes = int((part.ends_at - part.starts_at) / timedelta(minutes=1))
        if minutes < needed:
            yield Refused(
                "study.too_short",
                N_("The meeting on %(day)s is %(minutes)s minutes; its study hours and break need %(needed)s."),
                field="occurrences",
                day=f"{part.starts_wall:%Y-%m-%d}",
                minutes=minutes,
                needed=needed,
            )


def is_circle(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A study circle keeps the terms that the state grant sets."""
    record, study = draft.record, draft.details.study
    if study.form != CIRCLE:
        return
    terms = terms_on((record.starts_at or datetime(2026, 1, 1, tzinfo=UTC)).date())
    if not study.plan:
        yield Refused("study.plan", N_("A study circle has a written plan."), field="kind-study-plan-sv")
    if len(record.occurrences) < terms.meetings:
        yield Refused(
            "study.meetings",
            N_("A study circle meets at least %(least)s times."),
            field="occurrences",
            least=terms.meetings,
        )
    if draft.details.hours(record) < terms.study_hours:
        yield Refused(
            "study.total_hours",
            N_("A study circle has at least %(least)s study hours; this one has %(hours)s."),
            field="kind-study-study_hours_per_meeting",
            least=terms.study_hours,
            hours=draft.details.hours(record),
        )
    if (study.study_hours_per_meeting or 0) > terms.hours_per_meeting:
        yield Refused(
            "study.long_meeting",
            N_("A meeting has at most %(most)s study hours."),
            field="kind-study-study_hours_per_meeting",
            most=terms.hours_per_meeting,
        )
    weeks = Counter(monday_of(part.starts_wall.date()) for part in record.occurrences)
    if weeks and max(weeks.values()) > terms.meetings_per_week:
        yield Refused(
            "study.many_meetings",
            N_("A study circle meets at most %(most)s times a week."),
            field="occurrences",
            most=terms.meetings_per_week,
        )
    yield from _suits_people(record, study, terms)


def _suits_people(record: EventRecord, study: Study, terms: CircleTerms) -> Iterator[Refused]:
    people = record.registration.capacity + record.registration.online_capacity + 1
    least, most = terms.people
    if takes_registrations(record) and not least <= people <= most:
        yield Refused(
            "study.people",
            N_("A study circle has %(least)s to %(most)s people, its leader included; here there would be %(people)s."),
            field="capacity",
            least=least,
            most=most,
            people=people,
        )
    if max(study.min_age or 0, record.min_age or 0) < terms.age:
        yield Refused(
            "study.age",
            N_("Everybody in a study circle turns at least %(age)s this year: set the lowest age."),
            field="kind-study-min_age",
            age=terms.age,
        )


def has_approval(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """The association approves leader and plan before the circle begins."""
    study = draft.details.study
    if study.form == CIRCLE and not study.association:
        yield Refused("study.association", N_("Choose the study association."), field="kind-study-association")
    if study.form == CIRCLE and not study.leader_approval:
        yield Refused(
            "study.approval",
            N_("Note the association's approval of the leader."),
            field="kind-study-leader_approval",
        )


KIND = Kind(
    slug="study_session",
    label=N_("Study session"),
    plural=N_("Study sessions"),
    details=StudySession,
    form=StudySessionForm,
    sample=StudySession(
        study=Study(
            form=CIRCLE,
            association="folk",
            leader="ada",
            leader_approval="L-17",
            study_hours_per_meeting=3,
            break_minutes=15,
            min_age=13,
            plan={"sv": "1 Kartan. 2 Floden.", "en": "1 The map. 2 The river."},
            readings=(Text(meeting=1, title="The map", pages="1–20", link="https://example.org/map"),),
        )
    ),
    team_only=("study.leader_approval",),
    publish_rules=(has_leader, is_circle),
    advice=(has_approval,),
    checklist=((-40, N_("Have plan and leader approved")), (0, N_("Take attendance at every meeting"))),
    reminders=(timedelta(days=1),),
    default_minutes=135,
    default_registration={"mode": "open", "waitlist": True, "ask": ["needs"]},
    schema_type="EducationEvent",
    icon="book",
)
