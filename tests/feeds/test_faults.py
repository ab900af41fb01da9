"""An event that cannot be rendered is named on *today* until it can, and breaks nothing beside it."""

from dataclasses import replace

from cag_events import outbox
from cag_events.db import db, transaction
from cag_events.domain.event import Safety
from cag_events.events import records
from cag_events.events.models import EventRecordRow
from cag_events.feeds.entries import catch_up, versions_of
from cag_events.feeds.faults import list_faulty
from cag_events.permissions import Role
from tests.factories import make_event, make_organisation, make_venue, sign_in
from tests.feeds.reading import summaries
from tests.feeds.test_life import change

STALE = "Its calendar entry could not be made anew. Subscribers still see the one before the last change."
GONE = "Its calendar entry could not be made. Subscribers are told that it is withdrawn."


def broken(event_id, **changes):
    """Give an event a date whose UID no calendar line can hold."""
    with transaction():
        record = records.build([event_id])[0]
        parts = tuple(replace(one, uid=f"{one.uid}\x01") for one in record.occurrences)
        row = db.session.get(EventRecordRow, event_id)
        row.body = records.encode(replace(record, **{"title": {"en": "Broken"}, "occurrences": parts} | changes))
        records.raise_version()
        outbox.note("event.changed", event_ids=[event_id])


def test_a_faulty_event_is_named_on_today_until_it_renders_again(app, client):
    with app.app_context():
        bad, good = make_event(title={"en": "Bad"}), make_event(title={"en": "Good"})
        far = make_event(title={"en": "Far"}, starts="2028-01-01T18:00")
        broken(bad.id)
        broken(far.id)
        ids, good_id = [bad.id, far.id], good.id
    sign_in(client, Role.ORGANIZER)
    page = client.get("/en/organise/today").text
    with app.app_context():
        named = list_faulty()
        change(bad.id, title={"en": "Mended"})
        mended = list_faulty()
    after = client.get("/en/organise/today").text

    assert named == ids
    assert (page.count(STALE), after.count(STALE)) == (2, 1)
    assert mended == [ids[1]]
    assert sorted(summaries(client)) == ["Far", "Good", "Mended"]
    assert good_id not in named


def test_what_may_not_stay_is_said_to_be_withdrawn(app, client):
    with app.app_context():
        broken(make_event(title={"en": "Canary"}).id, safety=Safety.GUARDED)
    sign_in(client, Role.ORGANIZER)

    page = client.get("/en/organise/today").text

    assert (page.count(STALE), page.count(GONE)) == (0, 1)
    assert summaries(client) == ["Event withdrawn"]


def test_readers_of_today_without_the_pen_are_not_asked(app, client):
    with app.app_context():
        broken(make_event().id)
    sign_in(client, Role.MEMBER)

    assert client.get("/en/organise/today").status_code == 403


def test_a_mended_program_tries_faulty_events_again_at_its_start(any_ctx):
    event = make_event(title={"en": "Bad"})
    catch_up()
    broken(event.id)
    with transaction():
        records.refresh([event.id], announce=False)  # the record is whole again, as after an update

    done = [catch_up(), catch_up()]

    assert done == [1, 0]
    assert list_faulty() == []


def test_a_deleted_event_leaves_no_mark(any_ctx):
    event = make_event()
    broken(event.id)
    with transaction():
        db.session.delete(db.session.get(type(event), event.id))
        db.session.flush()
        records.refresh([event.id])

    assert list_faulty() == []


def test_another_home_of_the_organisation_is_caught_up_with_by_a_working_worker(any_ctx):
    """Entries tell the clocks at home beside those of the event."""
    organisation = make_organisation(tz="Europe/Stockholm")
    event = make_event(venue=make_venue(tz="Asia/Bishkek"), title={"en": "There"})
    uid = event.occurrences[0].uid
    catch_up()
    with transaction():
        db.session.get(type(organisation), organisation.id).tz = "America/New_York"

    done = [catch_up(again=False) for _time in range(2)]

    assert done == [1, 0]
    assert versions_of([uid])[uid].sequence == 1
