"""An update of the zone data: wall times stay, instants move, entries rise, people and organizers are told, once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.domain.event import Safety
from cag_events.domain.noticing import HOLD, News, State
from cag_events.events.models import ClockChange, Event, Occurrence, ZoneData
from cag_events.events.queries import get_record, programme_version
from cag_events.events.services.clocks import follow_zone_data
from cag_events.feeds.entries import versions_of
from cag_events.feeds.models import Entry
from cag_events.feeds.stored import hash_of
from cag_events.messages.services.holding import send_due, undo
from cag_events.permissions import SYSTEM, Role
from tests.conftest import NOW
from tests.factories import make_account, make_event, make_organisation, make_venue, sign_in
from tests.messages.given import TITLE, edited, event_now, join, mailed, make_house, moved_to, notices, the_notice
from tests.races.test_seats import in_context, in_threads
from tests.zones import new_law


def in_bishkek(**values):
    """An event at six in the evening in Bishkek, which is at noon UTC."""
    venue = make_venue(tz="Asia/Bishkek", city="Bishkek", country="KG")
    return make_event(**{"venue": venue, "starts": "2026-12-01T18:00", "title": TITLE, **values})


def octets():
    """All entries as they are: language and circle, body."""
    return {(row.uid, row.language, row.circle): row.body for row in db.session.query(Entry).populate_existing()}


def instant_of(event):
    return db.session.scalar(select(Occurrence.starts_at).where(Occurrence.event_id == event.id))


def test_a_new_law_moves_the_instant_and_raises_the_entry_whose_wall_time_stays(any_ctx, tmp_path):
    make_organisation(tz="Asia/Bishkek")  # at home there: the entry tells no other clocks, so no octet of it changes
    there = in_bishkek()
    moving = there.occurrences[0].uid
    over = in_bishkek(starts="2026-11-01T18:00")
    make_event(starts="2026-12-01T18:00")  # in Stockholm
    follow_zone_data()
    before, number = octets(), programme_version()[0]

    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"), clock.fixed(NOW + timedelta(hours=1)):
        moved = follow_zone_data()
        record = get_record(there.id)
    after = octets()

    assert moved == 1
    assert instant_of(there) == record.starts_at == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert instant_of(over) == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert record.occurrences[0].starts_wall == datetime(2026, 12, 1, 18)
    changed = {key for key in before if before[key] != after[key]}
    assert {key[0] for key in changed} == {moving}
    assert len({key[0] for key in before}) == 3
    assert {hash_of(after[key]) == hash_of(before[key]) for key in changed} == {True}
    assert all(b"SEQUENCE:1\r\n" in after[key] for key in changed)
    assert all(b"LAST-MODIFIED:20261121T100000Z\r\n" in after[key] for key in changed)
    version = versions_of([moving])[moving]
    assert (version.sequence, version.significant_sequence) == (1, 1)
    assert programme_version()[0] > number


def test_the_same_data_are_compared_once_and_the_old_law_moves_it_back(any_ctx, tmp_path):
    event = in_bishkek()
    first = follow_zone_data()
    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"):
        there = [follow_zone_data() for _time in range(2)]
        seen = octets()
    back = [follow_zone_data() for _time in range(2)]

    row = db.session.get(ZoneData, 1, populate_existing=True)
    assert (first, there, back, row.number) == (0, [1, 0], [1, 0], 3)
    assert seen != octets()
    assert instant_of(event) == datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert event_now(event).version == 3


def test_series_in_whose_midst_clocks_change_rises_although_it_begins_and_ends_as_before(any_ctx, tmp_path):
    """Algiers has no summer time, Stockholm has: dates in summer move, those in February and November do not."""
    venue = make_venue(tz="Africa/Algiers")  # +01 all the year
    event = make_event(venue=venue, starts="2027-02-01T18:00", rrule="FREQ=MONTHLY;BYMONTHDAY=1;COUNT=10", title=TITLE)
    uid = event.occurrences[0].uid
    follow_zone_data()
    before = octets()

    with new_law(tmp_path, Africa__Algiers="Europe/Stockholm"), clock.fixed(NOW + timedelta(hours=1)):
        follow_zone_data()

    assert [key for key in before if b"RRULE" not in before[key]] == []
    assert all(b"SEQUENCE:1\r\n" in body for body in octets().values())
    assert versions_of([uid])[uid].significant_sequence == 1


def test_run_of_whole_days_moves_without_a_notice(any_ctx, tmp_path):
    run = (date(2026, 12, 1), date(2026, 12, 20))
    event = in_bishkek(kind="exhibition", run=run, dates=[], tz="Asia/Bishkek", starts=None)
    with_people = event.starts_at
    follow_zone_data()
    before = octets()
    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"):
        moved = follow_zone_data()

    assert (moved, event_now(event).starts_at) == (1, with_people + timedelta(hours=1))
    assert octets() == before
    assert notices(event) == []


def test_people_are_told_after_ten_minutes_with_a_new_entry_for_their_calendar(any_ctx, tmp_path):
    make_house()
    event = in_bishkek()
    join(event)
    mailed()
    follow_zone_data()
    at = clock.now()
    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"):
        follow_zone_data()
        held = the_notice(event)
        early = (held.what, held.state, held.due_at - at)
        with pytest.raises(Refused) as refused:
            undo(held.id, by=SYSTEM)
        with clock.fixed(at + HOLD):
            done = send_due(at + HOLD)
            (mail,) = mailed("event.clocks")[-1:]

    assert early == (News.CLOCKS, State.HELD, HOLD)
    assert refused.value.code == "notice.clocks"
    assert done == 1
    assert mail.to == "p1@example.org"
    assert "Previously: Tue 1 Dec 2026, 18:00–19:30 Bishkek (13:00–14:30 in Stockholm)" in mail.text
    assert "Clocks in Bishkek\n  Previously: UTC+6\n  Now: UTC+5\n" in mail.text
    assert mail.calendar_method == "REQUEST"
    assert "DTSTART;TZID=Asia/Bishkek:20261201T180000" in mail.calendar
    assert "TZOFFSETTO:+0500" in mail.calendar


def test_a_move_in_those_ten_minutes_is_told_as_one_and_its_undoing_leaves_the_clocks_to_tell(any_ctx, tmp_path):
    event = in_bishkek()
    join(event)
    follow_zone_data()
    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"):
        follow_zone_data()
        edited(event, occurrences=moved_to(event, "2026-12-01T17:00"))
        both = the_notice(event).what
        undo(the_notice(event).id, by=SYSTEM)
        after = the_notice(event)

    assert (both, after.what, after.state) == (News.MOVED, News.CLOCKS, State.HELD)
    assert event_now(event).starts_at == datetime(2026, 12, 1, 13, tzinfo=UTC)


def test_the_lead_gets_one_mail_of_all_their_events_and_nothing_secret_of_guarded_ones(any_ctx, tmp_path):
    make_house()
    lead = make_account(Role.ORGANIZER, email="lead@example.org", language="en")
    first = in_bishkek(lead_id=lead.id, title={"en": "Rivers"})
    in_bishkek(lead_id=lead.id, title={"en": "Shelter canary"}, safety=Safety.GUARDED)
    follow_zone_data()
    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"):
        follow_zone_data()
        mails = mailed("event.clocks")
        follow_zone_data()
        again = mailed("event.clocks")

    (mail,) = mails
    assert [one.id for one in again] == [mail.id]
    assert mail.to == "lead@example.org"
    assert "Rivers" in mail.text
    assert "canary" not in mail.text + mail.html + mail.subject
    assert db.session.get(Event, first.id).lead_id == lead.id


def test_an_hour_that_clocks_skip_now_is_raised_and_breaks_nothing(any_ctx, tmp_path):
    """Half past two on the night when Stockholm goes to summer time, in a zone that had none."""
    venue = make_venue(tz="Africa/Algiers")
    event = make_event(venue=venue, starts="2027-03-28T02:30", minutes=45, title=TITLE)
    follow_zone_data()
    with new_law(tmp_path, Africa__Algiers="Europe/Stockholm"):
        moved = follow_zone_data()
        again = follow_zone_data()
        record = get_record(event.id)
    change = db.session.scalars(select(ClockChange)).one()

    assert (moved, again) == (1, 0)
    assert change.gaps == ["2027-03-28T02:30"]
    assert record.starts_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert record.ends_at - record.starts_at == timedelta(minutes=45)


def test_processes_that_start_together_tell_it_once(any_app, tmp_path):
    with any_app.app_context():
        event = in_bishkek()
        join(event)
        follow_zone_data()
        event_id = event.id
    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"):
        in_threads(in_context(any_app, lambda _number: follow_zone_data()), list(range(8)))

    with any_app.app_context():
        assert db.session.get(Event, event_id).version == 2
        assert len(db.session.scalars(select(ClockChange)).all()) == 1
        assert db.session.get(ZoneData, 1).number == 2
        assert the_notice(event).saves == 1


def test_organizers_see_it_on_today_and_at_its_messages_until_the_event_is_saved(app, client, tmp_path):
    with app.app_context():
        event = in_bishkek(key="there", title={"en": "There"})
        join(event)
        follow_zone_data()
    sign_in(client, Role.ORGANIZER)
    news = "for everybody else it is at another time now"
    before = client.get("/en/organise/today").text
    with new_law(tmp_path, Asia__Bishkek="Asia/Almaty"):
        with app.app_context():
            follow_zone_data()
        told = client.get("/en/organise/today").text
        page = client.get("/en/organise/events/there/messages").text
        with app.app_context():
            saved = db.session.scalars(select(Event).where(Event.key == "there")).one()
            edited(saved, title={"en": "Seen"})
        after = client.get("/en/organise/today").text
        history = client.get("/en/organise/events/there/history").text

    assert (news in before, news in told, news in after) == (False, True, False)
    assert "Clocks changed by law" in page
    assert "Undo the change" not in page
    assert "13:00–14:30 in Stockholm" in page
    assert "The clocks there were changed by law" in history
