"""The page of an own feed: who fetched it and when, what comes next, what it holds; and what is kept of it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from cag_events import clock, keyring
from cag_events.conferences.services import choose
from cag_events.db import db, transaction
from cag_events.feeds.models import FeedFetch, PrivateFeed
from cag_events.feeds.options import Options
from cag_events.feeds.queries import list_fetches
from cag_events.feeds.services import NewFeed, change_feed, make_feed, note_use, rotate_feed, sweep_fetches
from cag_events.permissions import Actor, Role
from cag_events.registrations.models import Registration
from tests.conferences.stage import come, make_conference
from tests.conftest import NOW
from tests.factories import make_account, make_campaign, make_event, make_theme, post, sign_in
from tests.feeds.reading import fetch, version
from tests.feeds.test_mine import own, register

APPLE = "iOS/18.0 (22A3354) dataaccessd/1.0"
GOOGLE = "Google-Calendar-Importer"


@pytest.fixture
def member(app):
    """A member who reads English."""
    with app.app_context():
        return make_account(Role.MEMBER, language="en", email="kerstin@example.org")


def row_id(app) -> str:
    """The only feed's part of its address."""
    with app.app_context():
        return db.session.scalars(select(PrivateFeed.row_id).order_by(PrivateFeed.id.desc())).first()


def by(account) -> Actor:
    """An account as somebody who does something."""
    return Actor(account.id, account.role)


def make_token(account, **values) -> str:
    """Make an own feed and return its token."""
    return make_feed(NewFeed(**{"name": "Mine", **values}), by=by(account))[1]


