"""Feeds brought up to date by what has changed are those that are joined from nothing."""

import pytest
from sqlalchemy import delete, event, select, update

from cag_events.db import db, transaction
from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Event, EventTheme, ProgrammeChange, Theme, Venue
from cag_events.feeds.warm import Memory, memory_of
from tests.factories import make_event, make_theme, make_venue
from tests.feeds.reading import fetch
from tests.feeds.test_life import change, move

ADDRESSES = (
    "/feeds/programme.ics",
    "/feeds/themes/gender.ics?lang=en",
    "/feeds/themes/gender.ics?cancelled=0&hours=1",
    "/feeds/programme.ics?theme=gender&theme=water",
)


@pytest.fixture
def several(any_app):
    """Eleven lectures, all but one on a theme, with all feeds asked for once."""
    with any_app.app_context():
        gender, water, venue = make_theme("gender"), make_theme("water"), make_venue()
        for number in range(11):
            make_event(key=f"talk-{number}", venue=venue, themes=[gender if number else water])
        db.session.remove()
    _fetched(any_app)
    return any_app


def _fetched(app):
    client = app.test_client()
    answers = [fetch(client, address) for address in ADDRESSES]
    return [(answer.data, answer.headers["ETag"], answer.headers["Last-Modified"]) for answer in answers]


def _forget(app):
    """Let the process be as one that has just started."""
    fresh, memory = Memory(), memory_of(app)
    for name in ("answers", "lists", "versions", "known"):
        setattr(memory, name, getattr(fresh, name))


def _id(number):
    return db.session.scalars(select(Event.id).where(Event.key == f"talk-{number}")).one()


def _retag(number, key):
    with transaction():
        db.session.execute(delete(EventTheme).where(EventTheme.event_id == _id(number)))
        if key:
            theme = db.session.scalars(select(Theme).where(Theme.key == key)).one()
            db.session.add(EventTheme(event_id=_id(number), theme_id=theme.id, position=0))
        db.session.flush()
        records.refresh([_id(number)])


def _rename_venue():
    with transaction():
        db.session.execute(update(Venue).values(name={"sv": "Nya huset"}))
        records.refresh_where(Event.venue_id.is_not(None))


def _rename_theme():
    with transaction():
        db.session.execute(update(Theme).where(Theme.key == "water").values(name={"sv": "Vattnet", "en": "Waters"}))
        records.refresh_where(Event.id == _id(0))


def _hide_unnamed():
    """Something that names no event."""
    with transaction():
        db.session.execute(update(Event).where(Event.key == "talk-3").values(visibility=Visibility.UNLISTED))
        records.raise_version()
    change(_id(4), title={"sv": "Nytt", "en": "New"})


def _take_away():
    with transaction():
        gone = _id(5)
        db.session.delete(db.session.get(Event, gone))
        db.session.flush()
        records.refresh([gone])


CHANGES = {
    "renamed": lambda: change(_id(2), title={"sv": "Nytt", "en": "New"}),
    "moved": lambda: move(_id(2), "2026-11-30T18:00", "2026-11-30T19:30"),
    "cancelled": lambda: change(_id(2), status=Status.CANCELLED, cancel_reason={"sv": "Sjukdom.", "en": "Illness."}),
    "withdrawn": lambda: change(_id(2), status=Status.DRAFT),
    "unlisted": lambda: change(_id(2), visibility=Visibility.UNLISTED),
    "guarded": lambda: change(_id(2), safety=Safety.GUARDED),
    "of no theme": lambda: _retag(2, ""),
    "of another theme": lambda: _retag(2, "water"),
    "of the theme now": lambda: _retag(0, "gender"),
    "added": lambda: make_event(key="more", themes=[db.session.scalars(select(Theme).limit(1)).one()]),
    "deleted": _take_away,
    "venue renamed": _rename_venue,
    "theme renamed": _rename_theme,
    "hidden without a name": _hide_unnamed,
    "nothing": records.raise_version,
}


def test_feed_is_the_same_brought_up_to_date_and_joined_from_nothing_whatever_changes(several):
    for name, changed in CHANGES.items():
        with several.app_context():
            with transaction():
                changed()
            db.session.remove()
        kept = _fetched(several)
        _forget(several)
        assert (name, kept) == (name, _fetched(several))


def test_feed_asks_after_an_edit_about_that_event_alone(several):
    _fetched(several)
    with several.app_context():
        edited = _id(6)
        change(edited, title={"sv": "Nytt", "en": "New"})
        db.session.remove()
        engine, asked = db.engine, []
    event.listen(engine, "after_cursor_execute", lambda _c, _cursor, text, values, *_: asked.append((text, values)))

    fetch(several.test_client(), ADDRESSES[1])

    lists = [values for text, values in asked if "JOIN event ON" in text and "LEFT" not in text]
    asked_about = [set(values.values() if isinstance(values, dict) else values) for values in lists]
    assert [edited in values for values in asked_about] == [True]


def test_programme_names_the_events_of_few_versions(any_ctx, monkeypatch):
    monkeypatch.setattr(records, "NAMED", 3)
    one = make_event()

    for number in range(9):
        change(one.id, title={"sv": f"Nytt {number}"})

    assert len(db.session.scalars(select(ProgrammeChange.number)).all()) == 3
