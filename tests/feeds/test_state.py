"""What is kept of entries: it rises with all that is seen, and holds no more than may be told."""

import pytest
from sqlalchemy import select

from cag_events.db import db, transaction
from cag_events.domain.event import Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.models import Event, Room, Theme, Venue
from cag_events.events.services import save_kind_words
from cag_events.feeds.entries import versions_of
from cag_events.feeds.models import Entry
from cag_events.permissions import SYSTEM
from tests.factories import make_event, make_theme, make_venue
from tests.feeds.test_life import change

SEATED = ("registered", "released")  # what somebody with a seat sees of an open event, in no feed but their own


def bodies(circle: str = "public") -> dict[tuple[str, str], bytes]:
    query = select(Entry).where(Entry.circle == circle).execution_options(populate_existing=True)
    return {(row.uid, row.language): row.body for row in db.session.scalars(query)}


def rename_venue(event):
    db.session.get(Venue, event.venue_id).name = {"sv": "Nya huset", "en": "New house"}
    db.session.flush()
    records.refresh_where(Event.venue_id == event.venue_id)


def rename_room(event):
    db.session.get(Room, event.room_id).name = "Lilla salen"
    db.session.flush()
    records.refresh_where(Event.venue_id == event.venue_id)


def rename_theme(_event):
    db.session.scalars(select(Theme)).one().name = {"sv": "Annat", "en": "Other"}
    db.session.flush()
    records.refresh_where(Event.id > 0)


def rename_kind(_event):
    save_kind_words("lecture", {"sv": "Föredrag", "en": "Talk"}, {}, 90, by=SYSTEM)


def translate(event):
    change(event.id, title={"sv": "Vatten", "en": "Water at last"})


@pytest.mark.parametrize("how", [rename_venue, rename_room, rename_theme, rename_kind, translate])
def test_every_change_that_is_seen_raises_the_entry_once_through_whatever_it_comes(any_ctx, how):
    event = make_event(venue=make_venue(), themes=[make_theme()], title={"sv": "Vatten", "en": "Water"})
    uid = event.occurrences[0].uid
    before = bodies()
    with transaction():
        how(event)
    once = bodies()
    with transaction():
        records.refresh([event.id])  # nothing changed
    twice = bodies()

    assert (once == before, twice == once) == (False, True)
    assert versions_of([uid])[uid].sequence == 1
    assert all(b"SEQUENCE:1\r\n" in body for key, body in once.items() if body != before[key])
    assert all(b"SEQUENCE:0\r\n" in body for key, body in once.items() if body == before[key])


@pytest.mark.parametrize(
    "how",
    [
        {"safety": Safety.GUARDED},
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.UNLISTED, "safety": Safety.GUARDED},
        {"visibility": Visibility.MEMBERS, "safety": Safety.GUARDED},
        {"status": Status.DRAFT},
    ],
)
def test_no_row_keeps_an_old_text_of_what_was_narrowed_or_withdrawn(any_ctx, how):
    secret = {"sv": "Kanariefågel", "en": "Canary"}
    venue = make_venue(name=secret, street="Canary street 1", city="Canarytown")
    event = make_event(venue=venue, title=secret, summary=secret, body=secret)
    other = make_event(title={"en": "Canary that may be told"})
    event_id, other_id = event.id, other.id

    change(event_id, **how)

    kept = {
        row.id: (row.body + repr(row.tags).encode()).lower()
        for row in db.session.scalars(select(Entry).where(Entry.event_id == event_id))
        if row.circle not in SEATED or "safety" in how
    }
    public = db.session.scalars(select(Entry.body).where(Entry.event_id == other_id)).first()
    assert kept
    assert b"Canary" in public
    assert [row for row, text in kept.items() if b"kanarie" in text or b"canary street" in text] == []
    if how.get("status") is not Status.DRAFT and how.get("visibility") is not Visibility.PRIVATE:
        return
    assert [row for row, text in kept.items() if b"canary" in text.replace(b"canarytown", b"")] == []


def test_uid_is_for_ever_and_never_of_name_time_or_host(any_ctx):
    event = make_event(key="water", starts="2026-12-03T18:00")
    (uid,) = {key[0] for key in bodies()}
    change(event.id, key="other-key", status=Status.DRAFT)
    change(event.id, status=Status.PUBLISHED, title={"en": "Other"})

    assert {key[0] for key in bodies()} == {uid}
    assert len(uid) == 36
    assert "water" not in uid
    assert "20261203" not in uid.replace("-", "")
