"""Study session: a single evening or a study circle, with a leader, a plan and study hours of 45 minutes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.readings import FOR_REGISTERED
from cag_events.domain.reminding import before, thanks
from cag_events.domain.study_hours import STUDY_HOUR, hours_of, study_minutes
from cag_events.kinds._fields import (
    BooleanField,
    ChoiceField,
    DayField,
    FormField,
    KeyField,
    LineField,
    LinkField,
    NoteField,
    NumberField,
    PickField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._shape import Key, Link, PartnerKey, PersonKey, Prose

CIRCLE = "studiecirkel"
FOR_ALL = "public"


@dataclass(frozen=True, kw_only=True)
class Text:
    """Something to read for a meeting; meetings are numbered from 1.

    `file` names a file of the event's readings. `access`: who gets it. Empty: everybody sees the row, those who are
    registered get the file; "public": everybody gets the file too; "registered": they alone see the row.
    It is absent until `available_from`, or so many days before its meeting; see domain/readings.py.
    """

    meeting: int = 1
    title: str = ""
    text: str = ""  # read here, without any file or link
    link: Link = ""
    file: Key = ""
    pages: str = ""
    extra: bool = field(default=False, metadata={"usual": False})  # for those who want more, not read before
    available_from: date | None = None
    available_days: int | None = None
    access: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingLength:
    """The study time of one meeting, in minutes without the break, where it is not what its clock times say."""

    meeting: int = 1
    minutes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Study:
    """How a study session is led and counted."""

    form: str = ""  # studiecirkel, single, annan
    association: PartnerKey = ""
    number: str = ""  # the association's number of the circle, for the team
    leader: PersonKey = ""
    leader_approval: str = ""  # the association's number, for the team
    study_hours_per_meeting: int | None = None
    break_minutes: int | None = None
    meetings: tuple[MeetingLength, ...] = ()
    min_age: int | None = None
    plan: Prose = field(default_factory=dict)
    readings: tuple[Text, ...] = ()
    certificates: bool = field(default=False, metadata={"usual": False})

    def minutes_of(self, number: int) -> int | None:
        """Return the study minutes of a meeting that has its own."""
        return next((one.minutes for one in self.meetings if one.meeting == number), None)


@dataclass(frozen=True, kw_only=True)
class StudySession:
    """What a study session has beside the common fields."""

    study: Study = field(default_factory=Study)

    def hours(self, record: EventRecord) -> int:
        """Return the study hours of all meetings together, as planned."""
        return sum(
            hours_of(minutes, self.study.study_hours_per_meeting)
            for part, minutes in zip(record.occurrences, self.planned(record), strict=True)
            if not part.is_cancelled
        )

    def planned(self, record: EventRecord) -> list[int]:
        """Return the study minutes of each meeting, as planned: its length without the break, or its own."""
        return [
            own
            if (own := self.study.minutes_of(number)) is not None
            else study_minutes(part.starts_at, part.ends_at, self.study.break_minutes or 0)
            for number, part in enumerate(record.occurrences, start=1)
        ]


class ReadingForm(RowForm):
    """Something to read."""

    needed = ("meeting", "title")
    meeting = NumberField(N_("For meeting number"), least=1, most=100)
    title = LineField(N_("Title"))
    text = NoteField(N_("Text, if it is short enough to read on the page"), most=8_000)
    pages = LineField(N_("Pages"), most=60)
    link = LinkField(N_("Link"))
    file = KeyField(N_("File, by its name under Readings"))
    extra = BooleanField(N_("For those who want more; need not be read before the meeting"))
    available_from = DayField(N_("Available from"))
    available_days = NumberField(N_("… or so many days before the meeting"), most=365)
    access = ChoiceField(
        N_("Who gets it"),
        words=((FOR_ALL, N_("everybody, the file too")), (FOR_REGISTERED, N_("only those who are registered"))),
        none=N_("everybody sees it, those who are registered get the file"),
    )


class MeetingLengthForm(RowForm):
    """A meeting with a study time of its own."""

    needed = ("meeting", "minutes")
    meeting = NumberField(N_("Meeting number"), least=1, most=100)
    minutes = NumberField(N_("Study time in minutes, without the break"), most=1440)


class StudyForm(RowForm):
    """How it is led and counted."""

    form = ChoiceField(
        N_("Counted as"),
        words=(
            (CIRCLE, N_("Study circle")),
            ("single", N_("Single meeting")),
            ("annan", N_("Other popular education")),
        ),
    )
    association = PickField(N_("Study association"), source="partners")
    number = LineField(N_("The association's number of the circle, for the team"), most=100)
    leader = PickField(N_("Leader"), source="contacts")
    leader_approval = LineField(N_("The association's approval of the leader, for the team"), most=100)
    study_hours_per_meeting = NumberField(N_("Study hours of 45 minutes a meeting"), least=1, most=12)
    break_minutes = NumberField(N_("Break, minutes a meeting"), most=240)
    meetings = RowsField(MeetingLengthForm, N_("Meetings with a study time of their own"), blank=1)
    min_age = NumberField(N_("Lowest age"), most=99)
    plan = TextsField(N_("Study plan"), prose=True)
    readings = RowsField(ReadingForm, N_("Readings"), blank=2)
    certificates = BooleanField(N_("Those who take part get a certificate"))


def faults(details: StudySession) -> Iterator[tuple[str, str]]:
    """What can never be right: two times to let something out, a meeting named twice."""
    for place, text in enumerate(details.study.readings):
        if text.available_from is not None and text.available_days is not None:
            yield (
                f"study.readings[{place}].available_days",
                N_("Say a date, or days before the meeting, not both."),
            )
        if text.access not in ("", FOR_ALL, FOR_REGISTERED):
            yield f"study.readings[{place}].access", N_("Choose one of the list.")
    seen: set[int] = set()
    for place, one in enumerate(details.study.meetings):
        if one.meeting in seen:
            yield f"study.meetings[{place}].meeting", N_("This meeting is there already.")
        seen.add(one.meeting)


class StudySessionForm(KindForm):
    """The study session's part of the editor."""

    shape = StudySession
    find_faults = staticmethod(faults)
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
    for number, part in enumerate(draft.record.occurrences, start=1):
        if study.minutes_of(number) is not None:
            continue
        pause = study.break_minutes or 0
        minutes = study_minutes(part.starts_at, part.ends_at, 0)
        needed = study.study_hours_per_meeting * STUDY_HOUR + pause
        if minutes < needed:
            yield Refused(
                "study.too_short",
                N_("The meeting on %(day)s is %(minutes)s minutes; its study hours and break need %(needed)s."),
                field="occurrences",
                day=f"{part.starts_wall:%Y-%m-%d}",
                minutes=minutes,
                needed=needed,
            )


