"""Rules of what speaks against a time: rooms with their setting up, people, holidays, breaks, hours, nights."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain import when
from cag_events.domain.conflicts import MOST, conflicts_of, overlap
from cag_events.domain.holidays import DayOff, Holiday, Year, easter_of, usual_breaks
from cag_events.domain.opening_hours import Hours
from cag_events.domain.plans import Conflict, Kind, Known, Level, Mind, Other, Place, Plan, Someone, Span
from cag_events.events.holidays import countries, holidays_of

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TZ = "Europe/Stockholm"
PLACE = Place(key="house", name={"en": "The House"}, city="Stockholm", country="SE", tz=TZ, rooms={"hall": "The Hall"})


def span(starts: str, ends: str, tz: str = TZ) -> Span:
    return Span(datetime.fromisoformat(starts), datetime.fromisoformat(ends), tz)


EVENING = span("2026-12-03T18:00", "2026-12-03T19:30")
PLAN = Plan(dates=(EVENING,), venue="house", room="hall")
OTHER = Other(key="other", title={"en": "Water"}, span=EVENING, venue="house", room="hall", city="Stockholm")


def found(plan: Plan = PLAN, *, now: datetime = NOW, **known: object) -> list[Conflict]:
    years = {code: holidays_of(code) for code in ("SE", "KG", "KZ", "TJ", "UZ")}
    return conflicts_of(plan, Known(**{"place": PLACE, "holidays": years, **known}), now)  # type: ignore[arg-type]


def kinds(conflicts: list[Conflict]) -> list[tuple[str, str]]:
    return [(str(one.kind), str(one.level)) for one in conflicts]


moments = st.integers(0, 2000)
lengths = st.integers(1, 600)
minutes = st.integers(0, 240)


needs = st.tuples(moments, lengths, minutes, minutes)  # begins, lasts, set up before, cleared away after


@given(needs, needs)
def test_room_is_taken_exactly_when_one_minute_needs_it_twice(
    one: tuple[int, int, int, int], two: tuple[int, int, int, int]
) -> None:
    """Both needed stretches as sets of minutes: they meet where the rule says so."""
    (a, a_long, a_before, a_after), (b, b_long, b_before, b_after) = one, two
    start = datetime(2027, 5, 3)

    def made(at: int, long: int) -> Span:
        return Span(start + timedelta(minutes=at), start + timedelta(minutes=at + long), "UTC")

    plan = replace(PLAN, dates=(made(a, a_long),), setup_minutes=a_before, clear_minutes=a_after)
    other = replace(OTHER, span=made(b, b_long), setup_minutes=b_before, clear_minutes=b_after)
    place = replace(PLACE, tz="UTC")
    mine = range(a - a_before, a + a_long + a_after)
    theirs = range(b - b_before, b + b_long + b_after)
    meets = bool(set(mine) & set(theirs))

    taken = [one for one in found(plan, place=place, others=[other]) if one.kind is Kind.ROOM]

    assert bool(taken) == meets
    assert all(one.level is Level.WARN for one in taken)


@given(moments, lengths, moments, lengths)
def test_overlap_is_the_same_from_both_sides(a: int, a_long: int, b: int, b_long: int) -> None:
    one = NOW + timedelta(minutes=a), NOW + timedelta(minutes=a + a_long)
    two = NOW + timedelta(minutes=b), NOW + timedelta(minutes=b + b_long)

    assert overlap(one, two) == overlap(two, one)
    assert overlap(one, one)


def test_room_that_is_free_says_nothing() -> None:
    assert found(others=[replace(OTHER, room="attic")], place=replace(PLACE, rooms={"hall": "H", "attic": "A"})) == []
    assert found(others=[replace(OTHER, venue="elsewhere")]) == []
    assert found(others=[replace(OTHER, is_kin=True)]) == []
    assert found(others=[replace(OTHER, is_on_site=False)]) == []


def test_room_of_an_event_that_may_not_be_named_is_taken_without_title_or_link() -> None:
    (open_one,) = found(others=[OTHER])
    (hidden,) = found(others=[replace(OTHER, title=None)])

    assert (open_one.facts["title"], open_one.other) == ({"en": "Water"}, "other")
    assert "title" not in hidden.facts
    assert hidden.other is None
    assert hidden.facts["room"] == "The Hall"


def test_venue_is_noted_where_one_of_two_has_no_room() -> None:
    assert kinds(found(replace(PLAN, room=None), others=[OTHER])) == [("room", "note")]


def test_venue_without_rooms_is_taken_as_a_whole() -> None:
    bare = replace(PLACE, rooms={})

    assert kinds(found(replace(PLAN, room=None), place=bare, others=[replace(OTHER, room=None)])) == [("room", "warn")]


def test_what_stands_for_days_is_noted_for_an_evening_and_warned_of_for_another_run() -> None:
    stands = replace(OTHER, run=(date(2026, 12, 1), date(2026, 12, 20)))
    run = replace(PLAN, dates=(), run=(date(2026, 12, 20), date(2026, 12, 30)))

    assert kinds(found(others=[stands])) == [("room", "note")]
    assert kinds(found(run, others=[stands])) == [("room", "warn")]
    assert found(replace(run, run=(date(2026, 12, 21), date(2026, 12, 30))), others=[stands]) == []


ANNA = {"anna": Someone(key="anna", name="Anna Påhittad", country="SE")}


@pytest.mark.parametrize(
    ("starts", "ends", "city", "expected"),
    [
        ("2026-12-03T19:00", "2026-12-03T20:00", "Stockholm", [("person", "warn")]),
        ("2026-12-03T19:30", "2026-12-03T20:00", "Stockholm", []),
        ("2026-12-03T20:00", "2026-12-03T21:00", "Göteborg", [("person", "note")]),
        ("2026-12-03T23:30", "2026-12-03T23:50", "Göteborg", []),
    ],
)
def test_person_is_taken_or_has_to_travel(starts: str, ends: str, city: str, expected: list[tuple[str, str]]) -> None:
    other = replace(OTHER, venue="b", room=None, span=span(starts, ends), city=city, people=frozenset({"anna"}))

    assert kinds(found(replace(PLAN, people=("anna",)), people=ANNA, others=[other])) == expected


def test_women_s_day_is_a_holiday_where_the_partner_is_and_not_here() -> None:
    plan = replace(PLAN, dates=(span("2027-03-08T12:00", "2027-03-08T13:30"),), partners=("osh",))
    osh = {"osh": Someone(key="osh", name="Osh", country="KG")}
    holidays = [one for one in found(plan, partners=osh) if one.kind is Kind.HOLIDAY]

    assert [(one.facts["country"], one.level, one.facts["name"]["sv"]) for one in holidays] == [
        ("KG", Level.WARN, "Internationella kvinnodagen")
    ]
    assert [one for one in found(replace(plan, partners=())) if one.kind is Kind.HOLIDAY] == []


def test_holiday_is_that_of_the_partner_s_own_clock() -> None:
    """20 March 21:00 in Stockholm is 21 March in Bishkek: Nooruz."""
    plan = replace(
        PLAN,
        dates=(span("2027-03-20T21:00", "2027-03-20T22:00"),),
        languages=("ky",),
        is_on_site=False,
        has_audience_elsewhere=True,
    )
    by_kind = {str(one.kind): one for one in found(plan)}

    assert by_kind["holiday"].facts["day"] == date(2027, 3, 21)
    assert by_kind["night"].facts["start"] == when.wall_of(plan.dates[0].starts_at, "Asia/Bishkek").time()


@pytest.mark.parametrize(
    ("country", "day", "name", "kind", "is_estimated"),
    [
        ("SE", date(2027, 6, 25), "Midsommarafton", DayOff.DE_FACTO, False),
        ("SE", date(2027, 6, 26), "Midsommardagen", DayOff.PUBLIC, False),
        ("KZ", date(2027, 3, 8), "Internationella kvinnodagen", DayOff.PUBLIC, False),
        ("KG", date(2027, 3, 21), "Nooruz", DayOff.PUBLIC, False),
        ("KG", date(2027, 3, 9), "Eid al-fitr (slutet på ramadan)", DayOff.PUBLIC, True),
        ("KG", date(2027, 8, 31), "Självständighetsdagen", DayOff.PUBLIC, False),
        ("UZ", date(2027, 9, 1), "Självständighetsdagen", DayOff.PUBLIC, False),
    ],
)
def test_known_holidays_are_on_their_days(country: str, day: date, name: str, kind: DayOff, is_estimated: bool) -> None:
    year = holidays_of(country)
    assert year is not None

    assert [(one.name["sv"], one.kind, one.is_estimated) for one in year.on(day)] == [(name, kind, is_estimated)]


def test_all_countries_can_be_read_and_have_holidays_each_year() -> None:
    for country in countries():
        year = holidays_of(country)
        assert year is not None
        assert {day.year for day in year.days} == set(range(2024, 2041)), country
        assert all(one.name["en"] for some in year.days.values() for one in some)


def test_estimated_holiday_says_that_it_is() -> None:
    plan = replace(PLAN, dates=(span("2027-03-09T18:00", "2027-03-09T19:00"),), people=("b",))
    (one,) = [
        one for one in found(plan, people={"b": Someone(key="b", name="B", country="KG")}) if one.kind is Kind.HOLIDAY
    ]

    assert "probably" in one.text


def test_bridge_day_and_eve_are_noted() -> None:
    def notes(day: str) -> list[str]:
        conflicts = found(replace(PLAN, dates=(span(f"{day}T18:00", f"{day}T19:00"),)))
        return [one.text.split("%(country)s")[0] for one in conflicts if one.kind is Kind.HOLIDAY]

    assert notes("2027-05-07") == ["%(day)s lies between days off in "]
    assert notes("2027-05-05") == ["%(day)s is the day before a day off in "]
    assert notes("2027-05-04") == []


def test_country_without_holidays_is_said_once() -> None:
    plan = replace(
        PLAN,
        dates=(span("2027-02-02T18:00", "2027-02-02T19:00"), span("2027-02-03T18:00", "2027-02-03T19:00")),
        people=("x",),
    )

    assert kinds(found(plan, people={"x": Someone(key="x", name="X", country="BR")})) == [("no_data", "note")]


def test_years_beyond_the_data_are_said() -> None:
    late = replace(PLAN, dates=(span("2041-02-04T18:00", "2041-02-04T19:00"),))

    assert kinds(found(late)) == [("no_data", "note")]


@pytest.mark.parametrize(
    ("town", "week", "expected"), [("Göteborg", 7, True), ("Stockholm", 7, False), ("Stockholm", 9, True)]
)
def test_winter_break_is_that_of_the_town(town: str, week: int, expected: bool) -> None:
    day = date.fromisocalendar(2027, week, 3)

    assert ("winter break" in {one.name for one in usual_breaks(day, day, town)}) == expected


def test_school_break_warns_of_schools_and_is_a_note_for_others() -> None:
    autumn = replace(PLAN, dates=(span("2027-11-03T13:00", "2027-11-03T15:00"),))

    assert kinds(found(replace(autumn, segments=("schools",)))) == [("break", "warn")]
    assert kinds(found(replace(autumn, segments=("media",)))) == [("break", "note")]
    assert found(replace(autumn, venue=None), place=None) == []


@pytest.mark.parametrize(("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2027, (3, 28)), (2038, (4, 25))])
def test_easter_is_when_it_is(year: int, day: tuple[int, int]) -> None:
    assert easter_of(year) == date(year, *day)


EXAMS = Mind(
    name={"en": "Exams"},
    kind=Kind.EXAM,
    first=date(2026, 12, 3),
    last=date(2026, 12, 4),
    city="Stockholm",
    country="SE",
    segments=frozenset({"students"}),
)


def test_exam_weeks_speak_to_those_they_concern_alone() -> None:
    students = replace(PLAN, segments=("students",))

    assert kinds(found(students, minds=[EXAMS])) == [("exam", "warn")]
    assert found(PLAN, minds=[EXAMS]) == []
    assert found(students, minds=[replace(EXAMS, city="Lund")]) == []
    assert found(students, minds=[replace(EXAMS, country="KG")]) == []
    assert found(students, minds=[replace(EXAMS, last=date(2026, 12, 2), first=date(2026, 12, 1))]) == []
    assert kinds(found(PLAN, minds=[replace(EXAMS, segments=frozenset())])) == [("exam", "note")]


def test_same_segment_is_warned_of_at_the_time_and_noted_on_the_same_evening() -> None:
    plan = replace(PLAN, segments=("students",))
    other = replace(OTHER, venue="b", room=None, segments=frozenset({"students"}))
    later = replace(other, span=span("2026-12-03T20:00", "2026-12-03T21:00"))

    assert kinds(found(plan, others=[other])) == [("segment", "warn")]
    assert kinds(found(plan, others=[later])) == [("segment", "note")]
    assert found(plan, others=[replace(other, city="Lund")]) == []
    assert found(plan, others=[replace(other, title=None)]) == []
    assert found(plan, others=[replace(later, span=span("2026-12-03T10:00", "2026-12-03T11:00"))]) == []


def test_venue_that_is_closed_or_closes_before_clearing_away_is_warned_of() -> None:
    hours = Hours(first=date.min, last=date.max, weekly=(("thu", "08:00", "20:00"),), closed=frozenset())
    place = replace(PLACE, hours=hours)
    friday = replace(PLAN, dates=(span("2026-12-04T10:00", "2026-12-04T11:00"),))

    assert found(place=place) == []
    assert kinds(found(replace(PLAN, clear_minutes=45), place=place)) == [("hours", "warn")]
    assert kinds(found(friday, place=place)) == [("hours", "warn")]


def test_date_that_is_over_or_too_near_is_warned_of() -> None:
    parliament = replace(PLACE, visitor_list_hours=48)
    starts = EVENING.starts_at

    assert kinds(found(now=EVENING.ends_at)) == [("past", "warn")]
    assert kinds(found(now=starts)) == [("past", "warn")]
    assert kinds(found(now=starts - timedelta(hours=48), place=parliament)) == [("visitor_list", "warn")]
    assert found(now=starts - timedelta(hours=48, minutes=1), place=parliament) == []
    closing = replace(PLAN, closes_hours=24)
    assert kinds(found(closing, now=starts - timedelta(hours=24))) == [("registration", "warn")]
    assert found(closing, now=starts - timedelta(hours=25)) == []


def test_night_is_noted_for_those_far_away_alone() -> None:
    late = replace(PLAN, dates=(span("2027-02-02T22:30", "2027-02-02T23:30"),), has_audience_elsewhere=True)

    assert found(late) == []
    assert kinds(found(replace(late, languages=("ky",)))) == [("night", "note")]


def test_warnings_come_first_and_there_is_an_end_to_them() -> None:
    others = [replace(OTHER, key=f"o{n}", title={"en": f"O{n}"}) for n in range(60)]
    eve = replace(PLAN, dates=(span("2027-05-05T18:00", "2027-05-05T19:00"),))
    mixed = found(eve, others=[replace(OTHER, span=eve.dates[0])])

    assert len(found(others=others)) == MOST
    assert kinds(mixed) == [("room", "warn"), ("holiday", "note")]


def test_holidays_that_follow_a_weekend_make_no_bridge() -> None:
    day = date(2027, 1, 1)
    year = Year("SE", 2027, 2027, {day: (Holiday(country="SE", day=day, name={"en": "New"}),)})

    assert not year.is_bridge(date(2026, 12, 31))  # a Thursday before a Friday off
    assert year.is_off(date(2027, 1, 2))
