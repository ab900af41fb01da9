"""Holds the mails about a change of an event for ten minutes; then they go out, unless somebody undoes it before."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from cag_events import clock
from cag_events.audit.services import Thing, record
from cag_events.db import db, end_reading, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.lifecycle import Status
from cag_events.domain.noticing import HOLD, News, State, has_other_day, news_of
from cag_events.domain.texts import Texts
from cag_events.events.drafts import fields_of, find_revision
from cag_events.events.fields import EventFields
from cag_events.events.models import Event, EventRevision
from cag_events.events.places import last_change
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services.lifecycle import take_back
from cag_events.events.services.planning import edit_event, what_moved
from cag_events.events.services.revisions import keep_before
from cag_events.events.services.venues import lock_venue, put_back
from cag_events.events.services.writing import run_of
from cag_events.messages.models import Notice
from cag_events.messages.queries.notices import (
    count_reached,
    days_of,
    find_held,
    find_settled,
    has_other_clocks,
    last_version_before,
    list_due,
    list_reached,
    version_at,
    with_people,
)
from cag_events.messages.queries.places import find_other_place
from cag_events.messages.services.coming import ask_those
from cag_events.outbox.facts import note_each
from cag_events.permissions import SYSTEM, Actor, Permission, require
from cag_events.web import log

FACT: Final = {
    News.MOVED: "registration.event_moved",
    News.CLOCKS: "registration.event_clocks",
    News.POSTPONED: "registration.event_postponed",
    News.CANCELLED: "registration.event_cancelled",
    News.WITHDRAWN: "registration.event_withdrawn",
    News.REOPENED: "registration.event_reopened",
    News.WRITTEN: "registration.written_to",
}


def heed(
    event_id: int,
    before: int | None = None,
    account_id: int | None = None,
    changed_at: datetime | None = None,
    **_facts: Any,
) -> None:
    """Hold what those who are registered must be told of a change, or add it to what is held, within its unit.

    A change back to what people know leaves nothing to tell. `before`: the version before this change; `account_id`:
    who made it, if that is not who saved the event last; `changed_at`: when, if that is not now.
    """
    event = db.session.get_one(Event, event_id)
    found = find_held(event_id)
    if found is None and (event.published_at is None or not count_reached(event_id)):
        return
    held = found or _known(event, before, changed_at or clock.now())
    known = find_revision(event_id, held.known_version) if held.known_version is not None else None
    fields, now = fields_of(event), clock.now()
    moved = (
        known is not None
        and known.fields is not None
        and (bool(what_moved(known.fields, fields)) or find_other_place(held, known.fields) is not None)
    )
    other_clocks = has_other_clocks(event_id, held.known_version)
    news = news_of(held.known_status, event.status, has_moved=moved, has_other_clocks=other_clocks)
    maker = account_id or _saver(event)
    if news is None:
        if found is not None:
            _settle(found, State.UNDONE, maker, now)
        return
    held.asks_coming = (
        news is News.MOVED
        and known is not None
        and known.fields is not None
        and has_other_day(days_of(known.fields), days_of(fields))
    )
    held.what, held.version, held.status = news, event.version, event.status
    held.account_id, held.due_at = maker, now + HOLD
    held.saves += 1
    db.session.add(held)
    db.session.flush()


def heed_venue(venue_id: int, *, tells: bool, account_id: int | None = None, **_facts: Any) -> None:
    """Hold what those must be told who are registered for published events to come at a venue that is another place.

    Where nobody is to be told of this change, only what is held already is compared anew.
    """
    held = select(Notice.event_id).where(Notice.state == State.HELD, Notice.what != News.WRITTEN)
    at_venue = select(Event.id).where(Event.venue_id == venue_id, Event.ends_at > clock.now())
    people = (Event.status == Status.PUBLISHED) & Event.id.in_(with_people())
    changed_at = last_change(venue_id)  # the clock may have gone on since, and what a venue was is found by it
    concerned = (Event.id.in_(held) | people) if tells else Event.id.in_(held)
    for event_id in db.session.scalars(at_venue.where(concerned).order_by(Event.id)).all():
        event = lock_event(event_id)
        keep_before(event)
        heed(event_id, before=event.version, account_id=account_id, changed_at=changed_at)


def _known(event: Event, before: int | None, made_at: datetime) -> Notice:
    """A new notice that begins with what people know of an event."""
    last = find_settled(event.id)
    is_off = last is not None and last.status is not Status.PUBLISHED
    version = before if before is not None else last_version_before(event.id, event.version)
    return Notice(
        event_id=event.id,
        known_version=last.known_version if last is not None and is_off else version,
        known_status=last.status if last is not None and is_off else Status.PUBLISHED,
        made_at=made_at,
        saves=0,
    )


def _saver(event: Event) -> int | None:
    """Who saved the event last."""
    return db.session.scalar(
        select(EventRevision.account_id).where(
            EventRevision.event_id == event.id, EventRevision.version == event.version
        )
    )


def _settle(notice: Notice, state: State, account_id: int | None, now: datetime, reason: str = "") -> None:
    notice.state, notice.settled_at, notice.settled_by, notice.reason = state, now, account_id, reason
    db.session.flush()


def send_due(now: datetime) -> int:
    """Send what is held no longer; returns how many notices. A fault of one leaves the others alone."""
    due, number = list_due(now), 0
    end_reading()
    for notice_id in due:
        try:
            with transaction():
                notice = _lock(notice_id)
                if notice.state is State.HELD and notice.due_at <= now:
                    _send(notice, SYSTEM, now)
                    number += 1
        except Exception as fault:  # the edge: it is tried again in a minute
            log.fault(fault)
            db.session.rollback()
    return number


def send_now(notice_id: int, *, by: Actor) -> int:
    """Send a notice without waiting; returns how many registrations are told. Raises as undo()."""
    with transaction():
        notice = _lock_held(notice_id, by)
        return _send(notice, by, clock.now())


def drop(notice_id: int, reason: str, *, by: Actor) -> None:
    """Keep the change and write to nobody, for a reason that is logged. Raises as undo(), Refused notice.reason."""
    with transaction():
        notice = _lock_held(notice_id, by)
        if not reason.strip():
            raise Refused("notice.reason", N_("Say why nobody is to be told. It is kept in the log."), field="reason")
        _settle(notice, State.DROPPED, by.account_id, clock.now(), reason.strip()[:300])
        record("message.undone", by=by, event_id=notice.event_id, thing=_thing(notice), reason=reason)


def add_words(notice_id: int, note: Texts, *, asks_coming: bool, by: Actor) -> None:
    """Add an organizer's words to a held notice, and say whether it asks who still comes. Raises as undo()."""
    with transaction():
        notice = _lock_held(notice_id, by)
        notice.note = {code: text for code, text in note.items() if text.strip()}
        notice.asks_coming = asks_coming and notice.what is News.MOVED
        db.session.flush()


