"""What those who are registered read when an event is moved, postponed, cancelled, closed or open again.

Letters alone, without a recipient's link: the mails are made of them, and the preview that organizers see.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord, OccurrenceRecord, RoomRef, VenueRef
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.noticing import News
from cag_events.domain.seats import Status
from cag_events.domain.texts import Texts, pick
from cag_events.events.drafts import find_revision
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.models import ClockChange, Room, Venue
from cag_events.events.places import COLUMNS, POINT, TEXTS, place_at
from cag_events.events.queries import get_record
from cag_events.events.records import venue_ref
from cag_events.events.services.writing import run_of
from cag_events.registrations.mail.reader import (
    Method,
    Seen,
    greeting,
    lines_about,
    seen,
    viewer_of,
    when_text,
    when_texts,
    where_text,
)
from cag_events.registrations.models import Registration
from cag_events.web import dates
from cag_events.web.language import current_language
from cag_events.web.mailing import Letter, Line


@dataclass(frozen=True, kw_only=True)
class Extra:
    """What a held notice adds to a mail about a change: an organizer's note per language, whether it asks who still

    comes, and the moment just before which its reader learned where the event's venue is; None: where it is now.
    """

    note: Texts = field(default_factory=dict)
    asks: bool = False
    known_at: datetime | None = None
    notice: str = ""  # its name in the keys of its mails, where the event's version is that of an earlier one


NOTHING = Extra()


@dataclass(frozen=True, kw_only=True)
class Told:
    """A letter about an event, and what it does to the entry in its reader's calendar."""

    event: Seen
    letter: Letter
    method: Method | None = None
    asks: bool = False


def letter_about(
    news: News, registration: Registration, chosen: Sequence[int], *, before: int | None, extra: Extra = NOTHING
) -> Told | None:
    """Return what somebody is told, in the present language; None where there is nothing for them to know.

    `chosen`: ids of the occurrences that they come to; `before`: the version of the event that they know.
    """
    return _LETTERS[news](registration, chosen, before, extra)


def _moved(registration: Registration, chosen: Sequence[int], before: int | None, extra: Extra) -> Told | None:
    """What is different now: when or where, before and after. Nothing where they see no difference."""
    record = get_record(registration.event_id)
    revision = find_revision(record.id, before) if before is not None else None
    if revision is None or revision.fields is None or record.status is not EventStatus.PUBLISHED:
        return None
    viewer, at = viewer_of(registration), clock.now()
    now = seen(record, viewer, at, chosen)
    earlier = record_before(record, revision.fields, extra.known_at)
    kept = {one.id for one in record.occurrences}
    gone = [one.id for one in earlier.occurrences if one.id not in kept]
    then = seen(earlier, viewer, at, [*chosen, *gone])
    lines = (*_dates_moved(then, now), *_place_moved(then, now, registration, at))
    if not lines:
        return None
    rest = [line for line in lines_about(now, registration) if line.label not in {"", *(one.label for one in lines)}]
    is_seated = registration.status is Status.CONFIRMED
    asks = extra.asks and is_seated and bool(now.dates or not then.dates)
    question = _("The day is another one. Are you still coming? Tell us with one press on your page.")
    leave = _("Can you no longer come? Open your page and free your seat.")
    letter = Letter(
        subject=now.subject(_("Changed event")),
        heading=now.heading(_("The event has changed")),
        greeting=greeting(registration.name),
        paragraphs=(
            _("This is what is different. Your registration still counts."),
            *_noted(extra),
            *([question] if asks else []),
        ),
        lines=(*lines, *rest),
        after=(_("You keep your seat until you answer or we write to you."),) if asks else (leave,),
    )
    calls_off = bool(then.dates) and not now.dates  # nothing is left of what they come to
    method: Method = "CANCEL" if calls_off else "REQUEST"
    return Told(event=now, letter=letter, method=method if is_seated else None, asks=asks)


def _clocks(registration: Registration, chosen: Sequence[int], before: int | None, extra: Extra) -> Told | None:
    """The law of the clocks has changed: the same time by the clocks there, another one everywhere else."""
    record = get_record(registration.event_id)
    if record.status is not EventStatus.PUBLISHED:
        return None
    viewer, at = viewer_of(registration), clock.now()
    now = seen(record, viewer, at, chosen)
    then = seen(with_instants(record, instants_before(record.id, before)), viewer, at, chosen)
    earlier = {one.id: one for one in then.dates}
    moved = [one for one in now.dates if one.starts_at != earlier[one.id].starts_at and one.ends_at > at]
    if not moved:
        return None
    lines = [_line(_("When"), when_text(now, one), when_text(then, earlier[one.id])) for one in moved]
    if not now.discreet:
        place, first = dates.zone_city(moved[0].tz), moved[0]
        offsets = _offset(first), _offset(earlier[first.id])
        lines.append(_line(_("Clocks in %(place)s", place=place), *offsets))
    rest = [line for line in lines_about(now, registration) if line.label not in {"", _("When")}]
    is_seated = registration.status is Status.CONFIRMED
    letter = Letter(
        subject=now.subject(_("Other clocks")),
        heading=now.heading(_("The clocks there have changed")),
        greeting=greeting(registration.name),
        paragraphs=(
            _("The law of the clocks has changed where the event is. It begins at the same time by the clocks there."),
            _("If you are somewhere else, or join from another country, it is now at another time for you."),
            *_noted(extra),
        ),
        lines=(*lines, *rest),
        after=(
            _("Calendars that follow ours are right at their next update. Old phones may go on showing the old hour."),
            _("Can you no longer come? Open your page and free your seat."),
        ),
    )
    return Told(event=now, letter=letter, method="REQUEST" if is_seated else None)


