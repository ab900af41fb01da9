"""In whose clock times an event is told."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cag_events.domain.clocks import other_zones, zone_of_country
from cag_events.domain.event import EventRecord, Mode, Named, OccurrenceRecord, PersonRef
from cag_events.domain.lifecycle import Status

HOME = "Europe/Stockholm"
WINTER = datetime(2026, 11, 25, 17, tzinfo=UTC)


def record(tz: str = HOME, **values: Any) -> EventRecord:
    """An event in a zone."""
    one = OccurrenceRecord(
        id=1,
        uid="u",
        starts_wall=datetime(2026, 11, 25, 18),
        ends_wall=datetime(2026, 11, 25, 20),
        tz=tz,
        starts_at=WINTER,
        ends_at=WINTER,
    )
    defaults: dict[str, Any] = {
        "id": 1,
        "key": "k",
        "uid": "u",
        "version": 1,
        "kind": "lecture",
        "status": Status.PUBLISHED,
        "title": {"sv": "T"},
        "tz": tz,
        "occurrences": (one,),
        "starts_at": WINTER,
        "created_at": WINTER,
        "changed_at": WINTER,
    }
    return EventRecord(**{**defaults, **values})


def partner(country: str) -> Named:
    """A partner in a country."""
    return Named(key=country, name={"": country}, country=country)


def person(country: str) -> PersonRef:
    """Somebody from a country."""
    return PersonRef(key=country, name=country, role="speaker", country=country)


def test_other_zones_are_none_for_an_event_at_home() -> None:
    assert other_zones(record(partners=(partner("KG"),)), HOME) == ()


def test_other_zones_hold_home_for_an_event_elsewhere() -> None:
    assert other_zones(record("Asia/Bishkek"), HOME) == (HOME,)


@pytest.mark.parametrize("mode", [Mode.ONLINE, Mode.HYBRID])
def test_other_zones_hold_the_partners_when_one_may_join_online(mode: Mode) -> None:
    assert other_zones(record(mode=mode, partners=(partner("SE"), partner("KG"))), HOME) == ("Asia/Bishkek",)


def test_other_zones_ask_the_people_only_where_no_partner_says_more() -> None:
    online = record(mode=Mode.ONLINE, people=(person("TJ"),))

    assert other_zones(online, HOME) == ("Asia/Dushanbe",)
    assert other_zones(replace(online, partners=(partner("KG"),)), HOME) == ("Asia/Bishkek",)


def test_other_zones_name_each_hour_once_and_two_at_most() -> None:
    same_hour = record(mode=Mode.ONLINE, partners=(partner("TJ"), partner("UZ"), partner("KZ")))
    many = record(mode=Mode.ONLINE, partners=(partner("TJ"), partner("KG"), partner("GB")))

    assert other_zones(same_hour, HOME) == ("Asia/Dushanbe",)
    assert other_zones(many, HOME) == ("Asia/Dushanbe", "Asia/Bishkek")


def test_other_zones_are_none_without_a_date() -> None:
    assert other_zones(record("Asia/Bishkek", occurrences=()), HOME) == ()


@pytest.mark.parametrize(
    ("country", "zone"),
    [("KG", "Asia/Bishkek"), ("KZ", "Asia/Almaty"), ("UZ", "Asia/Tashkent"), ("RU", None), ("XX", None), ("", None)],
)
def test_zone_of_country_knows_countries_with_one_hour(country: str, zone: str | None) -> None:
    assert zone_of_country(country, WINTER) == zone


def test_zone_of_country_does_not_know_kazakhstan_while_it_had_two_hours() -> None:
    assert zone_of_country("KZ", datetime(2023, 1, 1, tzinfo=UTC)) is None
