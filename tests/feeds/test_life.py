"""A scripted life of events: exactly which entries change, and how, at each step."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cag_events import clock, outbox
from cag_events.db import db, transaction
from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Event, EventRecordRow, KindWords, Occurrence, Venue
from cag_events.feeds.entries import catch_up, versions_of
from cag_events.feeds.models import Entry
from cag_events.feeds.raising import raise_all
from tests.calendars import read_strictly
from tests.conftest import NOW
from tests.factories import at, make_event, make_venue
from tests.feeds.reading import entries, fetch, stored, version


def change(event_id: int, **values):
    """Change an event's fields as a service does."""
    with transaction():
        event = db.session.get(Event, event_id)
        for name, value in values.items():
            setattr(event, name, value)
        records.refresh([event_id])


def move(event_id: int, starts: str, ends: str):
    """Move an event's first occurrence, in wall time of Stockholm in winter."""
    with transaction():
        row = db.session.query(Occurrence).filter_by(event_id=event_id).order_by(Occurrence.id).first()
        row.starts_wall, row.ends_wall, row.starts_at, row.ends_at = starts, ends, at(starts), at(ends)
        records.refresh([event_id])


def test_entries_change_exactly_as_the_event_does(any_ctx):
    app = any_ctx
    venue = make_venue(name={"sv": "Gamla huset", "en": "Old house"})
    event = make_event(status=Status.DRAFT, venue=venue, title={"sv": "Vatten", "en": "Water"})
    seen = {"draft": stored(app)}

    change(event.id, status=Status.PUBLISHED)
    seen["published"] = stored(app)
    change(event.id, lead_id=None)
    seen["nothing shown"] = stored(app)
    change(event.id, title={"sv": "Vattnet", "en": "Water"})
    seen["one language"] = stored(app)
    with transaction():
        db.session.get(Venue, venue.id).name = {"sv": "Nya huset", "en": "New house"}
        records.refresh_where(Event.venue_id == venue.id)
    seen["venue renamed"] = stored(app)
    move(event.id, "2026-12-04T18:00", "2026-12-04T19:30")
    seen["moved"] = stored(app)
    change(event.id, status=Status.POSTPONED)
    seen["postponed"] = stored(app)
    change(event.id, status=Status.PUBLISHED)
    seen["back"] = stored(app)
    change(event.id, status=Status.CANCELLED, cancel_reason={"sv": "Sjukdom.", "en": "Illness."})
    seen["cancelled"] = stored(app)

    sv, en = ("sv", "public"), ("en", "public")
    assert seen == {
        "draft": {},
        "published": {sv: (0, "Vatten"), en: (0, "Water")},
        "nothing shown": {sv: (0, "Vatten"), en: (0, "Water")},
        "one language": {sv: (1, "Vattnet"), en: (0, "Water")},
        "venue renamed": {sv: (2, "Vattnet"), en: (2, "Water")},
        "moved": {sv: (3, "Vattnet"), en: (3, "Water")},
        "postponed": {sv: (4, "Vattnet"), en: (4, "Water")},
        "back": {sv: (5, "Vattnet"), en: (5, "Water")},
        "cancelled": {sv: (6, "Vattnet"), en: (6, "Water")},
    }
    found = versions_of([event.occurrences[0].uid])[event.occurrences[0].uid]
    assert (found.sequence, found.significant_sequence) == (6, 6)


def test_a_new_text_is_no_significant_change_but_a_new_place_is(app_ctx):
    event = make_event(title={"sv": "Vatten"})
    uid = event.occurrences[0].uid

    change(event.id, title={"sv": "Vattnet"})
    text = versions_of([uid])[uid].significant_sequence
    with transaction():
        db.session.get(Venue, event.venue_id).street = "Nygatan 2"
        records.refresh([event.id])
    place = versions_of([uid])[uid].significant_sequence

    assert (text, place) == (0, 2)


def test_unchanged_renderings_keep_their_octets_and_times(app_ctx):
    event = make_event(title={"sv": "Vatten", "en": "Water"})
    before = {row.language: row.body for row in db.session.query(Entry)}

    with clock.fixed(NOW + timedelta(hours=1)):
        change(event.id, title={"sv": "Vattnet", "en": "Water"})

    after = {row.language: row.body for row in db.session.query(Entry)}
    assert after["en"] == before["en"]
    assert after["sv"] != before["sv"]
    assert b"LAST-MODIFIED:20261121T100000Z" in after["sv"]
    assert b"DTSTAMP:20261121T100000Z" in after["sv"]


