"""Whatever organizers do, in whatever order: what holds of feeds after every single thing done."""

import shutil
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import SHOWN, Status
from cag_events.domain.recurrence import Scope
from cag_events.events.drafts import occurrences_of
from cag_events.events.models import Event, Occurrence
from cag_events.events.services.lifecycle import cancel_event, postpone_event, publish_event, withdraw_event
from cag_events.events.services.moving import cancel_date, move_date, put_back_date, restore_date
from cag_events.events.services.venues import VenueFields, save_venue
from cag_events.events.services.words import ThemeFields, save_theme
from tests.conftest import NOW
from tests.feeds.subscribing import Subscriber, entry_of
from tests.feeds.test_scripted_life import Life

EVENTS = ("one", "two", "circle", "series")
_numbers = count()

acts = st.one_of(
    st.tuples(st.sampled_from(["publish", "withdraw", "postpone", "cancel"]), st.none()),
    st.tuples(st.just("move"), st.integers(1, 27)),
    st.tuples(st.just("title"), st.integers(1, 3)),
    st.tuples(st.just("visibility"), st.sampled_from(Visibility)),
    st.tuples(st.just("safety"), st.sampled_from(Safety)),
    st.tuples(st.just("themes"), st.sampled_from([(), ("gender",), ("environment",), ("gender", "environment")])),
    st.tuples(st.sampled_from(["take a date out", "add a date", "nothing"]), st.none()),
    st.tuples(st.sampled_from(["venue", "theme"]), st.integers(1, 3)),
)
dated = st.tuples(
    st.sampled_from([move_date, move_date, cancel_date, cancel_date, restore_date, put_back_date]),
    st.tuples(st.integers(0, 4), st.sampled_from(Scope), st.integers(-40, 40)),
)
one_step = st.tuples(st.sampled_from(EVENTS), acts) | st.tuples(st.sampled_from(["circle", "series"]), dated)
steps = st.lists(one_step, min_size=4, max_size=10)


class Observer:
    """Holds what was ever shown, and says whether what is shown now may follow it."""

    def __init__(self, life: Life, subscriber: Subscriber) -> None:
        self.life = life
        self.subscriber = subscriber
        self.known: dict[tuple[str, str, str, int], bytes] = {}  # audience, UID, date, SEQUENCE → octets
        self.shown: set[str] = set()

    def look(self) -> None:
        """Poll every feed and check."""
        self.subscriber.poll()
        self._versions_are_new()
        self._nothing_vanishes()
        self._nothing_hidden_is_told()

    def check_dates(self) -> None:
        """What takes place is in the calendar of everybody whom it may be told, at its time, and nothing else is."""
        with self.life.app.app_context():
            events = {event.id: event for event in db.session.query(Event)}
            taking_place = sorted(
                (row.starts_at, row.ends_at)
                for row in db.session.query(Occurrence)
                if row.cancelled_on is None and _takes_place_in_public(events[row.event_id])
            )
        for feed in ("sv", "en"):
            seen = [(one.starts, one.ends) for one in self.subscriber.dates.get(feed, []) if one.status != "CANCELLED"]
            assert sorted(seen) == taking_place, f"{feed} shows other dates than there are"

    def _versions_are_new(self) -> None:
        """The same UID and SEQUENCE are the same octets, in every feed of a language, for ever."""
        for feed, blocks in self.subscriber.blocks.items():
            audience = feed if feed in ("sv", "own", "file") else "en"  # an unlisted event has a file alone
            for (uid, recurrence), block in blocks.items():
                key = audience, uid, recurrence, int(entry_of(block).one("SEQUENCE").value)
                assert self.known.setdefault(key, block) == block, f"{feed} changed an entry without a new SEQUENCE"

    def _nothing_vanishes(self) -> None:
        now = {uid for uid, _ in self.subscriber.blocks["en"]}
        assert self.shown <= now, "an entry left without a tombstone"
        self.shown |= now

    def _nothing_hidden_is_told(self) -> None:
        """Each event has a word of its own: it is told while everybody may know, and else nowhere in public."""
        with self.life.app.app_context():
            events = {label: db.session.get(Event, self.life.ids[label]) for label in EVENTS}
            told = {
                label: event.status in SHOWN
                and event.visibility is Visibility.PUBLIC
                and event.safety is not Safety.GUARDED
                for label, event in events.items()
            }
        for feed in ("sv", "en", "gender", "environment"):
            octets = self.subscriber.octets[feed].replace(b"\r\n ", b"")
            found = {label: f"Kanary{label}".encode() in octets for label in EVENTS}
            if feed in ("sv", "en"):
                assert found == told
            assert not [label for label in EVENTS if found[label] and not told[label]], f"{feed} tells what is hidden"


