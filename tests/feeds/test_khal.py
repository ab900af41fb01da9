"""vdirsyncer and khal are subscribed over HTTP: after each change exactly its entries are written anew, no others."""

from datetime import date, datetime, timedelta

from cag_events import clock
from cag_events.domain.lifecycle import Status
from cag_events.domain.recurrence import dates_of
from cag_events.events.services.lifecycle import cancel_event, publish_event, withdraw_event
from tests.conftest import NOW
from tests.factories import make_venue
from tests.feeds.khal import Subscription, served
from tests.feeds.subscribing import stored_instants
from tests.feeds.test_instants import ZONES
from tests.feeds.test_scripted_life import Life
from tests.happenings import Happening, Moment
from tests.readers import by_every_reader


def test_subscription_shows_each_step_of_a_life_and_touches_nothing_else(app, tmp_path):
    life = Life(app)
    with app.app_context():
        almaty = make_venue(city="Almaty", country="KZ", tz="Asia/Almaty")
    life.make("talk", title={"en": "Water"}, starts="2026-12-03T18:00")
    life.make("far", title={"en": "Far"}, venue=almaty, starts="2026-12-03T18:00")
    life.make("circle", title={"en": "Circle"}, starts="2027-03-16T18:00", rrule="FREQ=WEEKLY;COUNT=4")
    life.make(
        "show",
        title={"en": "Show"},
        kind="exhibition",
        run=(date(2026, 11, 25), date(2026, 12, 10)),
        dates=["2026-11-25T16:30"],
    )
    life.make("draft", title={"en": "Draft"}, status=Status.DRAFT)
    told = []

    with served(app) as base:
        reader = Subscription(tmp_path / "computer", f"{base}/feeds/programme.ics?lang=en")
        for number, (what, act) in enumerate(
            (
                ("begin", lambda: None),
                ("nothing", lambda: None),
                ("publish", lambda: life.do(publish_event, "draft")),
                ("move", lambda: life.move("talk", "2026-12-04T17:00")),
                ("rename", lambda: life.edit("far", title={"en": "Away"})),
                ("cancel", lambda: life.do(cancel_event, "far", {"en": "Snow."})),
                ("withdraw", lambda: life.do(withdraw_event, "talk")),
                ("publish again", lambda: life.do(publish_event, "talk")),
                ("retag", lambda: life.edit("circle", themes=())),
                ("nothing at all", lambda: None),
            )
        ):
            with clock.fixed(NOW + timedelta(hours=number)):
                act()
                told.append((what, *reader.sync()))
                octets = app.test_client().get("/feeds/programme.ics?lang=en").data
                assert _seen(reader.dates()) == _seen(by_every_reader(octets)), what

    assert told == [
        ("begin", ["Circle", "Far", "Show", "Show", "Water"], [], []),
        ("nothing", [], [], []),
        ("publish", ["Draft"], [], []),
        ("move", ["Water"], [], ["Water"]),
        ("rename", ["Away"], [], ["Far"]),
        ("cancel", ["Away"], [], ["Away"]),
        ("withdraw", ["Event withdrawn"], [], ["Water"]),
        ("publish again", ["Water"], [], ["Event withdrawn"]),
        ("retag", ["Circle"], [], ["Circle"]),
        ("nothing at all", [], [], []),
    ]
    assert [one.status for one in reader.dates() if one.summary == "Away"] == ["CANCELLED"]


def _seen(dates: list[Happening]) -> list[tuple[Moment, Moment, str, str]]:
    return sorted(((one.starts, one.ends, one.status, one.summary) for one in dates), key=str)


def test_subscription_has_every_instant_that_the_programme_has(app, tmp_path):
    life = Life(app)
    expected = []
    rule = "FREQ=WEEKLY;COUNT=30"
    for number, tz in enumerate(ZONES):
        with app.app_context():
            venue = make_venue(tz=tz, country="SE")
        for year in (2027, 2030):
            for month in (3, 6, 10, 12):
                life.make(f"one-{number}-{year}-{month}", venue=venue, starts=f"{year}-{month:02}-28T20:15")
        start = datetime(2027, 2, 2, 19, 30)
        life.make(f"series-{number}", venue=venue, starts=start, rrule=rule)
        expected += [(tz, wall) for wall in dates_of(start, rule)]

    with served(app) as base:
        reader = Subscription(tmp_path / "computer", f"{base}/feeds/programme.ics?lang=sv")
        with clock.fixed(datetime(2026, 3, 1, tzinfo=NOW.tzinfo)):
            reader.sync()
            octets = app.test_client().get("/feeds/programme.ics?lang=sv").data
            dates = reader.dates()

    with app.app_context():
        stored = sorted(stored_instants().values())
    assert sorted((one.starts, one.ends) for one in dates) == stored
    assert len(dates) == len(ZONES) * 8 + len(expected)
    assert _seen(dates) == _seen(by_every_reader(octets))