def test_cancelled_entry_keeps_title_times_and_page_and_begins_with_the_reason(app, client):
    with app.app_context():
        event_id = make_event(key="talk", title={"en": "Water"}, summary={"en": "Lead."}, body={}).id
    before = next(iter(entries(client).values()))

    with app.app_context():
        change(event_id, status=Status.CANCELLED, cancel_reason={"en": "Illness."})
    after = next(iter(entries(client).values()))

    assert after.one("STATUS").value == "CANCELLED"
    assert after.one("TRANSP").value == "TRANSPARENT"
    assert after.one("DESCRIPTION").text.startswith("Cancelled. Illness.\nLead.")
    for name in ("UID", "SUMMARY", "DTSTART", "DTEND", "URL", "LOCATION", "CREATED"):
        assert after.one(name) == before.one(name)
    assert version(after) == version(before) + 1


@pytest.mark.parametrize(
    "how",
    [
        {"status": Status.DRAFT},
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.MEMBERS},
        {"visibility": Visibility.UNLISTED},
    ],
)
def test_withdrawn_entry_leaves_a_tombstone_that_tells_nothing(app, client, how):
    with app.app_context():
        event = make_event(key="talk", title={"sv": "Kanariehemligt", "en": "Canary secret"}, summary={"en": "Canary"})
        event_id, uid = event.id, event.occurrences[0].uid
    before = entries(client)[uid]

    with app.app_context():
        change(event_id, **how)
    response = fetch(client)
    after = entries(client)[uid]

    assert b"anar" not in response.data
    assert {entry.name for entry in after.properties} == {
        *("UID", "DTSTAMP", "SEQUENCE", "STATUS", "CREATED", "LAST-MODIFIED", "DTSTART", "DTEND", "SUMMARY", "TRANSP"),
    }
    assert after.one("SUMMARY").text == "Event withdrawn"
    assert after.one("STATUS").value == "CANCELLED"
    assert (after.one("DTSTART"), after.one("DTEND")) == (before.one("DTSTART"), before.one("DTEND"))
    assert version(after) == version(before) + 1


def test_tombstone_is_kept_until_90_days_after_withdrawal_and_30_after_the_end(app, client):
    with app.app_context():
        soon, late = make_event(key="soon"), make_event(key="late", starts="2027-06-01T18:00")
        for event_id in (soon.id, late.id):
            change(event_id, status=Status.DRAFT)

    counts = {}
    for days in (89, 91, 191 + 29, 191 + 32):
        with clock.fixed(NOW + timedelta(days=days)):
            counts[days] = len(entries(client))
    with clock.fixed(NOW + timedelta(days=91)):
        files = [fetch(client, f"/events/{key}.ics").status_code for key in ("soon", "late")]

    assert counts == {89: 2, 91: 1, 220: 1, 223: 0}
    assert files == [404, 200]


def test_republished_event_keeps_its_uid_and_raises_its_sequence(app, client):
    with app.app_context():
        event = make_event(title={"en": "Water"})
        event_id, uid = event.id, event.occurrences[0].uid
        change(event_id, status=Status.DRAFT)
        change(event_id, status=Status.PUBLISHED)

    found = entries(client)

    assert list(found) == [uid]
    assert (version(found[uid]), found[uid].one("STATUS").value) == (2, "CONFIRMED")
    assert found[uid].one("SUMMARY").text == "Water"


def test_deleted_event_and_deleted_date_leave_tombstones(app, client):
    with app.app_context():
        whole = make_event(title={"en": "Whole"})
        part = make_event(dates=["2026-12-01T18:00", "2026-12-08T18:00"], title={"en": "Part"})
        whole_id, part_id = whole.id, part.id
        gone = [whole.occurrences[0].uid, part.occurrences[1].uid]
        with transaction():
            db.session.delete(db.session.get(Event, whole_id))
            db.session.delete(db.session.query(Occurrence).filter_by(uid=gone[1]).one())
            db.session.flush()
            records.refresh([whole_id, part_id])

    found = entries(client)

    told = {uid: (entry.one("SUMMARY").text, entry.one("STATUS").value) for uid, entry in found.items()}
    assert {told[uid] for uid in gone} == {("Event withdrawn", "CANCELLED")}
    assert sorted(text for text, _ in told.values()) == ["Event withdrawn", "Event withdrawn", "Part"]