def _line(label: str, text: str, before: str) -> Line:
    return Line(label, text, before=before if before != text else "")


def _offset(one: OccurrenceRecord) -> str:
    """How far the clocks are from UTC when a part begins: UTC+5."""
    minutes = round((one.starts_wall - one.starts_at.replace(tzinfo=None)).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def instants_before(event_id: int, version: int | None) -> dict[int, tuple[datetime, datetime]]:
    """Return which instants the dated parts of an event meant at a version of it, of those that mean others now."""
    rows = db.session.scalars(
        select(ClockChange.before)
        .where(ClockChange.event_id == event_id, ClockChange.version > (version or 0))
        .order_by(ClockChange.version.desc())  # the oldest, which is last, holds what was known
    )
    found: dict[int, tuple[datetime, datetime]] = {}
    for before in rows:
        for part, (starts, ends) in before.items():
            found[int(part)] = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    return found


def with_instants(record: EventRecord, instants: Mapping[int, tuple[datetime, datetime]]) -> EventRecord:
    """Return a record whose dated parts are at these instants, their wall times as they are."""
    parts = tuple(
        replace(one, starts_at=instants[one.id][0], ends_at=instants[one.id][1]) if one.id in instants else one
        for one in record.occurrences
    )
    return replace(record, occurrences=parts)


def _postponed(registration: Registration, chosen: Sequence[int], _before: int | None, extra: Extra) -> Told | None:
    """It will not be on its date; the new one follows."""
    record = get_record(registration.event_id)
    if record.status is not EventStatus.POSTPONED:
        return None
    now = seen(record, viewer_of(registration), clock.now(), chosen)
    letter = Letter(
        subject=now.subject(_("Postponed")),
        heading=now.heading(_("The event is postponed")),
        greeting=greeting(registration.name),
        paragraphs=(
            _("It will not be on the date below. You get a mail when there is a new one."),
            _("Your registration is kept."),
            *_noted(extra),
        ),
        lines=tuple(
            replace(line, label=_("Date that no longer holds")) if number == 0 else line
            for number, line in enumerate(_date_lines(now))
        ),
    )
    method: Method | None = "REQUEST" if registration.status is Status.CONFIRMED else None
    return Told(event=now, letter=letter, method=method)


def _cancelled(registration: Registration, chosen: Sequence[int], _before: int | None, extra: Extra) -> Told | None:
    """It is cancelled, and why; their calendar calls it off too."""
    record = get_record(registration.event_id)
    if record.status is not EventStatus.CANCELLED:
        return None
    now = seen(record, viewer_of(registration), clock.now(), chosen)
    reason = now.reader.text(now.view.cancel_reason).text
    letter = Letter(
        subject=now.subject(_("Cancelled")),
        heading=now.heading(_("The event is cancelled")),
        greeting=greeting(registration.name),
        paragraphs=(
            _("We are sorry: the event you are registered for will not take place."),
            *([_("The reason: %(reason)s", reason=reason)] if reason else []),
            *_noted(extra),
            _("There is nothing you need to do."),
        ),
        lines=_date_lines(now),
    )
    return Told(event=now, letter=letter, method="CANCEL" if registration.status is Status.CONFIRMED else None)


def _withdrawn(registration: Registration, chosen: Sequence[int], _before: int | None, extra: Extra) -> Told | None:
    """The page is closed for now: nothing about which event, when or where, for the mail may be read by others."""
    record = get_record(registration.event_id)
    if record.status is not EventStatus.DRAFT:
        return None
    now = replace(seen(record, viewer_of(registration), clock.now(), chosen), discreet=True)
    letter = Letter(
        subject=now.subject(""),
        heading=_("The event's page is closed for now"),
        greeting=greeting(registration.name),
        paragraphs=(
            _("The page of the event that you are registered for is closed for now. Do not go there."),
            _("Your registration is kept. We write to you again as soon as we can say more."),
            *_noted(extra),
        ),
    )
    return Told(event=now, letter=letter, method="CANCEL" if registration.status is Status.CONFIRMED else None)


def _reopened(registration: Registration, chosen: Sequence[int], _before: int | None, extra: Extra) -> Told | None:
    """The page is open again and the event takes place as it was planned."""
    record = get_record(registration.event_id)
    if record.status is not EventStatus.PUBLISHED:
        return None
    now = seen(record, viewer_of(registration), clock.now(), chosen)
    is_seated = registration.status is Status.CONFIRMED
    letter = Letter(
        subject=now.subject(_("It takes place")),
        heading=now.heading(_("The event takes place as planned")),
        greeting=greeting(registration.name),
        paragraphs=(
            _("We wrote to you that it was called off or closed. That no longer holds."),
            _("Your registration still counts."),
            *_noted(extra),
        ),
        lines=lines_about(now, registration),
        after=(_("Can you no longer come? Open your page and free your seat."),),
    )
    return Told(event=now, letter=letter, method="REQUEST" if is_seated else None)


_LETTERS: dict[News, Callable[[Registration, Sequence[int], int | None, Extra], Told | None]] = {
    News.MOVED: _moved,
    News.CLOCKS: _clocks,
    News.POSTPONED: _postponed,
    News.CANCELLED: _cancelled,
    News.WITHDRAWN: _withdrawn,
    News.REOPENED: _reopened,
}


def _noted(extra: Extra) -> tuple[str, ...]:
    """The organizer's note in the present language, a paragraph each."""
    text = pick(extra.note, current_language()).text
    return tuple(" ".join(part.split()) for part in text.split("\n\n") if part.strip())


def record_before(record: EventRecord, fields: EventFields, known_at: datetime | None = None) -> EventRecord:
    """Return an event's record as it was for those who come: its dates and its place from an earlier version.

    `known_at`: the moment just before which they learned what they know of the venue; None: as it is.
    """
    run_from, run_to = run_of(fields) or (None, None)
    known = {one.id: one for one in record.occurrences}
    venue, room = _place_before(fields, known_at)
    tz = fields.tz or (venue.tz if venue is not None and known_at is not None else record.tz)
    before = [_occurrence(item, tz, known) for item in fields.occurrences]
    return replace(
        record,
        mode=fields.mode,
        tz=tz,
        venue=venue,
        room=room,
        run_from=run_from,
        run_to=run_to,
        occurrences=tuple(one for one in before if one is not None),
    )


def _place_before(fields: EventFields, known_at: datetime | None) -> tuple[VenueRef | None, RoomRef | None]:
    """Where an event was, as its venue and room were called then."""
    row = db.session.scalar(select(Venue).where(Venue.key == fields.venue)) if fields.venue else None
    if row is None:
        return None, None
    venue, name = venue_ref(row), ""
    place = place_at(row.id, known_at) if known_at is not None else None
    if place is not None:
        venue = replace(venue, **{name: place[name] for name in (*TEXTS, *COLUMNS, *POINT)})
        name = place["rooms"].get(fields.room, "")
    room = db.session.scalar(select(Room).where(Room.venue_id == row.id, Room.key == fields.room))
    return venue, RoomRef(key=room.key, name=name or room.name, capacity=room.capacity) if room else None


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
        cancelled_on=item.cancelled_on,
    )


