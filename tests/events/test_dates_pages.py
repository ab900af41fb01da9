"""The pages of an event's dates: what they show, what they refuse, and that nothing typed is lost."""

from dataclasses import replace
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from cag_events.domain.event import Mode
from cag_events.events.drafts import fields_of, occurrences_of
from cag_events.events.fields import OccurrenceFields
from cag_events.events.queries import get_record
from cag_events.events.services.planning import edit_event
from cag_events.permissions import SYSTEM, Role
from tests.factories import make_event, make_partner, post, sign_in


def test_page_warns_where_clocks_change_and_keeps_the_partners_hour(app_ctx: Flask, client: FlaskClient) -> None:
    partner = make_partner(country="KG")
    event = make_event(starts="2027-03-16T12:00", rrule="FREQ=WEEKLY;COUNT=4", mode=Mode.HYBRID, partners=[partner])
    sign_in(client, Role.ORGANIZER)
    address = f"/en/organise/events/{event.key}/dates"

    warned = client.get(address).text
    kept = post(client, f"{address}/keep-hour", {"tz": "Asia/Bishkek", "version": "1"}, page=address)

    assert "begins at 16:00 instead of 17:00 in Bishkek" in warned
    assert "Keep 17:00 in Bishkek" in warned
    assert kept.status_code == 303
    assert get_record(event.id).tz == "Asia/Bishkek"
    assert [row.starts_wall[11:] for row in occurrences_of(event.id)] == ["17:00"] * 4
    assert "begins at 13:00 instead of 12:00 in Stockholm" in client.get(address).text


def test_page_lets_one_series_of_several_keep_the_partners_hour(app_ctx: Flask, client: FlaskClient) -> None:
    partner = make_partner(country="KG")
    event = make_event(starts="2027-03-16T12:00", rrule="FREQ=WEEKLY;COUNT=4", mode=Mode.HYBRID, partners=[partner])
    starts = datetime(2027, 3, 18, 8)
    other = OccurrenceFields(starts_wall=starts, ends_wall=starts + timedelta(hours=1), rrule="FREQ=WEEKLY;COUNT=4")
    fields = fields_of(event)
    edit_event(event.id, replace(fields, occurrences=(*fields.occurrences, other)), version=1, by=SYSTEM)
    sign_in(client, Role.ORGANIZER)
    address = f"/en/organise/events/{event.key}/dates"

    offered = client.get(address).text
    typed = {"tz": "Asia/Bishkek", "version": "2", "series": str(occurrences_of(event.id)[0].id)}
    unknown = post(client, f"{address}/keep-hour", {**typed, "series": "999999"}, page=address)
    kept = post(client, f"{address}/keep-hour", typed, page=address)

    assert "Keep 17:00 in Bishkek, this series alone" in offered
    assert "Keep 13:00 in Bishkek, all series" in offered
    assert (unknown.status_code, kept.status_code) == (404, 303)
    hours = [row.starts_wall[11:] for row in sorted(occurrences_of(event.id), key=lambda row: row.starts_at)]
    assert hours == ["17:00", "13:00", "17:00", "13:00", "17:00", "12:00", "17:00", "12:00"]


def test_page_refuses_a_skipped_hour_at_the_start_and_keeps_what_was_typed(app_ctx: Flask, client: FlaskClient) -> None:
    event = make_event(starts="2027-03-21T02:30", rrule="FREQ=DAILY;COUNT=3")
    sign_in(client, Role.ORGANIZER)
    address = f"/en/organise/events/{event.key}/dates/{occurrences_of(event.id)[0].id}"
    typed = {"day": "2027-03-28", "start": "02:30", "end": "04:00", "scope": "this", "do": "save", "version": "1"}

    answer = post(client, address, typed, page=address)

    assert answer.status_code == 422
    assert "does not exist" in answer.text
    assert 'value="2027-03-28"' in answer.text
    assert [row.starts_wall[:10] for row in occurrences_of(event.id)] == ["2027-03-21", "2027-03-22", "2027-03-23"]
