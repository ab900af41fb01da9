"""Mails to everybody who is registered, when an event is moved, postponed, cancelled or taken away.

The fact about the event becomes a fact about each registration, so that each mail is a small writing unit of its own.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord, OccurrenceRecord, RoomRef
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import LIVE, Status
from cag_events.events.drafts import find_revision
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.models import Room, Venue
from cag_events.events.queries import get_record
from cag_events.events.records import venue_ref
from cag_events.events.services.writing import run_of
from cag_events.outbox.facts import note_each
from cag_events.outbox.messages import is_queued, queue
from cag_events.registrations.mail.invites import Method, calendar_part
from cag_events.registrations.mail.reader import (
    Seen,
    greeting,
    lines_about,
    message,
    page_of,
    seen,
    viewer_of,
    when_text,
    when_texts,
    where_text,
)
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.people import list_told, occurrence_ids
from cag_events.registrations.services.links import make_link
from cag_events.web.language import in_language
from cag_events.web.mailing import Letter, Line, Link, address


def tell_each(name: str, event_id: int, what: Sequence[str] = (), before: int | None = None, after: int = 0) -> None:
    """Make of a fact about an event one about each live registration that has an address."""
    del what, after  # each mail says what differs between the version before and the event as it is
    told = {"before": before} if before is not None else {}
    note_each(name, [{"registration_id": registration_id, **told} for registration_id in list_told(event_id)])


event_moved = partial(tell_each, "registration.event_moved")
event_postponed = partial(tell_each, "registration.event_postponed")
event_cancelled = partial(tell_each, "registration.event_cancelled")


def moved(registration_id: int, before: int | None = None) -> None:
    """Tell somebody what is different now: when or where, before and after. Nothing where they see no difference."""
    registration = _live(registration_id)
    if registration is None:
        return
    record = get_record(registration.event_id)
    revision = find_revision(record.id, before) if before is not None else None
    if revision is None or revision.fields is None or record.status is not EventStatus.PUBLISHED:
        return
    key = f"registration:{registration.row_id}:moved:{record.version}"
    if is_queued(key):
        return
    chosen = occurrence_ids(registration.id)
    with in_language(registration.language):
        viewer, at = viewer_of(registration), clock.now()
        now = seen(record, viewer, at, chosen)
        earlier = record_before(record, revision.fields)
        kept = {one.id for one in record.occurrences}
        gone = [one.id for one in earlier.occurrences if one.id not in kept]
        then = seen(earlier, viewer, at, [*chosen, *gone])
        lines = (*_dates_moved(then, now), *_place_moved(then, now, registration))
        if not lines:
            return
        rest = [
            line for line in lines_about(now, registration) if line.label not in {"", *(one.label for one in lines)}
        ]
        letter = Letter(
            subject=now.subject(_("Changed event")),
            heading=now.heading(_("The event has changed")),
            greeting=greeting(registration.name),
            paragraphs=(_("This is what is different. Your registration still counts."),),
            lines=(*lines, *rest),
            after=(_("Can you no longer come? Open your page and free your seat."),),
        )
        method: Method | None = "REQUEST" if registration.status is Status.CONFIRMED else None
        _send(registration, now, letter, key=key, kind="moved", method=method)


def postponed(registration_id: int) -> None:
    """Tell somebody that the event will not be on its date; the new one follows."""
    registration = _live(registration_id)
    if registration is None:
        return
    record = get_record(registration.event_id)
    key = f"registration:{registration.row_id}:postponed:{record.version}"
    if record.status is not EventStatus.POSTPONED or is_queued(key):
        return
    with in_language(registration.language):
        now = seen(record, viewer_of(registration), clock.now(), occurrence_ids(registration.id))
        letter = Letter(
            subject=now.subject(_("Postponed")),
            heading=now.heading(_("The event is postponed")),
            greeting=greeting(registration.name),
            paragraphs=(
                _("It will not be on the date below. You get a mail when there is a new one."),
                _("Your registration is kept."),
            ),
            lines=tuple(
                replace(line, label=_("Date that no longer holds")) if number == 0 else line
                for number, line in enumerate(_date_lines(now))
            ),
        )
        _send(registration, now, letter, key=key, kind="postponed", method=None)


def cancelled(registration_id: int) -> None:
    """Tell somebody that the event is cancelled, and why; their calendar calls it off too."""
    registration = _live(registration_id)
    if registration is None:
        return
    record = get_record(registration.event_id)
    key = f"registration:{registration.row_id}:cancelled:{record.version}"
    if record.status is not EventStatus.CANCELLED or is_queued(key):
        return
    with in_language(registration.language):
        now = seen(record, viewer_of(registration), clock.now(), occurrence_ids(registration.id))
        reason = now.reader.text(now.view.cancel_reason).text
        letter = Letter(
            subject=now.subject(_("Cancelled")),
            heading=now.heading(_("The event is cancelled")),
            greeting=greeting(registration.name),
            paragraphs=(
                _("We are sorry: the event you are registered for will not take place."),
                *([_("The reason: %(reason)s", reason=reason)] if reason else []),
                _("There is nothing you need to do."),
            ),
            lines=_date_lines(now),
        )
        method: Method | None = "CANCEL" if registration.status is Status.CONFIRMED else None
        _send(registration, now, letter, key=key, kind="cancelled", method=method)


def record_before(record: EventRecord, fields: EventFields) -> EventRecord:
    """Return an event's record as it was for those who come: its dates and its place from an earlier version."""
    tz = fields.tz or record.tz
    run_from, run_to = run_of(fields) or (None, None)
    known = {one.id: one for one in record.occurrences}
    before = [_occurrence(item, tz, known) for item in fields.occurrences]
    venue = db.session.scalar(select(Venue).where(Venue.key == fields.venue)) if fields.venue else None
    room = None
    if venue is not None and fields.room:
        room = db.session.scalar(select(Room).where(Room.venue_id == venue.id, Room.key == fields.room))
    return replace(
        record,
        mode=fields.mode,
        tz=tz,
        venue=venue_ref(venue) if venue else None,
        room=RoomRef(key=room.key, name=room.name, capacity=room.capacity) if room else None,
        run_from=run_from,
        run_to=run_to,
        occurrences=tuple(one for one in before if one is not None),
    )


