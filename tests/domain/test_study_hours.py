"""Study hours and terms of funding: rounding, who counts, the meter against a slow and plain reading of the rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain import when
from cag_events.domain.study_hours import (
    Circle,
    Lack,
    Meeting,
    Party,
    Rule,
    State,
    Terms,
    hours_of,
    joined_at,
    lack_of,
    measure,
    out_of_reach,
    stand,
    study_minutes,
    terms_for,
)

START = date(2026, 9, 2)
TERMS = Terms(
    form="studiecirkel",
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
)


def meetings(*minutes: int, over: int = 99, gap: int = 7) -> tuple[Meeting, ...]:
    return tuple(
        Meeting(id=n, day=START + timedelta(days=gap * n), minutes=each, is_over=n < over)
        for n, each in enumerate(minutes)
    )


def circle(*came: set[int], minutes: tuple[int, ...] = (135, 135, 135, 135), over: int = 99, **more: object) -> Circle:
    parties = tuple(Party(id=n, came_to=frozenset(some)) for n, some in enumerate(came))
    defaults = {"meetings": meetings(*minutes, over=over), "parties": parties, "lowest_age": 13}
    return Circle(**{**defaults, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "hours"), [(0, 0), (44, 0), (45, 1), (89, 1), (90, 2), (179, 3), (180, 4), (225, 4)]
)
def test_hours_of_counts_whole_study_hours_up_to_the_limit(minutes: int, hours: int) -> None:
    assert hours_of(minutes, None, 4) == hours


def test_hours_of_counts_no_more_than_the_plan_has() -> None:
    assert hours_of(180, 3, 4) == 3


@pytest.mark.parametrize(
    ("first", "last", "minutes"),
    [
        ("2026-10-24T22:00", "2026-10-25T04:00", 420),  # the night when clocks go back has an hour more
        ("2027-03-27T22:00", "2027-03-28T04:00", 300),  # and this one an hour less
        ("2026-12-31T23:00", "2027-01-01T01:15", 135),  # over midnight
    ],
)
def test_study_minutes_are_those_that_the_night_has(first: str, last: str, minutes: int) -> None:
    starts, ends = (when.instant(datetime.fromisoformat(one), "Europe/Stockholm") for one in (first, last))

    assert study_minutes(starts, ends, 0) == minutes
    assert study_minutes(starts, ends, minutes + 1) == 0


def test_measure_is_green_on_the_edge_of_every_term() -> None:
    meter = measure(circle({0, 1, 2}, {1, 2, 3}), TERMS)

    assert (meter.state, meter.actual.is_green) == (State.REACHED, True)


def test_measure_names_the_one_study_hour_that_is_missing() -> None:
    short = circle({0, 1, 2}, {0, 1, 2}, {0, 1, 2}, minutes=(135, 135, 134))
    line = measure(short, replace(TERMS, own_hours_min=0)).planned.line(Rule.HOURS)

    assert line is not None
    assert (line.have, line.asked, line.missing) == (8, 9, 1)


def test_measure_names_two_people_who_must_come_to_one_of_the_first_three() -> None:
    terms = replace(TERMS, people_min=3, own_meetings_min=1, own_hours_min=0)
    line = measure(circle({3}, {3}), terms).actual.line(Rule.PEOPLE)

    assert line is not None
    assert (line.missing, line.lacks) == (2, ((Lack(first=True), 2),))


def test_measure_is_on_its_way_while_what_is_left_suffices() -> None:
    running = circle({0}, {0}, over=1)

    assert measure(running, TERMS).state is State.ON_WAY
    assert measure(circle(set(), set(), minutes=()), TERMS).state is State.SHORT


def test_joiner_counts_who_comes_from_the_second_meeting_and_not_who_comes_from_the_fourth() -> None:
    six = circle({1, 2, 3, 4}, {3, 4, 5}, minutes=(135,) * 6)

    assert lack_of(six, six.parties[0], TERMS) == Lack()
    assert lack_of(six, six.parties[1], TERMS) == Lack(first=True)


def test_joined_at_is_the_first_meeting_from_that_day_on() -> None:
    four = meetings(135, 135, 135, 135)

    assert joined_at(four, START - timedelta(days=9)) == 1
    assert joined_at(four, START + timedelta(days=7)) == 2
    assert joined_at(four, START + timedelta(days=8)) == 3
    assert joined_at(four, START + timedelta(days=99)) == 5


def test_lack_leaves_out_meetings_that_fell_through_when_it_takes_the_first_three() -> None:
    one = circle({3, 4, 5}, minutes=(135, 0, 135, 135, 135, 135))

    assert lack_of(one, one.parties[0], TERMS) == Lack()


def test_people_count_the_leader_and_everybody_of_a_party() -> None:
    together = circle(parties=(Party(id=1, people=2, came_to=frozenset({0, 1, 2})),))
    line = measure(together, TERMS).actual.line(Rule.PEOPLE)
    without = measure(replace(together, has_leader=False), TERMS).actual.line(Rule.PEOPLE)

    assert line is not None
    assert without is not None
    assert (line.have, without.have) == (3, 2)


def test_people_count_somebody_who_withdrew_after_having_come_to_enough() -> None:
    gone = Party(id=1, came_to=frozenset({0, 1, 2}), is_coming=False)
    early = Party(id=2, came_to=frozenset({0, 1}), is_coming=False)
    running = circle(parties=(gone, early), over=3)
    line = measure(running, TERMS).planned.line(Rule.PEOPLE)

    assert line is not None
    assert (line.have, line.lacks) == (2, ())
    assert out_of_reach(running, early, TERMS) == Lack(meetings=1, hours=3)


def test_a_circle_without_people_lacks_all_but_its_leader() -> None:
    line = measure(circle(), TERMS).actual.line(Rule.PEOPLE)

    assert line is not None
    assert (line.have, line.missing, line.lacks) == (1, 2, ())


def test_year_is_counted_by_the_day_on_which_a_meeting_begins() -> None:
    split = Circle(
        meetings=(
            Meeting(id=1, day=date(2026, 12, 31), minutes=180, is_over=True),
            Meeting(id=2, day=date(2027, 1, 1), minutes=180, is_over=True),
        )
    )
    line = stand(split, replace(TERMS, hours_per_year_max=4)).line(Rule.YEAR)

    assert line is not None
    assert (line.have, line.missing) == (4, 0)


def test_terms_for_takes_the_associations_own_before_those_of_all_and_the_newest_in_force() -> None:
    every = [
        replace(TERMS, hours_min=1),
        replace(TERMS, hours_min=2, valid_from=date(2026, 1, 1)),
        replace(TERMS, hours_min=3, association="abf", valid_from=date(2026, 7, 1)),
    ]

    def hours(association: str, day: date) -> int | None:
        found = terms_for(every, "studiecirkel", association, day)
        return found.hours_min if found else None

    assert hours("sfr", date(2025, 12, 31)) == 1
    assert hours("sfr", date(2026, 1, 1)) == 2
    assert hours("abf", date(2026, 6, 30)) == 2
    assert hours("abf", date(2026, 7, 1)) == 3
    assert hours("", date(1990, 1, 1)) == 1
    assert terms_for(every, "single", "", date(2026, 1, 1)) is None


# ---- brute force: the rules again, slowly and plainly

small = st.integers(0, 4)
some_terms = st.builds(
    Terms,
    form=st.just("studiecirkel"),
    valid_from=st.just(date(2015, 1, 1)),
    people_min=st.integers(0, 5),
    people_max=st.none() | st.integers(0, 6),
    meetings_min=small,
    hours_min=st.integers(0, 12),
    hours_per_meeting_max=st.none() | st.integers(1, 4),
    meetings_per_week_max=st.none() | st.integers(1, 3),
    hours_per_year_max=st.none() | st.integers(1, 14),
    min_age=st.sampled_from([0, 13]),
    own_meetings_min=small,
    own_hours_min=st.integers(0, 9),
    among_first=st.integers(0, 3),
)


@st.composite
def some_circles(draw: st.DrawFn) -> Circle:
    number = draw(st.integers(0, 5))
    days = sorted(draw(st.lists(st.integers(0, 150), min_size=number, max_size=number)))
    over = draw(st.integers(0, number))
    held = tuple(
        Meeting(id=n, day=START + timedelta(days=day), minutes=draw(st.integers(0, 200)), is_over=n < over)
        for n, day in enumerate(days)
    )
    parties = tuple(
        Party(
            id=n,
            people=draw(st.integers(1, 2)),
            came_to=frozenset(one for one in range(over) if draw(st.booleans())),
            is_coming=draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 4)))
    )
    return Circle(
        meetings=held,
        parties=parties,
        has_leader=draw(st.booleans()),
        hours_limit=draw(st.none() | st.integers(1, 4)),
        lowest_age=draw(st.sampled_from([0, 13])),
    )


def keeps_all_rules(one: Circle, terms: Terms) -> bool:
    """Every rule as it is published, one after the other."""

    def hours(meeting: Meeting) -> int:
        number = 0
        while (number + 1) * 45 <= meeting.minutes:
            number += 1
        for most in (one.hours_limit, terms.hours_per_meeting_max):
            number = number if most is None else min(number, most)
        return number

    held = [meeting for meeting in one.meetings if meeting.minutes]
    if len(held) < terms.meetings_min or sum(map(hours, held)) < terms.hours_min:
        return False
    for day in {meeting.day for meeting in held}:
        monday = day - timedelta(days=day.weekday())
        in_week = [meeting for meeting in held if monday <= meeting.day < monday + timedelta(days=7)]
        if terms.meetings_per_week_max is not None and len(in_week) > terms.meetings_per_week_max:
            return False
        in_year = sum(hours(meeting) for meeting in held if meeting.day.year == day.year)
        if terms.hours_per_year_max is not None and in_year > terms.hours_per_year_max:
            return False
    people = 1 if one.has_leader else 0
    everybody = people
    for party in one.parties:
        everybody += party.people if party.is_coming else 0
        came = [meeting for meeting in held if meeting.id in party.came_to]
        is_enough = len(came) >= terms.own_meetings_min and sum(map(hours, came)) >= terms.own_hours_min
        is_early = terms.among_first == 0 or any(meeting in held[: terms.among_first] for meeting in came)
        people += party.people if is_enough and is_early else 0
    if terms.people_max is not None and everybody > terms.people_max:
        return False
    return people >= terms.people_min and one.lowest_age >= terms.min_age


@given(some_circles(), some_terms)
def test_stand_is_green_exactly_when_all_rules_hold(one: Circle, terms: Terms) -> None:
    assert stand(one, terms).is_green == keeps_all_rules(one, terms)


@given(some_circles(), some_terms)
def test_measure_looks_at_what_has_been_and_at_what_will_have_been(one: Circle, terms: Terms) -> None:
    over = replace(one, meetings=tuple(meeting for meeting in one.meetings if meeting.is_over))
    left = frozenset(meeting.id for meeting in one.meetings if not meeting.is_over)
    full = tuple(replace(p, came_to=p.came_to | left) if p.is_coming else p for p in one.parties)
    meter = measure(one, terms)

    assert meter.actual.is_green == keeps_all_rules(over, terms)
    assert meter.planned.is_green == keeps_all_rules(replace(one, parties=full), terms)


@given(some_circles(), some_terms, st.data())
def test_taking_an_attendance_away_never_makes_anything_less_missing(
    one: Circle, terms: Terms, data: st.DataObject
) -> None:
    cells = [(party.id, meeting) for party in one.parties for meeting in party.came_to]
    if not cells:
        return
    who, which = data.draw(st.sampled_from(sorted(cells)))
    less = tuple(replace(p, came_to=p.came_to - {which}) if p.id == who else p for p in one.parties)
    before, after = measure(one, terms), measure(replace(one, parties=less), terms)

    for standing, later in ((before.actual, after.actual), (before.planned, after.planned)):
        for line, changed in zip(standing.lines, later.lines, strict=True):
            assert changed.rule is line.rule
            assert changed.missing >= line.missing


@given(some_circles(), some_terms)
def test_people_who_make_up_what_they_lack_make_the_line_green(one: Circle, terms: Terms) -> None:
    line = stand(one, terms).line(Rule.PEOPLE)
    if line is None:
        return
    named = sum(people for _lack, people in line.lacks)

    assert named <= line.missing
    assert all(lack for lack, _people in line.lacks)
    assert line.missing == max(line.asked - line.have, 0)


@given(some_circles(), some_terms)
def test_lack_is_nothing_or_can_never_be_less_at_the_end_for_who_has_left(one: Circle, terms: Terms) -> None:
    for party in one.parties:
        if not party.is_coming and all(meeting.is_over for meeting in one.meetings):
            assert out_of_reach(one, party, terms) == lack_of(one, party, terms)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.integers(0, 600), st.integers(0, 700))
def test_study_minutes_are_never_negative_nor_more_than_there_are(at: datetime, minutes: int, pause: int) -> None:
    starts = at.replace(tzinfo=UTC, second=0, microsecond=0)
    found = study_minutes(starts, starts + timedelta(minutes=minutes), pause)

    assert 0 <= found <= minutes
