"""The publish gate: the five required fields, the kind's own rules, and advice; each finding names a field."""

from dataclasses import replace

import pytest
from flask import Flask

from cag_events.domain.event import Mode, RegistrationMode
from cag_events.events.gate import check_event
from cag_events.events.models import Room
from cag_events.events.services import plan_event
from tests.events.given import EDITOR, new_fields, occurrence, whole_fields
from tests.factories import make_contact, make_event, make_online_venue, make_venue


def missing(event_id: int) -> list[tuple[str, str]]:
    return [(finding.code, finding.anchor) for finding in check_event(event_id).missing]


def advice(event_id: int) -> dict[str, str]:
    return {finding.code: finding.anchor for finding in check_event(event_id).advice}


def test_check_asks_for_when_where_and_theme_alone(app_ctx: Flask) -> None:
    event = plan_event(new_fields(), by=EDITOR)

    assert missing(event.id) == [("event.when", "occurrences"), ("event.where", "place"), ("event.theme", "themes")]


def test_check_finds_nothing_missing_in_five_fields(app_ctx: Flask) -> None:
    assert missing(plan_event(whole_fields(), by=EDITOR).id) == []


def test_check_takes_online_for_a_place(app_ctx: Flask) -> None:
    make_online_venue()
    event = plan_event(whole_fields(venue=None, mode=Mode.ONLINE), by=EDITOR)

    assert missing(event.id) == []
    assert advice(event.id)["event.online_room"] == "online_url"


def test_check_counts_what_is_done(app_ctx: Flask) -> None:
    poor = check_event(plan_event(new_fields(), by=EDITOR).id)
    rich = check_event(make_event(people=[(make_contact(), "speaker")]).id)

    assert 0 < poor.percent < rich.percent < 100
    assert rich.done == len(rich.findings) - len(rich.missing) - len(rich.advice)


def test_check_advises_a_missing_translation(app_ctx: Flask) -> None:
    found = advice(plan_event(whole_fields(), by=EDITOR).id)

    assert (found["event.title_languages"], found["event.summary"]) == ("title", "summary")


def test_check_advises_more_seats_than_the_room_holds(app_ctx: Flask) -> None:
    venue = make_venue(rooms=[Room(key="liten", name="Lilla", capacity=40)])
    asked = whole_fields(venue=venue.key, room="liten", registration_mode=RegistrationMode.OPEN)

    small = plan_event(replace(asked, capacity=40), by=EDITOR)
    large = plan_event(replace(asked, capacity=60), by=EDITOR)

    assert "event.room_size" not in advice(small.id)
    assert advice(large.id)["event.room_size"] == "capacity"


def test_check_advises_a_room_that_is_taken(app_ctx: Flask) -> None:
    venue = make_venue()
    make_event(venue=venue, starts="2026-12-03T17:00", minutes=120)
    event = make_event(venue=venue, starts="2026-12-03T18:30")

    assert advice(event.id)["event.room_taken"] == "place"


def test_check_lets_two_events_follow_each_other_in_a_room(app_ctx: Flask) -> None:
    venue = make_venue()
    make_event(venue=venue, starts="2026-12-03T17:00", minutes=90)
    event = make_event(venue=venue, starts="2026-12-03T18:30")

    assert "event.room_taken" not in advice(event.id)


def test_check_advises_a_person_who_is_elsewhere(app_ctx: Flask) -> None:
    alva = make_contact("alva")
    make_event(people=[(alva, "speaker")])
    event = make_event(people=[(alva, "moderator")])

    assert advice(event.id)["event.person_taken"] == "people"


def test_check_advises_that_it_is_over(app_ctx: Flask) -> None:
    assert "event.past" in advice(make_event(starts="2026-11-01T18:00").id)


@pytest.mark.parametrize(("checked", "is_advised"), [("2026-09-01", False), ("2024-01-01", True), (None, True)])
def test_check_advises_old_access_facts(app_ctx: Flask, checked: str | None, is_advised: bool) -> None:
    event = make_event(venue=make_venue(access={"step_free": True, **({"checked": checked} if checked else {})}))

    assert ("event.access" in advice(event.id)) is is_advised


def test_check_asks_an_exhibition_for_its_period(app_ctx: Flask) -> None:
    bare = plan_event(whole_fields(kind="exhibition", occurrences=()), by=EDITOR)

    assert ("event.when", "section-kind") in missing(bare.id)


def test_check_adds_the_rules_of_the_kind(app_ctx: Flask) -> None:
    evenings = tuple(occurrence(f"2027-01-{day:02}T18:00", f"2027-01-{day:02}T20:00") for day in (12, 19))
    details = {"study": {"form": "studiecirkel", "study_hours_per_meeting": 2}}
    event = plan_event(whole_fields(kind="study_session", occurrences=evenings, details=details), by=EDITOR)

    codes = [code for code, _anchor in missing(event.id)]
    assert [code for code in codes if not code.startswith("event.")] != []