def break_record(event_id: int, **changes):
    """Give an event a record that no calendar can be made of, and say that it changed with the others."""
    record = records.build([event_id])[0]
    broken = tuple(replace(occurrence, tz="Not/AZone") for occurrence in record.occurrences)
    body = records.encode(replace(record, **{"title": {"en": "Broken"}, "occurrences": broken} | changes))
    db.session.get(EventRecordRow, event_id).body = body
    records.raise_version()


def test_faulty_event_keeps_its_last_good_entry_and_others_go_on(app, client, capsys):
    with app.app_context():
        bad, good = make_event(title={"en": "Bad"}), make_event(title={"en": "Good"})
        with transaction():
            db.session.get(Event, good.id).title = {"en": "Better"}
            db.session.flush()
            records.refresh([good.id], announce=False)
            break_record(bad.id)
            outbox.note("event.changed", event_ids=[bad.id, good.id])

    titles = [entry.one("SUMMARY").text for entry in entries(client).values()]

    assert sorted(titles) == ["Bad", "Better"]
    assert "calendar entries left as they were" in capsys.readouterr().out


def test_faulty_event_that_became_more_guarded_does_not_keep_its_old_entry(app, client):
    with app.app_context():
        event = make_event(title={"en": "Canary"})
        with transaction():
            break_record(event.id, safety=Safety.GUARDED)
            outbox.note("event.changed", event_ids=[event.id])

    (entry,) = entries(client).values()

    assert entry.one("SUMMARY").text == "Event withdrawn"


def test_exhibition_is_a_transparent_banner_with_its_opening_beside_it(app, client):
    details = {
        "exhibition": {
            "from": "2026-11-25",
            "to": "2026-12-10",
            "opening": [
                {"days": ["mon", "tue", "wed", "thu"], "start": "10:00", "end": "19:00"},
                {"days": ["sat", "sun"], "start": "11:00", "end": "17:00"},
            ],
            "closed": [{"date": "2026-11-30", "name": {"en": "Inventory"}}],
        }
    }
    with app.app_context():
        event = make_event(
            kind="exhibition",
            title={"en": "Voices"},
            run=(date(2026, 11, 25), date(2026, 12, 10)),
            dates=["2026-11-25T16:30"],
            details=details,
        )
        with transaction():
            db.session.query(Occurrence).filter_by(event_id=event.id).one().title = {"en": "Opening"}
            records.refresh([event.id])
        uid, opening = event.uid, event.occurrences[0].uid

    plain, hours = entries(client), entries(client, "/feeds/programme.ics?lang=en&hours=1")

    banner = plain[uid]
    assert (banner.one("DTSTART").value, banner.one("DTEND").value) == ("20261125", "20261211")
    assert banner.one("TRANSP").value == "TRANSPARENT"
    assert (
        "Open: Mon–Thu 10:00–19:00; Sat, Sun 11:00–17:00\nClosed: Mon 30 Nov (Inventory)"
        in banner.one("DESCRIPTION").text
    )
    assert plain[opening].one("SUMMARY").text == "Opening: Voices"
    assert plain[opening].one("RELATED-TO").value == uid
    assert uid not in hours
    assert sorted(
        (entry.one("SUMMARY").text, entry.one("DTSTART").value, entry.one("RRULE").value)
        for entry in hours.values()
        if entry.all("RRULE")
    ) == [
        ("Open: Voices", "20261125T100000", "FREQ=WEEKLY;UNTIL=20261210T225959Z;BYDAY=MO,TU,WE,TH"),
        ("Open: Voices", "20261128T110000", "FREQ=WEEKLY;UNTIL=20261210T225959Z;BYDAY=SA,SU"),
    ]
    assert [e.one("EXDATE").value for e in hours.values() if e.all("EXDATE")] == ["20261130T100000"]


