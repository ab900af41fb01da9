"""What somebody's calendar is told by mail and what their own feed shows are one entry whose version only rises."""

from datetime import timedelta

from cag_events import clock
from cag_events.db import db
from cag_events.events.models import Event
from cag_events.events.services.lifecycle import cancel_event
from cag_events.events.services.venues import VenueFields, save_venue
from cag_events.feeds.services import NewFeed, make_feed
from cag_events.messages.services.holding import send_due
from cag_events.permissions import Actor, Role
from tests.calendars import read_strictly
from tests.conftest import NOW
from tests.factories import make_account, make_organisation
from tests.feeds.subscribing import Subscriber, entry_of
from tests.feeds.test_scripted_life import Life
from tests.libical import library, method_by_libical
from tests.readers import by_every_reader
from tests.replies.round import invited, mails

TO = "anna1@example.org"


def test_mails_and_the_own_feed_tell_of_one_entry_that_only_rises(any_app):
    life = Life(any_app)
    life.make("talk", title={"sv": "Vatten", "en": "Water"}, venue=life.venue())
    with any_app.app_context():
        make_organisation(email="ask@example.org")
        member = make_account(Role.MEMBER, email=TO, language="en")
        token = make_feed(NewFeed(name="Mine"), by=Actor(member.id, member.role))[1]
        invited(db.session.get(Event, life.ids["talk"]), language="en")
    subscriber = Subscriber(any_app.test_client(), {"own": f"/feeds/private/{token}.ics"})
    fields = {"tz": "Europe/Stockholm", "city": "Lund", "rooms": (life.room(),)}
    told: list[tuple[str, int]] = []
    shown: list[int] = []
    feed_times = {}

    def rename() -> None:
        with any_app.app_context():
            save_venue(life.house, VenueFields(name={"sv": "Nytt", "en": "New"}, **fields), by=life.by)

    for number, act in enumerate(
        (
            lambda: None,
            lambda: life.move("talk", "2026-12-04T18:00"),
            rename,
            lambda: life.move("talk", "2026-12-05T17:00"),
            lambda: life.do(cancel_event, "talk", {"en": "Illness."}),
        ),
        1,
    ):
        with clock.fixed(NOW + timedelta(hours=number)):
            act()
            sent = _sent(any_app)  # what is held goes out after ten minutes
        with clock.fixed(NOW + timedelta(hours=number, minutes=11)):
            with any_app.app_context():
                send_due(clock.now())
            sent = _sent(any_app) or sent
            subscriber.poll()
        ((key, block),) = subscriber.blocks["own"].items()
        assert key[0] in life.labels
        shown.append(int(entry_of(block).one("SEQUENCE").value))
        feed_times = {one.uid: one.times for one in subscriber.dates["own"]}
        for method, octets in sent[len(told) :]:
            (event,) = read_strictly(octets).components("VEVENT")
            told.append((method, int(event.one("SEQUENCE").value)))
            (one,) = by_every_reader(octets)
            assert (one.uid, one.times) == (key[0], feed_times[key[0]])
            assert told[-1][1] <= shown[-1]
            if library() is not None:
                assert method_by_libical(octets) == (method, [])

    numbers = [number for _, number in told]
    assert [method for method, _ in told] == ["REQUEST"] * 4 + ["CANCEL"]  # renaming the venue is told as well
    assert numbers == sorted(set(numbers))
    assert shown == sorted(set(shown))


def _sent(app) -> list[tuple[str, bytes]]:
    """The calendar parts of all mails so far."""
    with app.app_context():
        return [(mail.calendar_method, mail.calendar.encode()) for mail in mails(TO) if mail.calendar]
