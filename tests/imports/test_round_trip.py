"""Our own feeds, brought into an installation that knows nothing of them, come back with the same instants."""

import shutil
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cag_events import clock, demo
from cag_events.db import db, transaction
from cag_events.domain.errors import Refused
from cag_events.domain.recurrence import Scope
from cag_events.events.drafts import occurrences_of
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import get_record
from cag_events.events.services.moving import cancel_date, move_date, restore_date
from cag_events.imports import known
from cag_events.imports.models import ImportedEntry
from cag_events.imports.services import Report, take
from cag_events.permissions import SYSTEM
from tests.conftest import NOW
from tests.factories import make_event
from tests.feeds.reading import fetch
from tests.happenings import Moment
from tests.imports.given import codes
from tests.readers import read_icalendar

_numbers = count()
LEFT_FOR_A_REASON = {"entry.cancelled", "entry.over", "entry.no_dates"}
Spans = dict[str, set[tuple[Moment, Moment]]]


def there(octets: bytes) -> Spans:
    """When everything to come is that takes place, by UID, as another project reads it."""
    found: Spans = defaultdict(set)
    for one in read_icalendar(octets):
        if one.status != "CANCELLED" and isinstance(one.ends, datetime) and one.ends > NOW:
            found[one.uid].add((one.starts, one.ends))
    return dict(found)


def days_there(octets: bytes) -> dict[str, tuple[date, date]]:
    """The first and last day of what lasts for days and is not over."""
    return {
        one.uid: (one.starts, one.ends - timedelta(days=1))
        for one in read_icalendar(octets)
        if not isinstance(one.ends, datetime) and one.status != "CANCELLED" and one.ends > NOW.date()
    }


def here() -> Spans:
    """When the dates are that were made of each entry and take place."""
    query = (
        select(ImportedEntry.uid, Occurrence.starts_at, Occurrence.ends_at)
        .join(Occurrence, Occurrence.event_id == ImportedEntry.event_id)
        .join(Event, Event.id == ImportedEntry.event_id)
        .where(Occurrence.cancelled_on.is_(None), Event.run_from.is_(None) | Occurrence.starts_at.is_not(None))
    )
    found: Spans = defaultdict(set)
    for uid, starts, ends in db.session.execute(query):
        found[uid].add((starts, ends))
    return dict(found)


def days_here() -> dict[str, tuple[date, date]]:
    """The days of what was made of each entry that lasts for days."""
    query = select(ImportedEntry.uid, Event.run_from, Event.run_to).join(Event, Event.id == ImportedEntry.event_id)
    return {uid: (first, last) for uid, first, last in db.session.execute(query.where(Event.run_from.is_not(None)))}


def bring(octets: bytes) -> Report:
    around = known.surroundings("sv", ("sv", "en"))
    return take(octets, around, place="feed.ics", choose=lambda one: one.is_chosen, by=SYSTEM)


def test_the_demos_whole_feed_comes_back(make_app: Callable[..., Flask], empty_sqlite: Path, tmp_path: Path) -> None:
    octets = {}
    for name in ("full", "plain", "hours"):
        shutil.copy(empty_sqlite, tmp_path / f"{name}.sqlite")
    with clock.fixed(NOW):
        full = make_app(f"sqlite:///{tmp_path / 'full.sqlite'}")
        with full.app_context():
            demo.fill()
        for name, address in (
            ("plain", "/feeds/programme.ics?lang=sv"),
            ("hours", "/feeds/programme.ics?lang=sv&hours=1"),
        ):
            octets[name] = fetch(full.test_client(), address).data
        for name, content in octets.items():
            with make_app(f"sqlite:///{tmp_path / f'{name}.sqlite'}").app_context():
                report = bring(content)
                again = bring(content)

                left = [one for one in report.outcomes if one.action == "left"]
                assert [one for one in left if not codes(one.remarks) & LEFT_FOR_A_REASON] == []
                assert here() == there(content), name
                assert days_here() == days_there(content), name
                assert set(again.counts) <= {"same", "left"}
                assert len(here()) > 20


FATES = st.lists(
    st.tuples(
        st.sampled_from([move_date, move_date, cancel_date, restore_date]),
        st.integers(0, 5),
        st.sampled_from(Scope),
        st.integers(-30, 30),
    ),
    min_size=1,
    max_size=6,
)
RULES = st.sampled_from(
    [
        "FREQ=WEEKLY;COUNT=6",
        "FREQ=DAILY;INTERVAL=3;COUNT=5",
        "FREQ=MONTHLY;BYDAY=3TU;COUNT=4",
        "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=6",
    ]
)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rule=RULES, fates=FATES)
def test_a_series_of_ours_comes_back_whatever_befell_it(rule, fates, make_app, empty_sqlite, tmp_path):
    path = tmp_path / f"series-{next(_numbers)}.sqlite"
    shutil.copy(empty_sqlite, path)
    app = make_app(f"sqlite:///{path}")
    with clock.fixed(NOW):
        with app.app_context():
            event_id = make_event(rrule=rule, starts="2027-03-16T18:00").id
            for act, number, scope, hours in fates:
                befall(event_id, act, number, scope, hours)
        octets = fetch(app.test_client()).data
        with app.app_context():
            with transaction():
                db.session.delete(db.session.get_one(Event, event_id))

            bring(octets)

            assert here() == there(octets)
            assert set(bring(octets).counts) <= {"same", "left"}


def befall(event_id: int, act, number: int, scope: Scope, hours: int) -> None:
    """Do something with one of the dates; what the rules refuse is not done."""
    rows = occurrences_of(event_id)
    row, version = rows[number % len(rows)], get_record(event_id).version
    step = timedelta(hours=hours)
    walls = [datetime.fromisoformat(wall) + step for wall in (row.starts_wall, row.ends_wall)]
    try:
        if act is move_date:
            move_date(event_id, row.id, *walls, scope=scope, version=version, by=SYSTEM)
        elif act is cancel_date:
            cancel_date(event_id, row.id, {"sv": "Snö."}, scope=scope, version=version, by=SYSTEM)
        else:
            restore_date(event_id, row.id, scope=scope, version=version, by=SYSTEM)
    except Refused:
        db.session.rollback()
