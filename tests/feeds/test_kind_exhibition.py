"""An exhibition in feeds: one entry of whole days for the run, timed ones for its parts, its hours in words."""

from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.events import records
from cag_events.events.models import Event, Occurrence
from cag_events.exhibitions.services.venue_hours import save_hours
from cag_events.kinds._opening import Closed, Opening, Week
from cag_events.permissions import SYSTEM
from tests import golden
from tests.exhibitions.given import make_exhibition
from tests.factories import make_venue
from tests.feeds.reading import fetch

RUN: dict[str, Any] = {
    "from": "2026-11-02",
    "to": "2026-12-13",
    "follows_venue": True,
    "special": [{"date": "2026-12-03", "start": "10:00", "end": "21:00", "name": {"sv": "Sen kväll", "en": "Late"}}],
    "readings": [{"date": "2026-11-20", "visitors": 4711}],
    "set_up": "2026-10-29",
}


def make_shown() -> None:
    """An exhibition that follows its venue's hours, with an opening and a guided tour."""
    venue = make_venue(key="house", name={"sv": "Biblioteket", "en": "The Library"}, city="Umeå")
    week = Week(
        opening=(
            Opening(days=("mon", "tue", "wed", "thu", "fri"), start="10:00", end="18:00"),
            Opening(days=("sat", "sun"), start="11:00", end="16:00"),
        ),
        closed=(Closed(date=date(2026, 12, 7), name={"sv": "Inventering", "en": "Stocktaking"}),),
    )
    save_hours(venue.id, week, by=SYSTEM)
    make_exhibition(
        date(2026, 11, 2),
        42,
        key="lake",
        uid="0f0e0d0c-1111-4222-8333-444455556666",
        venue=venue,
        themes=[],
        title={"sv": "Mellan sjö och öken", "en": "Between lake and desert"},
        dates=["2026-11-05T17:00", "2026-11-24T12:15"],
        minutes=45,
        details=RUN,
    )


def entries(octets: bytes) -> list[Any]:
    return list(Calendar.from_ical(octets).walk("VEVENT"))


def test_an_exhibition_is_one_banner_of_whole_days_and_never_a_bar_of_weeks(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_shown()

    found = entries(fetch(client, "/feeds/programme.ics?lang=sv").data)

    banners = [entry for entry in found if not hasattr(entry.decoded("DTSTART"), "hour")]
    assert [(entry.decoded("DTSTART"), entry.decoded("DTEND"), str(entry["TRANSP"])) for entry in banners] == [
        (date(2026, 11, 2), date(2026, 12, 14), "TRANSPARENT")
    ]
    timed = [entry for entry in found if entry not in banners]
    assert [(entry.decoded("DTEND") - entry.decoded("DTSTART")).total_seconds() / 60 for entry in timed] == [45, 45]
    assert {str(entry["RELATED-TO"]) for entry in timed} == {str(banners[0]["UID"])}
    assert "4711" not in str(found)


def times_of(given: Any) -> list[Any]:
    """The times of a property that may stand there once, several times or not at all."""
    listed = [] if given is None else given if isinstance(given, list) else [given]
    return [time for one in listed for time in one.dts]


def test_opening_hours_as_entries_change_a_day_with_other_hours_and_leave_out_closed_ones(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        make_shown()

    found = entries(fetch(client, "/feeds/programme.ics?lang=sv&hours=1").data)

    late = [
        e
        for e in found
        if hasattr(e.decoded("DTEND"), "hour") and e.decoded("DTEND").strftime("%m-%d %H") == "12-03 21"
    ]
    weekly = [entry for entry in found if "RRULE" in entry]
    assert len(late) == 1
    assert [len(times_of(entry.get("EXDATE"))) for entry in weekly] == [1, 0]
    assert (late[0]["UID"], "RECURRENCE-ID" in late[0]) == (weekly[0]["UID"], True)


def test_exhibition_is_as_its_golden_copy(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        make_shown()
        with transaction():
            for number, part in enumerate(db.session.scalars(select(Occurrence).order_by(Occurrence.id))):
                part.uid = f"00000000-0000-4000-8000-{number:012d}"
            db.session.flush()
            golden.forget_entries()
            records.refresh_where(Event.key == "lake")

    golden.check("kind_exhibition.ics", fetch(client, "/events/lake.ics?lang=en").data)