def _takes_place_in_public(event: Event) -> bool:
    return event.status in (Status.PUBLISHED, Status.POSTPONED) and event.visibility is Visibility.PUBLIC


@settings(
    max_examples=6,  # of up to ten steps each
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # what fails is short enough, and shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(done=steps)
def test_any_life_keeps_every_promise_of_feeds(done, make_app, empty_sqlite, tmp_path):
    path = tmp_path / f"life-{next(_numbers)}.sqlite"
    shutil.copy(empty_sqlite, path)
    life = Life(make_app(f"sqlite:///{path}"))
    observer = Observer(life, _begin(life))
    observer.look()

    for number, (label, (what, how)) in enumerate(done, 1):
        with clock.fixed(NOW + timedelta(hours=number)):
            try:
                _act(life, label, what, how)
            except Refused:
                continue  # as it may not be done, nothing has changed
            finally:
                observer.look()
    observer.subscriber.read_all(observer.subscriber.feeds)
    observer.check_dates()


def _begin(life: Life) -> Subscriber:
    for label in EVENTS:
        word = f"Kanary{label}"
        texts = {"sv": f"{word} sv", "en": f"{word} en"}
        dates = ["2026-12-03T18:00", "2026-12-10T18:00"] if label == "circle" else ["2026-12-03T18:00"]
        values = {"title": texts, "summary": texts, "body": texts, "venue": life.venue(), "themes": life.themes()}
        if label == "series":
            life.make(label, starts="2027-03-16T18:00", rrule="FREQ=WEEKLY;COUNT=5", **values)
        else:
            life.make(label, dates=dates, **values)
    feeds = {
        "sv": "/feeds/programme.ics?lang=sv",
        "en": "/feeds/programme.ics?lang=en",
        "gender": "/feeds/themes/gender.ics?lang=en",
        "environment": "/feeds/themes/environment.ics?lang=en",
        "file": "/events/one.ics?lang=en",
        "own": f"/feeds/private/{life.follow('one', 'circle', 'series')}.ics",
    }
    return Subscriber(life.app.test_client(), feeds, reads=False)


def _act(life: Life, label: str, what: str, how) -> None:
    """Do one thing; raises Refused where the rules do not allow it."""
    if callable(what):
        _change_date(life, label, what, how)
        return
    services = {"publish": publish_event, "withdraw": withdraw_event, "postpone": postpone_event}
    if what in services:
        life.do(services[what], label)
    elif what == "cancel":
        life.do(cancel_event, label, {"sv": "Kanaryreason", "en": "Kanaryreason"})
    elif what == "move":
        life.move(label, f"2027-01-{how:02}T17:30")
    elif what == "title":
        life.edit(label, title={"sv": f"Kanary{label} {how}", "en": f"Kanary{label} {how % 2}"})
    elif what in ("visibility", "safety", "themes"):
        life.edit(label, **{what: how})
    elif what in ("take a date out", "add a date"):
        life.redate(label, more=what == "add a date")
    elif what == "venue":
        with life.app.app_context():
            names = {"sv": f"Hus {how}", "en": f"House {how % 2}"}
            fields = VenueFields(name=names, tz="Europe/Stockholm", city="Lund", rooms=(life.room(),))
            save_venue(life.house, fields, by=life.by)
    elif what == "theme":
        with life.app.app_context():
            save_theme(life.gender, ThemeFields(name={"sv": f"Tema {how}", "en": "Gender"}, token="gen"), by=life.by)


def _change_date(life: Life, label: str, service, how: tuple[int, Scope, int]) -> None:
    """Change one of an event's dates, and with a wider scope others of its series."""
    number, scope, hours = how
    with life.app.app_context():
        event = db.session.get(Event, life.ids[label])
        rows = occurrences_of(event.id)
        row = rows[number % len(rows)]
        call = {"version": event.version, "by": life.by}
        if service is move_date:
            walls = (datetime.fromisoformat(wall) + timedelta(hours=hours) for wall in (row.starts_wall, row.ends_wall))
            move_date(event.id, row.id, *walls, scope=scope, **call)
        elif service is cancel_date:
            cancel_date(event.id, row.id, {"sv": "Snö."}, scope=scope, **call)
        elif service is restore_date:
            restore_date(event.id, row.id, scope=scope, **call)
        else:
            service(event.id, row.id, **call)
