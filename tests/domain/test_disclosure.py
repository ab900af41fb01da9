"""Who sees what of an event: each preset, each circle, single levels, and what nobody outside may know."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cag_events.domain.disclosure import RANK, STRANGER, TEAM, Viewer, disclose, level_of, may_know
from cag_events.domain.event import (
    AgendaItem,
    Aspect,
    Circle,
    EventRecord,
    Named,
    OccurrenceRecord,
    PersonRef,
    RoomRef,
    Safety,
    ThemeRef,
    VenueRef,
    Visibility,
)
from cag_events.domain.lifecycle import Status

START = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
LONG_BEFORE = START - timedelta(days=30)
SHORTLY_BEFORE = START - timedelta(hours=23)
MEMBER = Viewer(circle=Circle.MEMBERS)
CONFIRMED = Viewer(confirmed=True)


def record(**values: Any) -> EventRecord:
    """An event in which every field holds a canary named after it."""
    defaults: dict[str, Any] = {
        "id": 1,
        "key": "key",
        "uid": "uid",
        "version": 1,
        "kind": "lecture",
        "status": Status.PUBLISHED,
        "title": {"sv": "canary-title"},
        "summary": {"sv": "canary-summary"},
        "body": {"sv": "canary-body"},
        "access_note": {"sv": "canary-access"},
        "themes": (ThemeRef(key="gender", name={"sv": "canary-theme"}),),
        "partners": (Named(key="p", name={"": "canary-partner"}),),
        "people": (
            PersonRef(key="aida", name="canary-speaker", role="speaker"),
            PersonRef(key="bo", name="canary-unnamed", role="speaker", named=False),
        ),
        "venue": VenueRef(
            key="v",
            name={"sv": "canary-venue"},
            street="canary-street",
            city="Bishkek",
            country="KG",
            tz="Asia/Bishkek",
            lat=42.81,
            lon=74.62,
        ),
        "room": RoomRef(key="r", name="canary-room", capacity=10),
        "tz": "Asia/Bishkek",
        "occurrences": (
            OccurrenceRecord(
                id=1,
                uid="o",
                title={"sv": "canary-occurrence"},
                starts_wall=datetime(2027, 3, 8, 15),
                ends_wall=datetime(2027, 3, 8, 17),
                tz="Asia/Bishkek",
                starts_at=START,
                ends_at=START + timedelta(hours=2),
            ),
        ),
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "agenda": (AgendaItem(minutes=60, title={"sv": "canary-agenda"}, who=("aida", "bo")),),
        "details": {
            "programme": [{"title": {"sv": "canary-detail"}, "who": ["aida", "bo"]}],
            "study": {"leader": "bo"},
        },
        "team_details": {"roleplay": {"brief": "canary-brief"}},
        "lead": "canary-lead",
        "created_at": LONG_BEFORE,
        "changed_at": LONG_BEFORE,
    }
    return EventRecord(**{**defaults, **values})


def told(viewer: Viewer, at: datetime = LONG_BEFORE, **values: Any) -> set[str]:
    """The canaries that a viewer sees."""
    text = msgspec.json.encode(disclose(record(**values), viewer, at)).decode()
    return {part.split('"')[0] for part in text.split("canary-")[1:]}


OUTSIDE_OPEN = {
    "title", "summary", "body", "access", "theme", "partner", "speaker", "venue", "street", "room", "occurrence",
    "agenda", "detail",
}  # fmt: skip


def test_disclose_shows_everything_but_the_teams_own_on_an_open_event() -> None:
    assert told(STRANGER) == OUTSIDE_OPEN


def test_disclose_shows_the_town_only_on_a_careful_event() -> None:
    view = disclose(record(safety=Safety.CAREFUL), STRANGER, LONG_BEFORE)

    assert told(STRANGER, safety=Safety.CAREFUL) == OUTSIDE_OPEN - {"venue", "street", "room", "access"}
    assert (view.venue.city, view.venue.country, view.venue.lat) == ("Bishkek", "KG", None) if view.venue else False


def test_disclose_shows_nothing_of_what_a_guarded_event_is_about_from_outside() -> None:
    assert told(STRANGER, safety=Safety.GUARDED) == set()
    assert told(MEMBER, safety=Safety.GUARDED) == set()
    assert disclose(record(safety=Safety.GUARDED), STRANGER, LONG_BEFORE).venue is None


def test_disclose_shows_a_guarded_event_to_the_confirmed_but_its_address_a_day_before() -> None:
    before = told(CONFIRMED, LONG_BEFORE, safety=Safety.GUARDED)
    released = told(CONFIRMED, SHORTLY_BEFORE, safety=Safety.GUARDED)

    assert before == OUTSIDE_OPEN - {"venue", "street", "room", "access"}
    assert released == OUTSIDE_OPEN


def test_disclose_shows_everything_to_the_team() -> None:
    assert told(TEAM, safety=Safety.GUARDED) == OUTSIDE_OPEN | {"unnamed", "brief", "lead"}


@pytest.mark.parametrize(
    ("aspect", "gone"),
    [
        (Aspect.LOCATION, {"venue", "street", "room", "access"}),
        (Aspect.PEOPLE, {"speaker"}),
        (Aspect.PARTNERS, {"partner"}),
        (Aspect.PROGRAMME, {"agenda", "detail"}),
        (Aspect.MAP, set()),
    ],
)
def test_disclose_hides_one_aspect_when_its_own_level_says_so(aspect: Aspect, gone: set[str]) -> None:
    levels = {aspect.value: "registered"}

    assert told(STRANGER, levels=levels) == OUTSIDE_OPEN - gone
    assert told(CONFIRMED, levels=levels) == OUTSIDE_OPEN


def test_disclose_hides_the_map_point_when_its_level_says_so() -> None:
    outside = disclose(record(levels={"map": "registered"}), STRANGER, LONG_BEFORE).venue
    inside = disclose(record(levels={"map": "registered"}), CONFIRMED, LONG_BEFORE).venue

    assert outside is not None
    assert inside is not None
    assert (outside.lat, outside.lon) == (None, None)
    assert (inside.lat, inside.lon) == (42.81, 74.62)


def test_disclose_leaves_unnamed_people_out_of_agenda_and_details() -> None:
    view = disclose(record(), STRANGER, LONG_BEFORE)

    assert view.agenda[0].who == ("aida",)
    assert view.details["programme"][0]["who"] == ["aida"]
    assert view.details["study"]["leader"] == ""


@pytest.mark.parametrize(
    ("visibility", "stranger", "member", "invited"),
    [
        (Visibility.PUBLIC, True, True, True),
        (Visibility.UNLISTED, True, True, True),
        (Visibility.MEMBERS, False, True, True),
        (Visibility.PRIVATE, False, False, True),
    ],
)
def test_may_know_follows_the_visibility(
    visibility: Visibility, *, stranger: bool, member: bool, invited: bool
) -> None:
    event = record(visibility=visibility)

    assert may_know(event, STRANGER) is stranger
    assert may_know(event, MEMBER) is member
    assert may_know(event, Viewer(invited=True)) is invited
    assert may_know(event, TEAM)


def test_may_know_keeps_drafts_within_the_team() -> None:
    draft = record(status=Status.DRAFT)

    assert not may_know(draft, MEMBER)
    assert not may_know(draft, CONFIRMED)
    assert may_know(draft, TEAM)


@settings(deadline=None)
@given(
    safety=st.sampled_from(Safety),
    levels=st.dictionaries(st.sampled_from([a.value for a in Aspect]), st.sampled_from([c.value for c in Circle])),
)
def test_disclose_never_shows_a_narrower_circle_more_than_a_wider_one(safety: Safety, levels: dict[str, str]) -> None:
    views = [
        told(STRANGER, safety=safety, levels=levels),
        told(MEMBER, safety=safety, levels=levels),
        told(CONFIRMED, LONG_BEFORE, safety=safety, levels=levels),
        told(CONFIRMED, SHORTLY_BEFORE, safety=safety, levels=levels),
        told(TEAM, safety=safety, levels=levels),
    ]

    assert [smaller - larger for smaller, larger in pairwise(views)] == [set()] * 4


def test_every_field_of_a_record_reaches_the_team() -> None:
    event = record()
    view = disclose(event, TEAM, LONG_BEFORE)

    assert {f.name: getattr(view, f.name) for f in fields(EventRecord)} == {
        f.name: getattr(event, f.name) for f in fields(EventRecord)
    }


def test_level_of_takes_the_events_own_level_before_its_preset() -> None:
    event = record(safety=Safety.GUARDED)

    assert level_of(event, Aspect.PEOPLE) is Circle.REGISTERED
    assert level_of(replace(event, levels={"people": "public"}), Aspect.PEOPLE) is Circle.PUBLIC
    assert (
        RANK[Circle.PUBLIC] < RANK[Circle.MEMBERS] < RANK[Circle.REGISTERED] < RANK[Circle.RELEASED] < RANK[Circle.TEAM]
    )
