"""What programs get from the addresses of feeds: octets, headers, 304, errors."""

import gzip
from datetime import timedelta

import pytest

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Event, EventOldKey
from cag_events.feeds.warm import memory_of
from tests.calendars import read_strictly
from tests.conftest import NOW
from tests.factories import make_event, make_theme, make_venue
from tests.feeds.reading import fetch, summaries

ADDRESSES = (
    "/feeds/programme.ics",
    "/feeds/programme.ics?lang=en&theme=gender",
    "/feeds/themes/gender.ics",
    "/feeds/segments/students.ics",
    "/feeds/campaigns/campaign.ics",
    "/events/talk.ics",
    "/feeds/programme.atom",
    "/feeds/programme.json",
)
OF_ONE_ANSWER = {"X-Request-Id", "Content-Length"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_answers_the_same_octets_and_headers_cold_and_warm(any_programme, address):
    client = any_programme.test_client()

    cold, warm, again = (fetch(client, address) for _ in range(3))

    assert [response.status_code for response in (cold, warm, again)] == [200, 200, 200]
    assert cold.data == warm.data == again.data
    told = [{k: v for k, v in response.headers if k not in OF_ONE_ANSWER} for response in (cold, warm, again)]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_answers_head_with_the_headers_of_get(any_programme, address):
    client = any_programme.test_client()

    for _ in range(2):  # cold, then warm
        head, got = client.head(address), client.get(address)
        assert head.data == b""
        assert {k: v for k, v in head.headers if k != "X-Request-Id"} == {
            k: v for k, v in got.headers if k != "X-Request-Id"
        }


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_answers_304_to_those_who_have_it(any_programme, address):
    client = any_programme.test_client()
    first = fetch(client, address)
    etag, changed = first.headers["ETag"], first.headers["Last-Modified"]

    answers = {
        name: [fetch(client, address, **headers).status_code for _ in range(2)]
        for name, headers in {
            "same": {"If_None_Match": etag},
            "strong": {"If_None_Match": etag.removeprefix("W/")},
            "list": {"If_None_Match": f'"other", {etag}'},
            "any": {"If_None_Match": "*"},
            "other": {"If_None_Match": '"other"'},
            "other wins": {"If_None_Match": '"other"', "If_Modified_Since": changed},
            "date": {"If_Modified_Since": changed},
            "before": {"If_Modified_Since": "Wed, 01 Jan 2020 00:00:00 GMT"},
            "nonsense": {"If_Modified_Since": "yesterday"},
        }.items()
    }

    assert answers == {
        "same": [304, 304],
        "strong": [304, 304],
        "list": [304, 304],
        "any": [304, 304],
        "other": [200, 200],
        "other wins": [200, 200],
        "date": [304, 304],
        "before": [200, 200],
        "nonsense": [200, 200],
    }


def test_feed_repeats_in_a_304_what_caches_need(any_programme):
    client = any_programme.test_client()
    first = fetch(client, ADDRESSES[0])

    answers = [fetch(client, ADDRESSES[0], If_None_Match=first.headers["ETag"]) for _ in range(2)]

    for answer in answers:
        assert answer.data == b""
        for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
            assert answer.headers[name] == first.headers[name]
        assert "Content-Type" not in answer.headers
    assert {k: v for k, v in answers[0].headers if k not in OF_ONE_ANSWER} == {
        k: v for k, v in answers[1].headers if k not in OF_ONE_ANSWER
    }


def test_feed_is_zipped_for_those_only_who_name_gzip(any_programme):
    client = any_programme.test_client()
    plain = fetch(client, ADDRESSES[0])

    answers = {
        asked: [fetch(client, ADDRESSES[0], Accept_Encoding=asked) for _ in range(2)]
        for asked in ("gzip", "gzip, br", "br;q=1, gzip;q=0.5", "gzip;q=0", "*", "identity", "br")
    }

    zipped = {asked: "Content-Encoding" in both[0].headers for asked, both in answers.items()}
    assert zipped == {
        "gzip": True,
        "gzip, br": True,
        "br;q=1, gzip;q=0.5": True,
        "gzip;q=0": False,
        "*": False,
        "identity": False,
        "br": False,
    }
    for both in answers.values():
        assert both[0].data == both[1].data
        body = gzip.decompress(both[0].data) if "Content-Encoding" in both[0].headers else both[0].data
        assert body == plain.data
        assert both[0].headers["Content-Length"] == str(len(both[0].data))
        assert both[0].headers["ETag"] == plain.headers["ETag"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_feed_sends_headers_for_all_and_nothing_personal(any_programme, address):
    response = fetch(any_programme.test_client(), address, Cookie="session=abc; lang=sv", Accept="application/xml")

    headers = response.headers
    assert headers["Cache-Control"] == "public, max-age=900"
    assert headers["Vary"] == "Accept-Encoding"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in headers
    kinds = {"ics": "text/calendar; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}
    assert headers["Content-Type"] == kinds.get(
        address.split("?")[0][-3:].strip("."), kinds.get(address[-4:], "application/feed+json; charset=utf-8")
    )
    shown = "attachment" if address.startswith("/events/") else "inline"
    assert headers["Content-Disposition"].startswith(f"{shown}; filename=")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_feed_refuses_other_methods_and_names_those_it_takes(any_programme, method):
    answers = [
        any_programme.test_client().open(address, method=method) for address in (*ADDRESSES[:1], "/events/talk.ics")
    ]

    for answer in answers:
        assert answer.status_code == 405
        if method != "TRACE":
            assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/feeds/themes/nothing.ics", 404),
        ("/feeds/segments/nothing.ics", 404),
        ("/feeds/campaigns/nothing.ics", 404),
        ("/events/nothing.ics", 404),
        ("/feeds/programme.ics?thme=gender", 400),
        ("/feeds/programme.ics?theme=nothing", 400),
        ("/feeds/programme.ics?lang=xx", 400),
        ("/feeds/programme.ics?from=tomorrow", 400),
        ("/feeds/programme.ics?utm_source=a&fbclid=1&gclid=2&_=3&t=4&hours=1&profile=rich&page=2", 200),
    ],
)
def test_feed_refuses_what_it_does_not_know_in_plain_text(any_programme, address, status):
    answers = [fetch(any_programme.test_client(), address) for _ in range(2)]

    for answer in answers:
        assert answer.status_code == status
        if status != 200:
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
            assert answer.headers["Cache-Control"] == "no-store"


def test_feed_names_the_valid_filters_and_values(any_programme):
    client = any_programme.test_client()

    unknown, value = (
        fetch(client, "/feeds/programme.ics?lang=en&thme=x"),
        fetch(client, "/feeds/programme.ics?lang=en&mode=x"),
    )

    assert unknown.text == (
        "There is no filter called “thme”. Filters: theme, segment, kind, campaign, country, city, language, mode, "
        "from, to, q.\n"
    )
    assert value.text == "“x” is not a value of mode. Values: onsite, online, hybrid.\n"


def test_feed_changes_at_once_after_an_edit_and_keeps_its_etag_after_one_that_shows_nothing(any_programme):
    client = any_programme.test_client()
    before = [fetch(client) for _ in range(2)][1]

    with any_programme.app_context(), transaction():
        event = db.session.query(Event).one()
        event.featured = True
        records.refresh([event.id])
    unseen = fetch(client, if_none_match=before.headers["ETag"])
    with any_programme.app_context(), transaction():
        event = db.session.query(Event).one()
        event.title = {"en": "Dust in Aral"}
        records.refresh([event.id])
    seen = fetch(client, if_none_match=before.headers["ETag"])

    assert unseen.status_code == 304
    assert seen.status_code == 200
    assert seen.headers["ETag"] != before.headers["ETag"]
    assert seen.headers["Last-Modified"] > before.headers["Last-Modified"]
    assert summaries(client) == ["Dust in Aral"]


def test_feed_has_the_same_etag_in_another_process(any_programme, make_app):
    first = fetch(any_programme.test_client(), ADDRESSES[1])
    other = make_app(any_programme.config["SQLALCHEMY_DATABASE_URI"])

    second = fetch(other.test_client(), ADDRESSES[1])

    assert second.headers["ETag"] == first.headers["ETag"]
    assert second.headers["Last-Modified"] == first.headers["Last-Modified"]
    assert second.data == first.data


def test_feed_keeps_what_is_over_for_180_days_and_then_says_that_it_changed(app, client):
    with app.app_context():
        make_event(starts="2026-11-01T18:00", title={"en": "Over"})
        make_event(starts="2027-06-01T18:00", title={"en": "Coming"})
    first = fetch(client)

    with clock.fixed(NOW + timedelta(days=159)):
        kept = summaries(client)
    with clock.fixed(NOW + timedelta(days=161)):
        later, titles = fetch(client, if_modified_since=first.headers["Last-Modified"]), summaries(client)

    assert kept == ["Over", "Coming"]
    assert later.status_code == 200
    assert titles == ["Coming"]


def test_feed_over_its_cap_drops_the_oldest_past_and_nothing_that_is_to_come(app, client, monkeypatch):
    monkeypatch.setattr("cag_events.feeds.calendars.MOST_ENTRIES", 3)
    with app.app_context():
        for day in ("10-01", "10-02", "12-01", "12-02"):
            make_event(starts=f"2026-{day}T18:00", title={"en": day})

    two_past = summaries(client)
    with app.app_context():
        make_event(starts="2026-12-03T18:00", title={"en": "12-03"})
        make_event(starts="2026-12-04T18:00", title={"en": "12-04"})

    assert two_past == ["10-02", "12-01", "12-02"]
    assert summaries(client) == ["12-01", "12-02", "12-03", "12-04"]


def test_event_file_answers_at_old_keys_too(any_programme):
    with any_programme.app_context(), transaction():
        event = db.session.query(Event).one()
        db.session.add(EventOldKey(key="old-talk", event_id=event.id))

    answers = [fetch(any_programme.test_client(), f"/events/{key}.ics") for key in ("talk", "old-talk")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].data == answers[1].data
    assert read_strictly(answers[0].data).all("NAME") == []


def test_feed_narrows_by_filters_with_or_within_a_name_and_and_between_names(app, client):
    with app.app_context():
        lund = make_venue(city="Lund", city_names={"en": "Lund"})
        osh = make_venue(city="Ош", city_names={"en": "Osh", "sv": "Osj"}, country="KG", tz="Asia/Bishkek")
        gender, water = make_theme("gender"), make_theme("environment")
        lakes = make_theme("lakes", parent=water)
        make_event(title={"en": "A"}, venue=lund, themes=[gender], languages=["sv", "en"])
        make_event(title={"en": "B"}, venue=osh, themes=[lakes], languages=["ru"])
        make_event(title={"en": "C"}, mode=Mode.ONLINE, themes=[gender, water], languages=["en"])

    found = {
        query: sorted(summaries(client, f"/feeds/programme.ics?lang=en&{query}"))
        for query in (
            "theme=gender",
            "theme=environment",
            "theme=lakes",
            "theme=gender&theme=lakes",
            "theme=gender&theme=environment&mode=online",
            "city=Lund",
            "city=Osj&city=Lund",
            "country=KG",
            "language=en",
            "mode=online",
            "kind=lecture",
            "kind=hearing",
            "q=b",
            "from=2026-12-03&to=2026-12-03",
            "from=2026-12-04",
            "to=2026-12-02",
        )
    }

    assert found == {
        "theme=gender": ["A", "C"],
        "theme=environment": ["B", "C"],
        "theme=lakes": ["B"],
        "theme=gender&theme=lakes": ["A", "B", "C"],
        "theme=gender&theme=environment&mode=online": ["C"],
        "city=Lund": ["A"],
        "city=Osj&city=Lund": ["A", "B"],
        "country=KG": ["B"],
        "language=en": ["A", "C"],
        "mode=online": ["C"],
        "kind=lecture": ["A", "B", "C"],
        "kind=hearing": [],
        "q=b": ["B"],
        "from=2026-12-03&to=2026-12-03": ["A", "B", "C"],
        "from=2026-12-04": [],
        "to=2026-12-02": [],
    }


def test_feed_of_a_withdrawn_event_still_reaches_those_who_filtered_it(app, client):
    with app.app_context():
        event_id = make_event(title={"en": "Gone"}, themes=[make_theme("gender")]).id
    before = summaries(client, "/feeds/themes/gender.ics?lang=en")

    with app.app_context(), transaction():
        event = db.session.get(Event, event_id)
        event.status = Status.DRAFT
        records.refresh([event_id])

    assert before == ["Gone"]
    assert summaries(client, "/feeds/themes/gender.ics?lang=en") == ["Event withdrawn"]
    assert summaries(client, "/feeds/programme.ics?lang=en&mode=online") == []


def test_feed_keeps_few_answers_in_mind(app, client, monkeypatch):
    monkeypatch.setattr("cag_events.feeds.machine.MOST_STATES", 5)
    with app.app_context():
        make_event(key="talk")

    for number in range(1, 20):
        assert fetch(client, f"/feeds/programme.ics?from=2026-11-{number:02d}").status_code == 200

    with app.app_context():
        from cag_events.feeds.models import FeedState

        assert db.session.query(FeedState).count() == 6


def test_feed_asked_for_by_many_names_is_kept_a_bounded_number_of_times(any_programme, monkeypatch):
    monkeypatch.setattr("cag_events.feeds.warm.MOST_ANSWERS", 5)
    client = any_programme.test_client()

    for number in range(20):
        assert fetch(client, f"/feeds/programme.ics?utm_source={number}").status_code == 200

    assert len(memory_of(any_programme).known) <= 5


def test_feed_asked_for_by_a_long_address_is_answered_and_not_kept(any_programme):
    client = any_programme.test_client()

    assert fetch(client, f"/feeds/programme.ics?utm_source={'x' * 1_000}").status_code == 200

    assert memory_of(any_programme).known == {}