def undo(notice_id: int, *, by: Actor) -> None:
    """Put an event back to what people know of it, or stop a message; nobody is written to.

    Time, place and status go back; other changes stay. A venue that is another place is put back for every event
    there. Raises NotFound, NotAllowed, Refused notice.settled where it
    was sent or undone meanwhile, notice.parts_gone where a removed part cannot be brought back with its seats,
    notice.clocks where the law of the clocks has changed.
    """
    with transaction():
        _lock_venue(notice_id)
        notice = _lock_held(notice_id, by)
        now = clock.now()
        if notice.what is not News.WRITTEN:
            _put_back(notice, by)
            db.session.refresh(notice)
        if notice.state is State.HELD and notice.what is News.CLOCKS:
            return  # the move is undone, the law of the clocks is not: what it says is still to be told
        if notice.state is State.HELD:
            _settle(notice, State.UNDONE, by.account_id, now)
        notice.settled_by = by.account_id
        record("message.undone", by=by, event_id=notice.event_id, thing=_thing(notice))


def may_undo(notice: Notice) -> bool:
    """Tell whether an event can be put back: not where a part is gone and with it its seats, nor a country's clocks."""
    if notice.what is News.WRITTEN:
        return True
    if notice.what is News.CLOCKS:
        return False
    known = find_revision(notice.event_id, notice.known_version) if notice.known_version is not None else None
    if known is None or known.fields is None:
        return False
    there = {one.id for one in get_record(notice.event_id).occurrences}
    return all(item.id in there for item in known.fields.occurrences if item.id is not None)