def has_plan(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A study circle has a written plan; the other terms of its funding are data, see studies/terms.py."""
    if draft.details.study.form == CIRCLE and not draft.details.study.plan:
        yield Refused("study.plan", N_("A study circle has a written plan."), field="kind-study-plan-sv")


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


def readings_have_their_meeting(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """What belongs to no meeting is never let out when it waits for one."""
    number = len(draft.record.occurrences)
    for place, text in enumerate(draft.details.study.readings):
        if number and text.meeting > number:
            yield Refused(
                "study.reading_meeting",
                N_("“%(title)s” is for meeting %(number)s, which there is not."),
                field=f"kind-study-readings-{place}-meeting",
                title=text.title,
                number=text.meeting,
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
            number="C-4",
            meetings=(MeetingLength(meeting=2, minutes=90),),
            readings=(
                Text(meeting=1, title="The map", pages="1–20", link="https://example.org/map"),
                Text(
                    meeting=1,
                    title="The river",
                    text="It flows.",
                    file="the-river",
                    extra=True,
                    available_days=7,
                    access=FOR_REGISTERED,
                ),
                Text(meeting=1, title="The lake", available_from=date(2026, 12, 1)),
            ),
            certificates=True,
        )
    ),
    team_only=("study.leader_approval", "study.number"),
    publish_rules=(has_leader, has_plan),
    advice=(has_approval, readings_have_their_meeting),
    faults=faults,
    checklist=((-40, N_("Have plan and leader approved")), (0, N_("Take attendance at every meeting"))),
    reminders=(before(days=1), thanks()),
    default_minutes=135,
    default_registration={"mode": "open", "waitlist": True, "ask": ["needs"]},
    schema_type="EducationEvent",
    icon="book",
)
