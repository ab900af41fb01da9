"""Study session: hours that fit, what to read and when; for a circle the terms that the program comes with."""

from dataclasses import replace
from datetime import date

from cag_events.domain.event import OccurrenceRecord, Registration, RegistrationMode
from cag_events.domain.study_hours import Terms
from cag_events.kinds import read_details
from cag_events.kinds.study_session import (
    CIRCLE,
    KIND,
    MeetingLength,
    Study,
    StudySession,
    Text,
    faults,
)
from cag_events.studies.terms import DEFAULTS, refusals
from tests.kinds.drafts import advised, draft, part, refused

TERMS: Terms = DEFAULTS[0]
EVENING = Study(form="single", leader="ada", study_hours_per_meeting=2)
CIRCLE_STUDY = Study(
    form=CIRCLE,
    leader="ada",
    association="folk",
    leader_approval="L-1",
    study_hours_per_meeting=3,
    min_age=13,
    plan={"en": "1 The map"},
)
FEW = Registration(mode=RegistrationMode.OPEN, capacity=19)


def meetings(count: int, minutes: int = 135, first: int = 2) -> tuple[OccurrenceRecord, ...]:
    return tuple(part(f"2026-12-{first + 7 * n:02}T18:00", minutes, number=n + 1) for n in range(count))


def circle(
    parts: tuple[OccurrenceRecord, ...] | None = None, registration: Registration = FEW, **changes: object
) -> list[str]:
    study = replace(CIRCLE_STUDY, **changes)  # type: ignore[arg-type]
    parts = meetings(3) if parts is None else parts
    one = draft("study_session", StudySession(study=study), occurrences=parts, registration=registration)
    return [*refused(one), *(refusal.code for refusal in refusals(one.record, one.details, TERMS))]


def test_publish_rules_ask_for_leader_and_hours() -> None:
    assert refused(draft("study_session")) == ["study.leader", "study.hours"]
    assert refused(draft("study_session", StudySession(study=EVENING))) == []


def test_publish_rules_refuse_a_meeting_a_minute_too_short_for_its_hours_and_break() -> None:
    study = StudySession(study=replace(EVENING, break_minutes=15))

    assert refused(draft("study_session", study, occurrences=(part(minutes=105),))) == []
    assert refused(draft("study_session", study, occurrences=(part(minutes=104),))) == ["study.too_short"]


def test_publish_rules_accept_a_circle_on_the_edge_of_every_term() -> None:
    assert circle() == []


def test_publish_rules_refuse_a_circle_that_meets_twice() -> None:
    assert circle(meetings(2)) == ["study.meetings", "study.total_hours"]


def test_publish_rules_refuse_a_circle_of_eight_hours() -> None:
    assert circle(meetings(4), study_hours_per_meeting=2) == ["study.total_hours"]
    assert circle((*meetings(4), part("2026-12-30T18:00", 135, number=5)), study_hours_per_meeting=2) == []


def test_publish_rules_refuse_five_hours_at_a_time() -> None:
    assert circle(meetings(3, 180), study_hours_per_meeting=4) == []
    assert circle(meetings(3, 225), study_hours_per_meeting=5) == ["study.long_meeting"]


def test_publish_rules_refuse_four_meetings_in_a_week() -> None:
    days = [part(f"2026-12-{day:02}T18:00", 135, number=day) for day in (7, 8, 9, 10)]

    assert circle(tuple(days[:3])) == []
    assert circle(tuple(days)) == ["study.many_meetings"]


def test_publish_rules_count_the_leader_among_the_people() -> None:
    for capacity, codes in ((1, ["study.people"]), (2, []), (19, []), (20, ["study.people"])):
        registration = Registration(mode=RegistrationMode.OPEN, capacity=capacity)
        assert circle(registration=registration) == codes


def test_publish_rules_refuse_children_under_thirteen() -> None:
    assert circle(min_age=12) == ["study.age"]


def test_publish_rules_ask_a_circle_for_its_plan() -> None:
    assert circle(plan={}) == ["study.plan"]


def test_publish_rules_refuse_more_hours_a_year_than_the_terms_allow_and_count_each_year() -> None:
    parts = meetings(4, 180)
    year = replace(TERMS, hours_per_year_max=15)
    one = draft(
        "study_session", StudySession(study=replace(CIRCLE_STUDY, study_hours_per_meeting=4)), occurrences=parts
    )
    split = (*parts[:2], part("2027-01-05T18:00", 180, number=8), part("2027-01-12T18:00", 180, number=9))

    def codes(record_parts: tuple[OccurrenceRecord, ...]) -> list[str]:
        record = replace(one.record, occurrences=record_parts, registration=FEW)
        return [refusal.code for refusal in refusals(record, one.details, year)]

    assert codes(parts) == ["study.year_hours"]
    assert codes(split) == []


def test_advice_asks_a_circle_for_association_and_approval() -> None:
    bare = StudySession(study=replace(CIRCLE_STUDY, association="", leader_approval=""))

    assert advised(draft("study_session", bare)) == ["study.association", "study.approval"]
    assert advised(draft("study_session", StudySession(study=CIRCLE_STUDY))) == []


def test_hours_multiplies_meetings() -> None:
    one = draft("study_session", StudySession(study=CIRCLE_STUDY), occurrences=meetings(3))

    assert one.details.hours(one.record) == 9


def test_hours_take_the_study_time_of_a_meeting_that_has_its_own() -> None:
    study = replace(CIRCLE_STUDY, meetings=(MeetingLength(meeting=2, minutes=60),))
    one = draft("study_session", StudySession(study=study), occurrences=meetings(3))

    assert one.details.planned(one.record) == [135, 60, 135]
    assert one.details.hours(one.record) == 7
    assert refused(one) == []


def test_faults_name_two_times_to_let_out_and_a_meeting_named_twice() -> None:
    both = Text(title="x", available_from=date(2026, 12, 1), available_days=3)
    twice = (MeetingLength(meeting=2, minutes=60), MeetingLength(meeting=2, minutes=70))

    found = faults(StudySession(study=Study(readings=(both,), meetings=twice)))

    assert [path for path, _text in found] == ["study.readings[0].available_days", "study.meetings[1].meeting"]


def test_advice_names_a_reading_for_a_meeting_that_there_is_not() -> None:
    def codes(meeting: int) -> list[str]:
        study = replace(CIRCLE_STUDY, readings=(Text(meeting=meeting, title="The lake"),))
        return advised(draft("study_session", StudySession(study=study), occurrences=meetings(3)))

    assert codes(3) == []
    assert codes(4) == ["study.reading_meeting"]


def test_details_of_older_programmes_still_load() -> None:
    stored = {"study": {"form": CIRCLE, "readings": [{"meeting": 2, "title": "The map", "pages": "1–20"}]}}

    assert read_details(KIND.slug, stored).study.readings == (Text(meeting=2, title="The map", pages="1–20"),)