def test_series_with_own_dates_is_numbered_and_related_to_its_first(app, client):
    with app.app_context():
        event = make_event(dates=["2026-12-01T18:00", "2026-12-08T18:00"], title={"en": "Circle"})
        first, second = (occurrence.uid for occurrence in event.occurrences)

    found = entries(client)

    assert [found[uid].one("SUMMARY").text for uid in (first, second)] == ["Circle (1 of 2)", "Circle (2 of 2)"]
    assert found[first].all("RELATED-TO") == []
    assert found[second].one("RELATED-TO").value == first


def test_regular_series_is_one_rule_and_a_date_taken_out_later_is_shown_as_cancelled(app, client):
    with app.app_context():
        event = make_event(starts="2026-12-01T18:00", rrule="FREQ=WEEKLY;COUNT=4", title={"en": "Circle"})
        event_id, head, third = event.id, event.occurrences[0].uid, event.occurrences[2].uid
        whole = list(entries(client).values())
        with transaction():
            db.session.delete(db.session.query(Occurrence).filter_by(uid=third).one())
            db.session.flush()
            records.refresh([event_id])
        change(event_id, summary={"en": "Changed again."})

    response = fetch(client)
    blocks = read_strictly(response.data).components("VEVENT")
    assert [(e.one("UID").value, e.one("RRULE").value, e.one("SUMMARY").text) for e in whole] == [
        (head, "FREQ=WEEKLY;COUNT=4", "Circle")
    ]
    assert [(e.one("UID").value, [p.value for p in e.all("RECURRENCE-ID")], e.one("STATUS").value) for e in blocks] == [
        (head, [], "CONFIRMED"),
        (head, ["20261215T180000"], "CANCELLED"),
    ]
    assert blocks[0].all("EXDATE") == []


def test_regular_series_leaves_out_a_date_that_was_never_shown(app, client):
    with app.app_context():
        event = make_event(
            starts="2026-12-01T18:00", rrule="FREQ=WEEKLY;COUNT=4", title={"en": "Circle"}, status=Status.DRAFT
        )
        third = event.occurrences[2].uid
        with transaction():
            db.session.delete(db.session.query(Occurrence).filter_by(uid=third).one())
            db.session.flush()
            db.session.get(Event, event.id).status = Status.PUBLISHED
            records.refresh([event.id])

    (entry,) = entries(client).values()

    assert entry.one("EXDATE").value == "20261215T180000"


def test_postponed_event_is_tentative_at_its_old_date(app, client):
    with app.app_context():
        make_event(status=Status.POSTPONED, summary={"en": "Lead."})

    (entry,) = entries(client).values()

    assert entry.one("STATUS").value == "TENTATIVE"
    assert entry.one("DESCRIPTION").text.startswith(
        "Postponed: a new date will come. The date here is the old one.\nLead."
    )


def test_event_that_concerns_central_asia_tells_both_times(app, client):
    with app.app_context():
        osh = make_venue(city="Osh", country="KG", tz="Asia/Bishkek")
        make_event(venue=osh, starts="2026-12-03T18:00")

    (entry,) = entries(client).values()

    lines = entry.one("DESCRIPTION").text.splitlines()
    assert "Thu 3 Dec 2026, 18:00–19:30 (Bishkek)" in lines
    assert "13:00–14:30 (Stockholm)" in lines
    assert entry.one("DTSTART").parameters["TZID"] == "Asia/Bishkek"


def test_catching_up_renders_anew_only_what_our_own_words_have_changed(app_ctx):
    make_event(title={"sv": "Vatten", "en": "Water"})
    first = catch_up()
    before = stored(app_ctx)

    with transaction():
        db.session.add(KindWords(key="lecture", name={"sv": "Föredrag", "en": "Lecture"}))
    counts = [first, catch_up(), catch_up()]

    assert counts == [0, 1, 0]
    assert (before["sv", "public"][0], stored(app_ctx)["sv", "public"][0]) == (0, 1)
    assert stored(app_ctx)["en", "public"] == before["en", "public"]


def test_restored_entries_never_go_back(app_ctx):
    event = make_event()
    uid = event.occurrences[0].uid

    with transaction():
        raise_all(100)

    row = db.session.query(Entry).filter_by(uid=uid, language="sv", circle="public").one()
    assert (row.sequence, b"SEQUENCE:100\r\n" in row.body) == (100, True)
    change(event.id, title={"sv": "Nytt"})
    assert versions_of([uid])[uid].sequence == 101