def text_of(html: str) -> str:
    """What stands on a page, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def test_fetches_are_kept_by_kind_of_program_and_hour_and_nothing_else(app, client, member):
    with app.app_context():
        token = make_token(member)
    address = f"/feeds/private/{token}.ics"

    for minutes, agent in ((0, APPLE), (5, APPLE), (40, GOOGLE), (70, APPLE), (80, APPLE), (60 * 30, APPLE)):
        with clock.fixed(NOW + timedelta(minutes=minutes)):
            assert fetch(client, address, User_Agent=agent, X_Forwarded_For="192.0.2.7").status_code == 200

    with app.app_context():
        rows = db.session.scalars(select(FeedFetch).order_by(FeedFetch.day, FeedFetch.client)).all()
        kept = [(row.client, row.day, row.hours.bit_count()) for row in rows]
        assert kept == [
            ("Apple", NOW.date(), 2),
            ("Google", NOW.date(), 1),
            ("Apple", NOW.date() + timedelta(days=1), 1),
        ]
        assert {column.name for column in FeedFetch.__table__.columns} == {"feed_id", "client", "day", "hours"}
        found = list_fetches(rows[0].feed_id, NOW.date() + timedelta(days=1))
        assert [(one.client, one.days) for one in found] == [("Apple", 2), ("Google", 1)]
        assert found[0].last_at == (NOW + timedelta(hours=30)).replace(minute=0, second=0, microsecond=0)


def test_second_fetch_of_an_hour_writes_nothing(app, client, member):
    with app.app_context():
        token = make_token(member)
    address = f"/feeds/private/{token}.ics"
    fetch(client, address, User_Agent=APPLE)

    seen = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *about: seen.append(about[2]))
    fetch(client, address, User_Agent=APPLE)

    assert len(seen) > 3
    assert [sql for sql in seen if sql.startswith(("INSERT", "UPDATE", "DELETE"))] == []


def test_fetches_are_forgotten_after_thirty_days_and_with_the_address(app, client, member):
    with app.app_context():
        make_token(member)
        feed = db.session.scalars(select(PrivateFeed)).one()
        for days in (0, 31, 45):
            note_use(feed.id, NOW - timedelta(days=45 - days), "Apple")
        by_itself = db.session.scalars(select(FeedFetch.day)).all()
        with clock.fixed(NOW + timedelta(days=30)):
            swept = sweep_fetches()
        left = db.session.scalars(select(FeedFetch.day)).all()
        rotate_feed(feed.row_id, by=by(member))

        assert by_itself == [NOW.date() - timedelta(days=14), NOW.date()]
        assert (swept, left) == (1, [NOW.date()])
        assert db.session.scalars(select(FeedFetch)).all() == []


@pytest.mark.parametrize(
    ("age", "last", "said"),
    [
        (0, None, "Not fetched yet"),
        (2, None, "Never fetched"),
        (20, 1, "Is being fetched"),
        (20, 7, "Is being fetched"),
        (20, 8, "Not fetched for a week"),
    ],
)
def test_page_says_how_a_feed_is_doing(client, member, age, last, said):
    app = client.application
    with app.app_context():
        with clock.fixed(NOW - timedelta(days=age)):
            make_token(member)
        if last is not None:
            note_use(db.session.scalars(select(PrivateFeed.id)).one(), NOW - timedelta(days=last), "Outlook")
    sign_in(client, member)

    page = text_of(client.get(f"/en/me/feeds/{row_id(app)}").text)

    states = ("Not fetched yet", "Never fetched", "Is being fetched", "Not fetched for a week")
    assert [state for state in states if state in page] == [said]
    assert ("Every 3 to 24 hours" in page) == (last is not None or age <= 2)


def test_page_shows_what_comes_next_as_the_feed_has_it(app, client, member):
    with app.app_context():
        register(member, make_event(title={"en": "Mine"}, starts="2026-12-01T18:00"))
        make_event(title={"en": "Over"}, starts="2026-11-01T18:00")
        make_event(title={"en": "Weekly"}, starts="2026-12-02T18:00", rrule="FREQ=WEEKLY;COUNT=3")
        token = make_token(member, alarms=[15, 60])
    sign_in(client, member)

    page = client.get(f"/en/me/feeds/{row_id(app)}").text

    titles = re.findall(r'class="feed-entry__title"[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    assert titles == ["Mine", "Weekly", "Weekly", "Weekly"]
    assert "You are busy then" in text_of(page)
    assert "2 reminders" in text_of(page)
    assert sorted(own(client, token)) == ["Mine", "Over", "Weekly"]


def test_page_of_somebody_elses_feed_is_not_there(app, client, member):
    with app.app_context():
        make_token(member)
    sign_in(client, Role.MEMBER)

    assert client.get(f"/en/me/feeds/{row_id(app)}").status_code == 404
    assert client.get(f"/en/me/feeds/{row_id(app)}/nothing").status_code == 404


def test_own_feed_is_told_in_the_language_that_was_chosen_for_it(app, client, member):
    with app.app_context():
        make_event(title={"en": "Water", "sv": "Vatten"})
        swedish, english = make_token(member, language="sv"), make_token(member)

    assert (list(own(client, swedish)), list(own(client, english))) == (["Vatten"], ["Water"])


def test_own_feed_never_goes_back_and_tells_the_time_when_its_language_or_form_changes(app, client, member):
    with app.app_context():
        register(member, make_event(title={"en": "Water", "sv": "Vatten"}, version=4))
        make_event(title={"en": "Air", "sv": "Luft"})
        token = make_token(member)
    before = own(client, token)

    found = [before["Water"], before["Air"]]
    for hours, new in (
        (1, NewFeed(name="Mine", language="sv")),
        (2, NewFeed(name="Mine", language="sv", options=Options(rich=True))),
        (3, NewFeed(name="Mine", alarms=[15])),
        (4, NewFeed(name="Mine")),
    ):
        with app.app_context(), clock.fixed(NOW + timedelta(hours=hours)):
            change_feed(row_id(app), new, by=by(member))
        now = own(client, token)
        after = [now.get("Water") or now["Vatten"], now.get("Air") or now["Luft"]]
        for old, entry in zip(found, after):
            assert version(entry) >= version(old)
            assert entry.one("LAST-MODIFIED").value > old.one("LAST-MODIFIED").value
        found = after


def test_own_feed_keeps_its_octets_when_its_name_alone_or_nothing_changes(app, client, member):
    with app.app_context():
        make_event()
        token = make_token(member)
    before = fetch(client, f"/feeds/private/{token}.ics").data

    with app.app_context(), clock.fixed(NOW + timedelta(hours=1)):
        change_feed(row_id(app), NewFeed(name="Mine"), by=by(member))

    assert fetch(client, f"/feeds/private/{token}.ics").data == before


def test_own_feed_of_an_earlier_release_keeps_its_one_reminder(app, client, member):
    with app.app_context():
        make_event(title={"en": "Talk"})
        token = make_token(member)
        with transaction():
            db.session.execute(db.text("UPDATE private_feed SET alarms = NULL, options = NULL, alarm_minutes = 180"))

    (alarm,) = own(client, token)["Talk"].components("VALARM")

    assert alarm.one("TRIGGER").value == "-PT180M"


def test_new_address_keeps_what_the_feed_holds(app, client, member):
    with app.app_context():
        make_event(title={"en": "Water", "sv": "Vatten"})
        make_token(member, language="sv", alarms=[15, 1440], options=Options(rich=True))
        token = rotate_feed(row_id(app), by=by(member))[1]

    entry = own(client, token)["Vatten"]

    assert [part.name for part in entry.parts] == ["VALARM", "VALARM", "VLOCATION"]


def test_own_feed_without_what_is_cancelled_has_neither_cancelled_nor_withdrawn_entries(app, client, member):
    with app.app_context():
        make_event(title={"en": "Talk"})
        make_event(title={"en": "Off"}, status="cancelled")
        register(member, make_event(title={"en": "My off"}, status="cancelled"))
        shown, hiding = make_token(member), make_token(member, options=Options(without_cancelled=True))

    assert sorted(own(client, shown)) == ["My off", "Off", "Talk"]
    assert sorted(own(client, hiding)) == ["Talk"]


def test_own_programme_of_a_conference_stands_in_the_own_feed_beside_its_day_and_in_no_public_one(app, client):
    with app.app_context():
        registration = come(make_conference(title={"en": "Days"}))
        choose(registration, ["talk"])
        member = make_account(Role.MEMBER, language="en")
        with transaction():
            db.session.get_one(Registration, registration).email_index = keyring.blind_index(member.email)
        token = make_token(member)
    found = own(client, token)

    item = found["Item talk"]
    days = {title: entry for title, entry in found.items() if title.startswith("Days")}
    assert item.one("RELATED-TO").value in {entry.one("UID").value for entry in days.values()}
    assert (item.one("STATUS").value, item.one("TRANSP").value) == ("CONFIRMED", "OPAQUE")
    with app.app_context():
        choose(registration, [])
    assert "Item talk" not in {
        title for title, one in own(client, token).items() if one.one("STATUS").value != "CANCELLED"
    }
    for address in ("/feeds/programme.ics?lang=en", "/feeds/programme.ics?lang=en&profile=rich"):
        assert item.one("UID").value not in fetch(client, address).text
    assert version(own(client, token)["Taken out of my programme"]) > version(item)


def test_member_takes_a_choice_from_the_builder_into_an_own_feed_in_one_press(app, client, member):
    with app.app_context():
        make_theme("gender"), make_campaign("days")
        make_event(title={"en": "Mine"})
    sign_in(client, member)
    builder = client.get("/en/feeds?theme=gender&campaign=days&q=water&hours=1&cancelled=0")
    query = re.search(r'name="query" value="([^"]+)"', builder.text)[1].replace("&amp;", "&")

    answer = post(client, "/en/me/feeds/of-choice", {"query": query}, page="/en/feeds")

    assert answer.status_code == 303
    with app.app_context():
        feed = db.session.scalars(select(PrivateFeed)).one()
        assert feed.filters == {"theme": ["gender"], "campaign": ["days"], "q": ["water"]}
        assert (feed.with_registrations, feed.options["hours"], feed.options["without_cancelled"]) == (True, True, True)
    page = client.get(answer.headers["Location"]).text
    assert re.search(r"/feeds/private/[\w-]{43}\.ics", page)
    assert re.search(r'name="more"[^>]*value="q=water"|value="q=water"[^>]*name="more"', page)
    sent = {"name": "Mine", "theme": "gender", "more": "q=water"}
    post(client, answer.headers["Location"], sent, page=answer.headers["Location"])
    with app.app_context():
        assert db.session.scalars(select(PrivateFeed)).one().filters == {"theme": ["gender"], "q": ["water"]}


def test_choice_waits_on_the_page_where_the_password_is_wanted_first(app, client, member):
    with app.app_context():
        make_theme("gender")
    sign_in(client, member)

    with clock.fixed(NOW + timedelta(minutes=16)):
        answer = post(client, "/en/me/feeds/of-choice", {"query": "theme=gender&hours=1"}, page="/en/feeds")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("next=/en/me/feeds?theme%3Dgender%26hours%3D1")
    page = client.get("/en/me/feeds?theme=gender&hours=1").text
    assert re.search(r'<input[^>]*value="gender"[^>]*checked|<input[^>]*checked[^>]*value="gender"', page)


def test_builder_offers_strangers_no_own_feed(app, client):
    assert "me/feeds/of-choice" not in client.get("/en/feeds").text
