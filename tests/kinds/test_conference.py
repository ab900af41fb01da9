"""Conference: items inside their day, in rooms of the venue, nobody and nothing in two places at once."""

from dataclasses import replace

from cag_events.kinds.conference import Conference, Item, placed
from tests.kinds.drafts import draft, part, person, record, refused

SAT, SUN = part("2026-12-05T10:00", 420, key="sat", number=1), part("2026-12-06T10:00", 420, key="sun", number=2)
TALK = Item(occurrence="sat", start="10:00", end="11:00", room="hall", title={"en": "Talk"}, who=("ada",))
PEOPLE = (person("ada"), person("bo"))


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


def test_days_puts_parallel_items_together() -> None:
    parallel = replace(TALK, room="cave", who=("bo",), track="B")
    later = replace(TALK, start="11:00", end="12:00")

    days = Conference(programme=(later, TALK, parallel)).days(record("conference", occurrences=(SAT, SUN)))

    assert [(day.key, [[one.item for one in together] for together in times]) for day, times in days] == [
        ("sat", [[TALK, parallel], [later]])
    ]
