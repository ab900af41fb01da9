"""Conference: items inside their day, in rooms of the venue, nobody and nothing in two places at once."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cag_events.domain.event import VenueRef
from cag_events.domain.when import instant
from cag_events.kinds.conference import KIND, Available, Conference, Item, placed
from tests.kinds.drafts import draft, part, person, record, refused

SAT, SUN = part("2026-12-05T10:00", 420, key="sat", number=1), part("2026-12-06T10:00", 420, key="sun", number=2)
TALK = Item(occurrence="sat", start="10:00", end="11:00", room="hall", title={"en": "Talk"}, who=("ada",))
PEOPLE = (person("ada"), person("bo"))
CLOCKS, STOCKHOLM = ("09:59", "10:00", "11:00", "11:30"), ZoneInfo("Europe/Stockholm")


def codes(*items: Item) -> list[str]:
    one = draft(
        "conference", Conference(programme=items), occurrences=(SAT, SUN), people=PEOPLE, rooms=("hall", "cave")
    )
    return refused(one)


def test_publish_rules_ask_for_a_programme() -> None:
    assert codes() == ["conference.empty"]
    assert codes(TALK) == []


def test_publish_rules_ask_for_start_end_and_title_of_an_item() -> None:
    assert codes(replace(TALK, title=None)) == ["conference.item"]
    assert codes(replace(TALK, end="")) == ["conference.item"]


def test_publish_rules_ask_for_a_day_that_exists() -> None:
    assert codes(replace(TALK, occurrence="mon")) == ["conference.item_day"]
    assert codes(replace(TALK, occurrence="")) == ["conference.item_day"]


def test_publish_rules_refuse_an_item_outside_its_day() -> None:
    assert codes(replace(TALK, start="09:59")) == ["conference.item_outside"]
    assert codes(replace(TALK, start="16:00", end="17:00")) == []
    assert codes(replace(TALK, start="16:00", end="17:01")) == ["conference.item_outside"]


def test_publish_rules_refuse_a_room_that_the_venue_does_not_have() -> None:
    assert codes(replace(TALK, room="tent")) == ["conference.room"]


def test_publish_rules_refuse_two_items_in_one_room_at_once() -> None:
    other = replace(TALK, start="10:59", end="12:00", who=("bo",))

    assert codes(TALK, other) == ["conference.room_clash"]
    assert codes(TALK, replace(other, start="11:00")) == []
    assert codes(TALK, replace(other, room="cave")) == []
    assert codes(TALK, replace(other, occurrence="sun")) == []


def test_publish_rules_refuse_a_person_in_two_rooms_at_once() -> None:
    other = replace(TALK, room="cave", start="10:30", end="11:30")

    assert codes(TALK, other) == ["conference.person_clash"]
    assert codes(TALK, replace(other, who=("bo",))) == []


def test_publish_rules_refuse_people_who_do_not_take_part() -> None:
    assert codes(replace(TALK, who=("ada", "eve"))) == ["conference.people"]


def test_placed_finds_days_without_keys_by_their_number() -> None:
    parts = (replace(SAT, key=None), replace(SUN, key=None))
    items = (replace(TALK, occurrence="day-2"), TALK, replace(TALK, occurrence="day-3"))

    found = placed(Conference(programme=items), record("conference", occurrences=parts))

    assert [one.starts_wall.isoformat() for one in found] == ["2026-12-06T10:00:00"]


def test_placed_takes_the_only_day_where_none_is_named() -> None:
    found = placed(Conference(programme=(replace(TALK, occurrence=""),)), record("conference", occurrences=(SAT,)))

    assert [one.part for one in found] == [SAT]


def test_placed_puts_items_after_midnight_on_the_next_day() -> None:
    night = part("2026-12-05T22:00", 300, key="sat")
    late = replace(TALK, start="00:30", end="01:30")

    found = placed(Conference(programme=(late,)), record("conference", occurrences=(night,)))

    assert [one.starts_wall.isoformat() for one in found] == ["2026-12-06T00:30:00"]


def names(items: Conference, **values: Any) -> list[tuple[str, tuple[str, ...], list[list[str]]]]:
    days = items.days(record("conference", occurrences=(SAT, SUN), **values))
    return [(day.by, day.grid.lanes, [[one.key for one in row.begins] for row in day.grid.rows]) for day in days]


def test_days_have_a_column_for_each_room_where_rooms_tell_apart() -> None:
    parallel = replace(TALK, key="b", room="cave", who=("bo",), track="B")
    later = replace(TALK, key="c", start="11:00", end="12:00")
    venue = VenueRef(key="house", name={}, tz="Europe/Stockholm", rooms={"hall": "Hall", "cave": "Cave"})

    found = names(Conference(programme=(later, replace(TALK, key="a"), parallel)), venue=venue)

    assert found == [("room", ("hall", "cave"), [["a", "b"], ["c"]])]


def test_days_have_a_column_for_each_track_where_rooms_may_not_be_known() -> None:
    items = (replace(TALK, key="a", track="A"), replace(TALK, key="b", room="cave", who=("bo",), track="B"))

    assert names(Conference(programme=items)) == [("track", ("A", "B"), [["a", "b"]])]


def test_items_get_a_key_from_their_title_once() -> None:
    items = Conference(programme=(TALK, replace(TALK, start="11:00"), replace(TALK, key="talk-2"))).programme

    assert [item.key for item in items] == ["talk", "talk-3", "talk-2"]
    assert Conference(programme=items).programme == items


def test_a_key_stays_when_its_item_is_renamed() -> None:
    (item,) = Conference(programme=(TALK,)).programme

    (renamed,) = Conference(programme=(replace(item, title={"en": "Speech"}),)).programme

    assert renamed.key == "talk"


def test_faults_refuse_one_key_for_two_items() -> None:
    twice = Conference(programme=(replace(TALK, key="a"), replace(TALK, key="a")))

    assert [path for path, _text in KIND.faults(twice)] == ["programme[1].key"]


def test_publish_rules_ask_for_seats_where_people_sign_up() -> None:
    assert codes(replace(TALK, sign_up=True)) == ["conference.item_seats"]
    assert codes(replace(TALK, sign_up=True, capacity=30)) == []


def test_publish_rules_refuse_an_item_with_more_seats_than_the_conference() -> None:
    assert codes(replace(TALK, capacity=31)) == ["conference.item_too_many"]


def test_publish_rules_let_a_cancelled_item_clash() -> None:
    other = replace(TALK, key="other", title={"en": "Other"}, cancelled=True)

    assert codes(TALK, other) == []


def test_publish_rules_refuse_a_speaker_at_a_time_when_they_cannot_come() -> None:
    def away(*rows: Available) -> list[str]:
        details = Conference(programme=(TALK,), availability=rows)
        return refused(draft("conference", details, occurrences=(SAT, SUN), people=PEOPLE, rooms=("hall", "cave")))

    assert away(Available(who="ada", occurrence="sat")) == []
    assert away(Available(who="ada", occurrence="sat", start="10:00", end="11:00")) == []
    assert away(Available(who="ada", occurrence="sat", start="10:01")) == ["conference.person_away"]
    assert away(Available(who="ada", occurrence="sat", end="10:59")) == ["conference.person_away"]
    assert away(Available(who="ada", occurrence="sun")) == ["conference.person_away"]
    assert away(Available(who="bo", occurrence="sun")) == []


def test_next_start_says_what_comes_on_a_day_that_has_begun() -> None:
    later = replace(TALK, start="11:30", end="12:00", title={"en": "Later"})
    (day,) = Conference(programme=(TALK, later)).days(record("conference", occurrences=(SAT,)))
    at = [instant(datetime.fromisoformat(f"2026-12-05T{clock}"), "Europe/Stockholm") for clock in CLOCKS]

    assert [day.next_start(moment) and day.next_start(moment).astimezone(STOCKHOLM).hour for moment in at] == [
        None,
        11,
        11,
        None,
    ]
    assert [day.items[0].is_now(moment) for moment in at] == [False, True, False, False]
