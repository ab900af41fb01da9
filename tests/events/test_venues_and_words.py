"""Venues, themes, campaigns and words for kinds: what changes there changes on every event that uses it."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.events.models import Room, Theme, Venue
from cag_events.events.queries import get_record
from cag_events.events.services import save_campaign, save_kind_words, save_theme, save_venue
from cag_events.events.services.venues import RoomFields, VenueFields
from cag_events.events.services.words import CampaignFields, ThemeFields
from cag_events.permissions import Role
from tests.events.editing import form_of
from tests.events.given import EDITOR, MEMBER, ORGANIZER, facts
from tests.factories import make_campaign, make_event, make_theme, make_venue, sign_in


def venue_fields(venue: Venue, **more: object) -> VenueFields:
    rooms = db.session.scalars(select(Room).where(Room.venue_id == venue.id).order_by(Room.position))
    kept = tuple(RoomFields(id=row.id, name=row.name, capacity=row.capacity) for row in rooms)
    return replace(VenueFields(name=dict(venue.name), city=venue.city, tz=venue.tz, rooms=kept), **more)


def test_save_venue_renames_it_on_every_event_there(any_ctx: Flask) -> None:
    venue = make_venue()
    here, elsewhere = make_event(venue=venue), make_event()

    with facts() as heard:
        save_venue(venue.id, venue_fields(venue, name={"sv": "Nya huset"}), by=EDITOR)

    record = get_record(here.id).venue
    assert record is not None
    assert record.name == {"sv": "Nya huset"}
    told = {"venue_id": venue.id, "tells": True, "account_id": None}
    assert heard == [("event.changed", {"event_ids": [here.id]}), ("venue.changed", told)]
    assert get_record(elsewhere.id).venue != record


def test_save_venue_moves_instants_and_keeps_wall_times_in_a_new_zone(any_ctx: Flask) -> None:
    venue = make_venue()
    event = make_event(venue=venue, starts="2026-12-03T18:00")

    save_venue(venue.id, venue_fields(venue, tz="Asia/Bishkek"), by=EDITOR)

    record = get_record(event.id)
    assert record.occurrences[0].starts_wall == datetime(2026, 12, 3, 18)
    assert record.starts_at == datetime(2026, 12, 3, 12, tzinfo=UTC)


def test_save_venue_leaves_an_event_with_a_zone_of_its_own(app_ctx: Flask) -> None:
    venue = make_venue()
    event = make_event(venue=venue, starts="2026-12-03T18:00", tz="Europe/Stockholm")

    save_venue(venue.id, venue_fields(venue, tz="Asia/Bishkek"), by=EDITOR)

    assert get_record(event.id).starts_at == datetime(2026, 12, 3, 17, tzinfo=UTC)


def test_save_venue_makes_one_with_rooms(app_ctx: Flask) -> None:
    rooms = (RoomFields(name="Sal 1", capacity=40), RoomFields(name="Sal 1", capacity=20))

    venue = save_venue(None, VenueFields(name={"sv": "Åbohuset"}, tz="Europe/Stockholm", rooms=rooms), by=EDITOR)

    made = db.session.scalars(select(Room.key).where(Room.venue_id == venue.id).order_by(Room.position)).all()
    assert (venue.key, made) == ("abohuset", ["sal-1", "sal-1-2"])


def test_save_venue_refuses_to_remove_a_room_with_events(app_ctx: Flask) -> None:
    venue = make_venue()
    make_event(venue=venue)

    with pytest.raises(Refused) as refused:
        save_venue(venue.id, venue_fields(venue, rooms=()), by=EDITOR)

    assert (refused.value.code, refused.value.facts) == ("venue.room_used", {"room": "Stora salen"})


def test_save_venue_refuses_a_member(app_ctx: Flask) -> None:
    venue = make_venue()

    with pytest.raises(NotAllowed):
        save_venue(venue.id, venue_fields(venue), by=MEMBER)


def test_save_theme_renames_it_on_its_events_and_those_of_its_subtopics(any_ctx: Flask) -> None:
    area = make_theme("environment")
    sub = make_theme("water", parent=area)
    event = make_event(themes=[sub])

    with facts() as heard:
        save_theme(area.id, ThemeFields(name={"sv": "Klimat"}, token="env"), by=ORGANIZER)
        save_theme(sub.id, ThemeFields(name={"sv": "Is"}, parent="environment"), by=ORGANIZER)

    assert get_record(event.id).subtopics[0].name == {"sv": "Is"}
    assert heard == [("event.changed", {"event_ids": [event.id]})] * 2


def test_save_theme_refuses_a_third_level(app_ctx: Flask) -> None:
    make_theme("water", parent=make_theme("environment"))

    with pytest.raises(Refused) as refused:
        save_theme(None, ThemeFields(name={"sv": "Is"}, parent="water"), by=ORGANIZER)

    assert (refused.value.code, refused.value.field) == ("theme.levels", "parent")


def test_save_theme_refuses_to_hang_an_area_with_subtopics_under_another(app_ctx: Flask) -> None:
    area, other = make_theme("environment"), make_theme("gender")
    make_theme("water", parent=area)

    with pytest.raises(Refused):
        save_theme(area.id, ThemeFields(name={"sv": "Miljö"}, parent=other.key), by=ORGANIZER)


def test_save_theme_is_not_for_editors(app_ctx: Flask) -> None:
    with pytest.raises(NotAllowed):
        save_theme(None, ThemeFields(name={"sv": "Is"}), by=EDITOR)


def test_save_campaign_keeps_its_goals(any_ctx: Flask) -> None:
    campaign = make_campaign("16", goals=[{"indicator": "x", "target": 4}])
    event = make_event(campaign=campaign)
    fields = CampaignFields(name={"sv": "Sexton"}, starts_on=date(2026, 11, 25), ends_on=date(2026, 12, 10))

    saved = save_campaign(campaign.id, fields, by=ORGANIZER)

    known = get_record(event.id).campaign
    assert known is not None
    assert (known.name, saved.goals) == ({"sv": "Sexton"}, [{"indicator": "x", "target": 4}])


def test_save_campaign_refuses_an_end_before_its_start(app_ctx: Flask) -> None:
    fields = CampaignFields(name={"sv": "X"}, starts_on=date(2026, 12, 10), ends_on=date(2026, 11, 25))

    with pytest.raises(Refused) as refused:
        save_campaign(None, fields, by=ORGANIZER)

    assert (refused.value.code, refused.value.field) == ("campaign.span", "ends_on")


def test_save_kind_words_refuses_a_kind_that_the_code_has_not(app_ctx: Flask) -> None:
    with pytest.raises(NotFound):
        save_kind_words("street_stall", {"sv": "Bord"}, {}, 60, by=ORGANIZER)


@pytest.mark.parametrize(
    "path",
    [
        *("venues/abf-stockholm", "venues/online", "venues/riksdagen", "themes/environment", "themes/water"),
        *("campaigns/16-roster", "kinds/lecture", "partners/bfi", "contacts/alva", "segments/students"),
    ],
)
def test_page_saved_unchanged_changes_nothing(demo_app: Flask, path: str) -> None:
    client = demo_app.test_client()
    sign_in(client)
    address = f"/sv/organise/{path}"
    html = client.get(address).text
    form = form_of(html[html.index('class="form facts-form"') - 40 :].replace("<form ", '<form id="editor" ', 1))

    with demo_app.app_context():
        before = everything()
    answer = client.post(address, data={**form, "do": "save"})

    assert answer.status_code == 303, re.findall(r"summary__list.*?</ul>", answer.text, re.DOTALL)
    with demo_app.app_context():
        assert everything() == before


def everything() -> list[list[dict[str, object]]]:
    """All rows that these pages may change."""
    names = ("venue", "room", "theme", "campaign", "kind_words", "partner", "contact", "segment")
    tables = db.metadata.tables
    return [
        [dict(row) for row in db.session.execute(select(tables[name]).order_by(tables[name].c.id)).mappings()]
        for name in names
    ]


def test_venue_page_keeps_what_was_typed_when_a_number_is_wrong(app: Flask, client: FlaskClient) -> None:
    sign_in(client, Role.EDITOR)
    with app.app_context():
        key = make_venue().key
    html = client.get(f"/sv/organise/venues/{key}").text
    form = form_of(html[html.index('class="form facts-form"') - 40 :].replace("<form ", '<form id="editor" ', 1))

    answer = client.post(f"/sv/organise/venues/{key}", data={**form, "lat": "norrut", "street": "Nygatan 2"})

    assert answer.status_code == 422
    assert [text in answer.text for text in ('id="lat-error"', 'value="Nygatan 2"')] == [True, True]


def test_theme_key_stays_when_it_is_renamed(app_ctx: Flask) -> None:
    theme = make_theme("gender")

    save_theme(theme.id, ThemeFields(name={"sv": "Annat"}), by=ORGANIZER)

    assert db.session.scalars(select(Theme.key)).all() == ["gender"]