def _put_back(notice: Notice, by: Actor) -> None:
    if notice.what is News.CLOCKS:
        raise Refused(
            "notice.clocks",
            N_("Nobody can undo a law. Change the time in the editor, or let nobody be written to."),
        )
    if not may_undo(notice):
        raise Refused(
            "notice.parts_gone",
            N_("A part was removed, and with it the seats in it. Change the event in its editor instead."),
        )
    event = take_back(notice.event_id, notice.known_status, by=by)
    known = find_revision(event.id, notice.known_version) if notice.known_version is not None else None
    if event.status is not Status.PUBLISHED or known is None or known.fields is None:
        return
    fields = fields_of(event)
    back = _with_when_and_where(fields, known.fields)
    if what_moved(fields, back):
        edit_event(event.id, back, version=event.version, by=by)
    place = find_other_place(notice, known.fields)
    if place is not None and event.venue_id is not None:
        put_back(event.venue_id, place, by=by)


def _with_when_and_where(fields: EventFields, known: EventFields) -> EventFields:
    """An event's fields with the time and place that people know; the texts of its parts stay as they are."""
    titles = {item.id: item.title for item in fields.occurrences}
    dates = tuple(replace(item, title=titles.get(item.id, item.title)) for item in known.occurrences)
    return replace(
        fields,
        occurrences=dates,
        tz=known.tz,
        venue=known.venue,
        room=known.room,
        mode=known.mode,
        details=fields.details if run_of(known) == run_of(fields) else known.details,
    )


def _lock(notice_id: int) -> Notice:
    """A notice with its event locked first."""
    event_id = db.session.scalar(select(Notice.event_id).where(Notice.id == notice_id))
    if event_id is None:
        raise NotFound(notice_id)
    lock_event(event_id)
    return db.session.get_one(Notice, notice_id, populate_existing=True)


def _lock_venue(notice_id: int) -> None:
    """Lock the venue of a notice's event before the event, as whoever changes a venue does."""
    query = select(Event.venue_id).join(Notice, Notice.event_id == Event.id).where(Notice.id == notice_id)
    if venue_id := db.session.scalar(query):
        lock_venue(venue_id)


def _lock_held(notice_id: int, by: Actor) -> Notice:
    require(by, Permission.EVENT_PUBLISH)
    notice = _lock(notice_id)
    if notice.what is News.WRITTEN:
        require(by, Permission.ATTENDEES_EXPORT)
    if notice.state is not State.HELD:
        raise Refused("notice.settled", N_("It was sent or undone meanwhile."))
    return notice


def _send(notice: Notice, by: Actor, now: datetime) -> int:
    """Make of a notice a fact about each registration that it reaches; each becomes one mail."""
    found = list_reached(notice.event_id, notice.wanted or None)
    event = db.session.get_one(Event, notice.event_id)
    if notice.asks_coming and event.starts_at is not None and event.starts_at > now:
        ask_those(event.id, now)
    facts = []
    for registration_id, registered_at in found:
        fact: dict[str, Any] = {"registration_id": registration_id, "notice_id": notice.id}
        if registered_at > notice.made_at and notice.what is News.MOVED:
            fact["before"] = version_at(event.id, registered_at)  # they know more than the others
        facts.append(fact)
    notice.told = len(facts)
    _settle(notice, State.SENT, by.account_id, now)
    note_each(FACT[notice.what], facts)
    record(
        "message.sent",
        by=by,
        event_id=event.id,
        thing=_thing(notice),
        count=len(facts),
        purpose=notice.what.value,
    )
    return len(facts)


def _thing(notice: Notice) -> Thing:
    return Thing("notice", notice.row_id)