def _dates_moved(then: Seen, now: Seen) -> tuple[Line, ...]:
    """Return each date that differs, before and after, in all zones; those that are gone or called off are said to be,

    for what reason where there is one, and those that take place after all.
    """
    label = _("When")
    if not now.dates and not then.dates:
        before, after = (", ".join(when_texts(event)) for event in (then, now))
        return (Line(label, after, before=before),) if before != after else ()
    earlier = {one.id: when_text(then, one) for one in then.dates}
    current = {one.id: when_text(now, one) for one in now.dates}
    lines = [Line(label, text, before=earlier[one]) for one, text in current.items() if earlier.get(one, text) != text]
    off = {one.id for one in then.view.occurrences if one.is_cancelled}
    back = [Line(label, text, before=_("cancelled")) for one, text in current.items() if one in off]
    gone = [Line(label, _called_off(now, one), before=text) for one, text in earlier.items() if one not in current]
    return (*lines, *back, *gone)


def _called_off(event: Seen, occurrence_id: int) -> str:
    """The word for a date that does not take place, with its reason where there is one that may be told."""
    one = next((one for one in event.view.occurrences if one.id == occurrence_id), None)
    reason = event.reader.text(one.cancel_reason).text if one is not None and not event.discreet else ""
    return str(_("cancelled: %(reason)s", reason=reason) if reason else _("cancelled"))


def _place_moved(then: Seen, now: Seen, registration: Registration, at: datetime) -> tuple[Line, ...]:
    """The place before and after, as its reader may know it; of a discreet mail that their page says another one."""
    viewer = viewer_of(registration)
    before, after = (where_text(_on_own_page(event, viewer, at), registration.mode) for event in (then, now))
    if before == after:
        return ()
    return (Line(_("Where"), _("changed: see your page")) if now.discreet else Line(_("Where"), after, before=before),)


def _on_own_page(event: Seen, viewer: Viewer, at: datetime) -> Seen:
    """An event as the page of its reader's registration shows it, which of a guarded one tells more than any mail."""
    return replace(event, view=disclose(event.record, viewer, at)) if event.discreet else event


def _date_lines(event: Seen) -> tuple[Line, ...]:
    return tuple(Line(_("When") if number == 0 else "", text) for number, text in enumerate(when_texts(event)))
