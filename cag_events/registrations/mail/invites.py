"""The calendar part of a mail: one person, one entry, REQUEST or CANCEL (RFC 5546, 6047).

What each address was told of each UID is kept, so that numbers only rise, nothing is called off that was never sent,
and what says nothing new of when, where and whether is not sent again.
"""

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import column, func, select, table, update

from cag_events import clock, keyring
from cag_events.db import db
from cag_events.domain.calendar import Attendee, Entry, Organizer, cancelled, clean_text, itip, own_sequence, withdrawn
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import Status
from cag_events.registrations.codes import answer_code, answer_key
from cag_events.registrations.mail.reader import CalendarPart, Method, Seen, join_url, may_join_by_mail, where_text
from cag_events.registrations.models import FORGOTTEN, CalendarSent, Registration
from cag_events.web.mailing import address
from cag_events.web.settings import settings

_SHOWN = table("ics_state", column("uid"), column("sequence"))  # what feeds have shown; their room stands above ours


def calendar_part(
    event: Seen, registration: Registration, method: Method, email: str | None = None
) -> CalendarPart | None:
    """Return the calendar part of the mail to a registration's owner, and keep that it is sent; in a writing unit.

    `email`: to whom it goes, if not to the registration's own address (as to who has passed a seat on). None where
    there is nothing to say by mail: a REQUEST for guarded events, for several dates (a mail takes one, a link leads to
    all), without a date, or when nothing significant differs from the one before; a CANCEL of what was not sent.
    """
    to = email or registration.email
    if not to:
        return None
    if method == "CANCEL":
        told = outstanding(registration, to)
        return call_off(event, registration, told[0], to) if told else None
    if event.discreet or len(event.dates) > 1:
        return None
    entry = _entry(event, registration, to)
    return _request(entry, registration, to) if entry else None


def outstanding(registration: Registration, email: str, keeping: Collection[str] = ()) -> list[CalendarSent]:
    """Return what an address has in its calendar of a registration by mail of ours, but for the UIDs to keep."""
    rows = db.session.scalars(
        select(CalendarSent)
        .where(
            CalendarSent.registration_id == registration.id,
            CalendarSent.to_index == keyring.blind_index(email),
            CalendarSent.method == "REQUEST",
        )
        .order_by(CalendarSent.starts, CalendarSent.id)
    )
    return [row for row in rows if row.uid not in keeping]


def call_off(event: Seen, registration: Registration, told: CalendarSent, email: str) -> CalendarPart:
    """Return the CANCEL of what an address was told, numbered above it, to the same attendee; and keep that."""
    entry = _entry(event, registration, email)
    if entry is None or entry.uid != told.uid:
        entry = _entry_of_old(event, registration, told, email)
    if event.discreet:
        entry = withdrawn(entry, _("Event withdrawn"))
    elif event.view.status is Status.CANCELLED:
        entry = cancelled(entry, clean_text(event.reader.text(event.view.cancel_reason).text))
    sequence = max(sequence_of(told.uid, event.record.version, registration.revision), told.sequence + 1)
    told.method, told.sequence, told.significant_sequence = "CANCEL", sequence, sequence
    told.sent_at = clock.now()
    db.session.flush()
    return _part(replace(entry, sequence=sequence), "CANCEL")


def _request(entry: Entry, registration: Registration, email: str) -> CalendarPart | None:
    index, significant = keyring.blind_index(email), _significant(entry)
    told = db.session.scalar(select(CalendarSent).where(CalendarSent.to_index == index, CalendarSent.uid == entry.uid))
    if told is not None and told.method == "REQUEST" and told.significant == significant:
        told.registration_id = registration.id
        return None
    before = told.sequence if told is not None else _forgotten(entry.uid)
    if entry.sequence <= before:
        entry = replace(entry, sequence=entry.sequence + _raise(registration, before + 1 - entry.sequence))
    if told is None:
        told = CalendarSent(to_index=index, uid=entry.uid, reply_key=answer_key(answer_code(index, entry.uid)))
        db.session.add(told)
    told.registration_id, told.method = registration.id, "REQUEST"
    told.sequence = told.significant_sequence = entry.sequence
    told.significant, told.sent_at = significant, clock.now()
    told.starts, told.ends, told.tz = entry.start.isoformat(), entry.end.isoformat(), entry.tz
    db.session.flush()
    return _part(entry, "REQUEST")


def _forgotten(uid: str) -> int:
    """Return the highest number mailed to somebody who is forgotten: it may be the same person."""
    query = select(func.max(CalendarSent.sequence)).where(CalendarSent.uid == uid, CalendarSent.method == FORGOTTEN)
    return db.session.scalar(query) or -1


