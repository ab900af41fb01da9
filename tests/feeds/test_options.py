"""Options of feeds: hours, the rich profile, without what is cancelled; alone, together, with filters and languages."""

from datetime import date, datetime
from itertools import product

import pytest

from cag_events.db import db, transaction
from cag_events.domain.calendar import EntryStatus, vevent
from cag_events.domain.calendar.rich import Participant, Rich
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.feeds import preview
from cag_events.feeds.options import OPTIONS, Options, stored_options, with_alarms, without_cancelled
from cag_events.feeds.stored import repeated, tombstone
from tests.calendars import read_block, read_strictly
from tests.domain.entries import make_all_day, make_entry
from tests.exhibitions.given import make_exhibition
from tests.factories import make_contact, make_event, make_theme
from tests.feeds.reading import entries, fetch, summaries, version

WEEKLY = make_entry(rrule="FREQ=WEEKLY;COUNT=4", exdates=(datetime(2027, 3, 15, 18, 0),))
CALLED_OFF = make_entry(
    start=datetime(2027, 3, 22, 18, 0),
    end=datetime(2027, 3, 22, 20, 0),
    recurrence_id=datetime(2027, 3, 22, 18, 0),
    status=EntryStatus.CANCELLED,
)
MOVED = make_entry(
    start=datetime(2027, 3, 30, 18, 0), end=datetime(2027, 3, 30, 20, 0), recurrence_id=datetime(2027, 3, 29, 18, 0)
)
SHORT = {"opening": [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "10:00", "end": "18:00"}]}


@pytest.fixture
def programme(app):
    """A talk, a cancelled one, and an exhibition with hours and an opening night."""
    with app.app_context():
        gender, water = make_theme("gender"), make_theme("environment")
        ada = make_contact("ada", name="Ada Testsson", named=True)
        make_event(key="talk", title={"en": "Talk", "sv": "Tal"}, themes=[gender], people=[(ada, "speaker")])
        make_event(key="off", title={"en": "Off", "sv": "Inställt"}, themes=[gender], status=Status.CANCELLED)
        make_exhibition(
            date(2026, 11, 23),
            14,
            key="lake",
            title={"en": "Lake", "sv": "Sjö"},
            themes=[water],
            dates=["2026-11-23T17:00"],
            details={"from": "2026-11-23", "to": "2026-12-06", **SHORT},
        )
    return app


def test_options_do_the_same_alone_and_together_with_every_filter_and_language(programme):
    client = programme.test_client()
    titles = {"en": ("Talk", "Off", "Lake", "Open: Lake"), "sv": ("Tal", "Inställt", "Sjö", "Öppet: Sjö")}

    for lang, theme, hours, profile, cancelled in product(
        ("en", "sv"), ("", "gender", "environment"), ("0", "1"), ("plain", "rich"), ("0", "1")
    ):
        query = f"lang={lang}&theme={theme}&hours={hours}&profile={profile}&cancelled={cancelled}"
        found = [title for title in summaries(client, f"/feeds/programme.ics?{query}") if "penin" not in title]
        talk, off, banner, weekly = titles[lang]
        expected = []
        if theme != "environment":
            expected += [talk] + ([off] if cancelled == "1" else [])
        if theme != "gender":
            expected += [weekly if hours == "1" else banner, banner]  # the second is the opening night
        assert sorted(title.partition(" (")[0] for title in found) == sorted(expected), query


def test_feed_without_options_is_the_same_to_the_octet_as_one_that_says_what_goes_without_saying(programme):
    client = programme.test_client()

    plain = fetch(client, "/feeds/programme.ics?lang=en")
    said = fetch(client, "/feeds/programme.ics?lang=en&hours=0&profile=plain&cancelled=1")

    assert said.data == plain.data
    assert b"PARTICIPANT" not in plain.data
    assert b"profile" not in plain.data


@pytest.mark.parametrize("query", ["hours=yes", "profile=poor", "cancelled=2", "hours=1&hours=x", "options=1"])
@pytest.mark.parametrize("path", ["programme.ics", "themes/gender.ics", "programme.atom", "programme.json"])
def test_feed_refuses_an_unknown_option_in_plain_text(programme, path, query):
    answer = fetch(programme.test_client(), f"/feeds/{path}?{query}")

    assert (answer.status_code, answer.mimetype) == (400, "text/plain")


def test_event_file_takes_hours_and_profile(programme):
    client = programme.test_client()

    hours = summaries(client, "/events/lake.ics?lang=en&hours=1")
    rich = fetch(client, "/events/talk.ics?lang=en&profile=rich").text
    unknown = fetch(client, "/events/talk.ics?colour=red")

    assert sorted(title.partition(" (")[0] for title in hours) == ["Lake", "Open: Lake"]
    assert "SUMMARY:Ada Testsson\r\n" in rich
    assert unknown.status_code == 400


def test_source_of_a_feed_says_its_options(programme):
    feed = read_strictly(fetch(programme.test_client(), "/feeds/programme.ics?cancelled=0&hours=1&lang=en").data)

    assert feed.one("SOURCE").value.endswith("/feeds/programme.ics?lang=en&hours=1&cancelled=0")


def test_whoever_hides_what_is_cancelled_is_shown_no_tombstone_either(programme):
    client = programme.test_client()
    assert "Talk" in summaries(client, "/feeds/programme.ics?lang=en&cancelled=0")

    with programme.app_context(), transaction():
        event = db.session.query(Event).filter_by(key="talk").one()
        event.status = Status.DRAFT
        records.refresh([event.id])

    assert "Event withdrawn" in summaries(client)
    assert b"CANCELLED" not in fetch(client, "/feeds/programme.ics?lang=en&cancelled=0").data