def _occurrence(item: OccurrenceFields, tz: str, known: dict[int, OccurrenceRecord]) -> OccurrenceRecord | None:
    try:
        starts_at, ends_at = when.instant(item.starts_wall, tz), when.instant(item.ends_wall, tz)
    except Refused:  # a wall time that a change of the zone data has since done away with
        return None
    uid = known[item.id].uid if item.id in known else "gone"
    return OccurrenceRecord(
        id=item.id or 0,
        uid=uid,
        title=dict(item.title),
        starts_wall=item.starts_wall,
        ends_wall=item.ends_wall,
        tz=tz,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def _dates_moved(then: Seen, now: Seen) -> tuple[Line, ...]:
    """Return each date that differs, before and after, in all zones; those that are gone are said to be."""
    label = _("When")
    if not now.dates and not then.dates:
        before, after = (", ".join(when_texts(event)) for event in (then, now))
        return (Line(label, after, before=before),) if before != after else ()
    earlier = {one.id: when_text(then, one) for one in then.dates}
    current = {one.id: when_text(now, one) for one in now.dates}
    lines = [Line(label, text, before=earlier[one]) for one, text in current.items() if earlier.get(one, text) != text]
    gone = [Line(label, _("cancelled"), before=text) for one, text in earlier.items() if one not in current]
    return (*lines, *gone)


def _place_moved(then: Seen, now: Seen, registration: Registration) -> tuple[Line, ...]:
    if now.discreet:
        return ()
    before, after = where_text(then, registration.mode), where_text(now, registration.mode)
    return (Line(_("Where"), after, before=before),) if before != after else ()


def _date_lines(event: Seen) -> tuple[Line, ...]:
    return tuple(Line(_("When") if number == 0 else "", text) for number, text in enumerate(when_texts(event)))


def _live(registration_id: int) -> Registration | None:
    """The registration, if it still counts and has an address."""
    registration = db.session.get(Registration, registration_id, populate_existing=True)
    if registration is None or registration.status not in LIVE or not registration.email:
        return None
    return registration


def _send(
    registration: Registration, event: Seen, letter: Letter, *, key: str, kind: str, method: Method | None
) -> None:
    """Queue the mail with a link of its own."""
    page = address("registrations.mine", token=make_link(registration.id))
    public = page_of(event)
    queue(
        message(
            event,
            replace(letter, action=Link(_("Open your page"), page), links=(public,) if public else ()),
            key=key,
            kind=f"event.{kind}",
            to=registration.email or "",
            language=registration.language,
            may_wait=False,
            calendar=calendar_part(event, registration, method) if method else None,
        )
    )