def _part(entry: Entry, method: Method) -> CalendarPart:
    assert entry.organizer is not None
    return CalendarPart(itip(entry, method).decode(), method, entry.organizer.mail)


def _raise(registration: Registration, by: int) -> int:
    """Raise the version of a registration, which feeds and files show too, above what was mailed; return by how much.

    As for somebody who withdrew and registers anew: their calendar has seen higher numbers than the new seat has.
    """
    db.session.execute(
        update(Registration).where(Registration.id == registration.id).values(revision=Registration.revision + by)
    )
    db.session.refresh(registration, ["revision"])
    return by


def mailbox_of(email: str, uid: str) -> str:
    """Return the address that one person's calendar answers to about one UID: that of the settings, with a code."""
    local, _at, host = settings().mail_from.rpartition("@")
    return f"{local}+{answer_code(keyring.blind_index(email), uid)}@{host}"


def _significant(entry: Entry) -> bytes:
    """Return a hash of what RFC 5546 §2.1.4 calls significant: start, end, recurrence, status; and of the place."""
    told = (entry.start.isoformat(), entry.end.isoformat(), entry.tz, entry.rrule, entry.status, entry.location)
    return hashlib.sha256(repr(told).encode()).digest()


def _entry(event: Seen, registration: Registration, email: str) -> Entry | None:
    if len(event.dates) > 1:
        return None
    view = event.view
    start, end, tz, uid = _times(event)
    if start is None or end is None:
        return None
    joins = may_join_by_mail(registration, event)
    return replace(
        _bare(event, registration, uid, start, end, tz, email),
        status="TENTATIVE" if view.status is Status.POSTPONED else "CONFIRMED",
        description=_description(event, registration, address("site.event", key=event.record.key), joins=joins),
        location=clean_text(_location(event, registration, joins=joins), single_line=True),
        geo=_geo(event, registration),
        conference_url=join_url(registration) if joins else None,
        conference_label=_("Join online") if joins else "",
    )


def _bare(  # noqa: PLR0917 (a row of plain values)
    event: Seen,
    registration: Registration,
    uid: str,
    start: datetime | date,
    end: datetime | date,
    tz: str | None,
    email: str,
) -> Entry:
    """Return an entry with what REQUEST and CANCEL both say."""
    return Entry(
        uid=uid,
        sequence=sequence_of(uid, event.record.version, registration.revision),
        created=event.record.published_at or event.record.created_at,
        last_modified=clock.now(),
        stamp=clock.now(),
        start=start,
        end=end,
        tz=tz,
        summary=clean_text(event.title.text, single_line=True),
        url=None if event.discreet else address("site.event", key=event.record.key),
        transparent=False,
        organizer=Organizer(event.sender, mailbox_of(email, uid)),
        attendee=Attendee(email, partstat="ACCEPTED", rsvp=False),
    )


def _entry_of_old(event: Seen, registration: Registration, told: CalendarSent, email: str) -> Entry:
    """Return the entry of a date that is no longer one's own, or no longer one of the event's."""
    read = datetime.fromisoformat if told.tz else date.fromisoformat
    return _bare(event, registration, told.uid, read(told.starts), read(told.ends), told.tz, email)


def _times(event: Seen):  # type: ignore[no-untyped-def]
    """Start, end, zone and UID of the one thing that a mail may carry: a date, or a run of whole days."""
    if event.dates:
        one = event.dates[0]
        return one.starts_wall, one.ends_wall, one.tz, one.uid
    return event.view.run_from, event.view.run_to, None, event.record.uid


def _description(event: Seen, registration: Registration, url: str, *, joins: bool) -> tuple[str, ...]:
    lines = [join_url(registration) if joins else "", event.reader.text(event.view.summary).text, url]
    return tuple(clean_text(line) for line in lines if line)


def _location(event: Seen, registration: Registration, *, joins: bool) -> str:
    if joins and event.view.mode is Mode.ONLINE:
        return join_url(registration)
    return where_text(event, registration.mode)


def _geo(event: Seen, registration: Registration) -> tuple[float, float] | None:
    venue = event.view.venue
    if venue is None or venue.lat is None or venue.lon is None or registration.mode is Mode.ONLINE:
        return None
    return venue.lat, venue.lon


def uids_of(event: Seen) -> frozenset[str]:
    """Return the UIDs of what somebody comes to."""
    return frozenset(one.uid for one in event.dates) or frozenset({event.record.uid})


def sequence_of(uid: str, version: int, revision: int) -> int:
    """Return the SEQUENCE that a person's entry has reached; see own_sequence()."""
    shown = db.session.scalar(select(func.max(_SHOWN.c.sequence)).where(_SHOWN.c.uid == uid))
    return own_sequence(shown or 0, version, revision)