def test_exhibition_without_hours_keeps_its_one_entry(app, client):
    with app.app_context():
        make_exhibition(date(2026, 11, 23), 14, key="lake", title={"en": "Lake"}, dates=[], details={})

    plain, hours = (entries(client, f"/feeds/programme.ics?lang=en&hours={one}") for one in "01")

    assert list(plain) == list(hours)
    assert [entry.one("SUMMARY").text for entry in hours.values()] == ["Lake"]


def test_withdrawn_exhibition_is_called_off_once_in_a_feed_of_hours(programme):
    client = programme.test_client()
    before = entries(client, "/feeds/programme.ics?lang=en&hours=1&theme=environment")

    with programme.app_context(), transaction():
        event = db.session.query(Event).filter_by(key="lake").one()
        event.status = Status.DRAFT
        records.refresh([event.id])
    after = entries(client, "/feeds/programme.ics?lang=en&hours=1&theme=environment")

    assert list(after) == list(before)
    assert {entry.one("STATUS").value for entry in after.values()} == {"CANCELLED"}


def test_without_cancelled_takes_a_called_off_date_out_of_a_rule():
    body = vevent(WEEKLY) + vevent(CALLED_OFF) + vevent(MOVED)

    kept = without_cancelled(body)

    blocks = [read_block(b"BEGIN:VEVENT" + part) for part in kept.split(b"BEGIN:VEVENT")[1:]]
    assert [line.value for line in blocks[0].all("EXDATE")] == ["20270315T180000", "20270322T180000"]
    assert [line.name for line in blocks[0].properties].index("RRULE") == 8
    assert [block.one("STATUS").value for block in blocks] == ["CONFIRMED", "CONFIRMED"]
    assert without_cancelled(kept) == kept


def test_without_cancelled_leaves_nothing_of_what_is_called_off_as_a_whole_and_all_of_the_rest():
    whole = vevent(make_entry(status=EntryStatus.CANCELLED)) + vevent(MOVED)

    assert without_cancelled(whole) == b""
    assert without_cancelled(vevent(WEEKLY)) == vevent(WEEKLY)


def test_alarms_stand_in_each_entry_that_takes_place_before_its_parts_and_in_no_other():
    rich = make_entry(rich=Rich(participants=(Participant(uid="p", name="Ada"),)))
    body = vevent(rich) + vevent(CALLED_OFF) + vevent(make_all_day())

    blocks = [
        read_block(b"BEGIN:VEVENT" + part)
        for part in with_alarms(body, (1440, 15), "Reminder").split(b"BEGIN:VEVENT")[1:]
    ]

    assert [[part.name for part in block.parts] for block in blocks] == [["VALARM", "VALARM", "PARTICIPANT"], [], []]
    assert [alarm.one("TRIGGER").value for alarm in blocks[0].components("VALARM")] == ["-PT15M", "-PT1440M"]
    assert with_alarms(body, (), "Reminder") == body


@pytest.mark.parametrize("title", ["A talk END:VEVENT", "A talk BEGIN:VEVENT", "x" * 67 + "END:VEVENT"])
def test_a_title_like_a_border_of_entries_is_a_title(title):
    weekly = make_entry(summary=title, rrule="FREQ=WEEKLY;COUNT=4")
    body = vevent(weekly) + vevent(CALLED_OFF)

    alarmed = read_block(with_alarms(vevent(weekly), (15,), "Reminder"))
    kept = read_block(without_cancelled(body))

    assert [part.name for part in alarmed.parts] == ["VALARM"]
    assert alarmed.one("SUMMARY").text == kept.one("SUMMARY").text == title
    assert [line.value for line in kept.all("EXDATE")] == ["20270322T180000"]
    assert len(repeated(body)) == 4
    assert [one.title for one in preview._of(vevent(weekly))] == [title] * 4


def test_tombstone_of_an_entry_with_parts_keeps_none_of_them():
    rich = make_entry(alarm_minutes=(5,), rich=Rich(participants=(Participant(uid="p", name="Ada"),)))

    block = read_block(tombstone(vevent(rich), "Gone"))

    assert block.parts == []
    assert block.one("SUMMARY").text == "Gone"


def test_options_are_kept_and_read_again_as_they_were():
    every = Options(hours=True, rich=True, without_cancelled=True)

    assert stored_options({"hours": True, "unknown": 1}) == Options(hours=True)
    assert every.pairs == [(option.name, option.on) for option in OPTIONS]
    assert Options().pairs == []


def test_rich_profile_changes_alone_where_only_what_it_tells_has_changed(programme):
    client = programme.test_client()
    uid = next(uid for uid, one in entries(client).items() if one.one("SUMMARY").text == "Talk")
    plain, rich = entries(client)[uid], entries(client, "/feeds/programme.ics?lang=en&profile=rich")[uid]
    octets = fetch(client).data

    with programme.app_context(), transaction():
        event = db.session.query(Event).filter_by(key="talk").one()
        records_of = db.session.execute(db.text("UPDATE contact SET name = 'Ada Nyman' WHERE key = 'ada'"))
        assert records_of.rowcount == 1
        db.session.expire_all()
        records.refresh([event.id])
    after = entries(client, "/feeds/programme.ics?lang=en&profile=rich")[uid]

    assert version(rich) == version(plain) == 0
    assert fetch(client).data == octets
    assert version(after) == 1
    assert after.components("PARTICIPANT")[0].one("SUMMARY").text == "Ada Nyman"
