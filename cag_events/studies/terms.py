"""Terms of funding: those that hold until somebody enters others, and the plan of an event against its terms."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.study_hours import Terms, hours_of
from cag_events.domain.when import monday_of
from cag_events.kinds._rules import takes_registrations
from cag_events.kinds.study_session import CIRCLE, Study, StudySession

OTHER = "annan"
FORMS = (CIRCLE, OTHER)  # those that are funded; a single meeting is not
DEFAULTS = (
    Terms(
        form=CIRCLE,
        valid_from=date(2015, 1, 1),
        people_min=3,
        people_max=20,
        meetings_min=3,
        hours_min=9,
        hours_per_meeting_max=4,
        meetings_per_week_max=3,
        hours_per_year_max=480,
        min_age=13,
        own_meetings_min=3,
        own_hours_min=9,
        among_first=3,
    ),
    Terms(form=OTHER, valid_from=date(2015, 1, 1), people_min=3, meetings_min=1),
)  # as published by Folkbildningsrådet and the associations; they change, check each year


def with_defaults(entered: list[Terms]) -> tuple[Terms, ...]:
    """Return the terms that hold: those entered, and ours for a form that has none for every association."""
    general = {terms.form for terms in entered if not terms.association}
    return (*entered, *(terms for terms in DEFAULTS if terms.form not in general))


def refusals(record: EventRecord, details: StudySession, terms: Terms) -> Iterator[Refused]:
    """Yield what of a plan does not keep the terms, each with the field where it is mended."""
    study = details.study
    if len(record.occurrences) < terms.meetings_min:
        yield Refused(
            "study.meetings",
            N_("By its terms it meets at least %(least)s times."),
            field="occurrences",
            least=terms.meetings_min,
        )
    yield from _hours(record, details, terms)
    weeks = Counter(monday_of(part.starts_wall.date()) for part in record.occurrences)
    if terms.meetings_per_week_max is not None and max(weeks.values(), default=0) > terms.meetings_per_week_max:
        yield Refused(
            "study.many_meetings",
            N_("By its terms it meets at most %(most)s times a week."),
            field="occurrences",
            most=terms.meetings_per_week_max,
        )
    yield from _people(record, study, terms)


def _hours(record: EventRecord, details: StudySession, terms: Terms) -> Iterator[Refused]:
    field = "kind-study-study_hours_per_meeting"
    a_meeting, most = details.study.study_hours_per_meeting, terms.hours_per_meeting_max
    hours = [hours_of(minutes, a_meeting, most) if a_meeting else 0 for minutes in details.planned(record)]
    if sum(hours) < terms.hours_min:
        yield Refused(
            "study.total_hours",
            N_("By its terms it has at least %(least)s study hours; this one has %(hours)s."),
            field=field,
            least=terms.hours_min,
            hours=sum(hours),
        )
    if most is not None and (a_meeting or 0) > most:
        yield Refused("study.long_meeting", N_("A meeting has at most %(most)s study hours."), field=field, most=most)
    years: Counter[int] = Counter()
    for part, number in zip(record.occurrences, hours, strict=True):
        years[part.starts_wall.year] += number
    if terms.hours_per_year_max is not None and max(years.values(), default=0) > terms.hours_per_year_max:
        yield Refused(
            "study.year_hours",
            N_("By its terms it has at most %(most)s study hours a year; this one has %(hours)s."),
            field="occurrences",
            most=terms.hours_per_year_max,
            hours=max(years.values()),
        )


def _people(record: EventRecord, study: Study, terms: Terms) -> Iterator[Refused]:
    people = record.registration.capacity + record.registration.online_capacity + 1
    most = terms.people_max
    if takes_registrations(record) and (people < terms.people_min or (most is not None and people > most)):
        yield Refused(
            "study.people",
            N_("By its terms it has %(least)s to %(most)s people, the leader included; here %(people)s.")
            if most is not None
            else N_("By its terms it has at least %(least)s people, the leader included; here %(people)s."),
            field="capacity",
            people=people,
            least=terms.people_min,
            most=most,
        )
    if max(study.min_age or 0, record.min_age or 0) < terms.min_age:
        yield Refused(
            "study.age",
            N_("Everybody turns at least %(age)s this year, by its terms: set the lowest age."),
            field="kind-study-min_age",
            age=terms.min_age,
        )


def as_terms(row: Any) -> Terms:
    """Return a stored row as terms."""
    return Terms(**{name: getattr(row, name) for name in Terms.__dataclass_fields__})
