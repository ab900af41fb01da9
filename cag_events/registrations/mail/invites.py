"""The calendar part of a mail: one person, one entry, REQUEST or CANCEL (RFC 5546, 6047)."""

from typing import Literal

from flask_babel import gettext as _
from sqlalchemy import column, func, select, table

from cag_events import clock
from cag_events.db import db
from cag_events.domain.calendar import Attendee, Entry, Organizer, clean_text, itip, own_sequence
from cag_events.domain.event import Mode
from cag_events.domain.lifecycle import Status
from cag_events.registrations.mail.reader import Seen, join_url, may_join_by_mail, where_text
from cag_events.registrations.models import Registration
from cag_events.web.mailing import address
from cag_events.web.settings import settings

_SHOWN = table("ics_state", column("uid"), column("sequence"))  # what feeds have shown; their room stands above ours
Method = Literal["REQUEST", "CANCEL"]


def calendar_part(event: Seen, registration: Registration, method: Method) -> tuple[str, str] | None:
    """Return the calendar text for the mail to a registration's owner, and its method.

    None where there is nothing to send by mail: guarded events, several dates (a mail takes one), no date at all.
    """
    if event.discreet or not registration.email or len(event.dates) > 1:
        return None
    entry = _entry(event, registration)
    return (itip(entry, method).decode(), method) if entry else None


def _entry(event: Seen, registration: Registration) -> Entry | None:
    view = event.view
    start, end, tz, uid = _times(event)
    if start is None or end is None:
        return None
    joins = may_join_by_mail(registration, event)
    url = address("site.event", key=event.record.key)
    return Entry(
        uid=uid,
        sequence=sequence_of(uid, event.record.version, registration.revision),
        created=event.record.published_at or event.record.created_at,
        last_modified=clock.now(),
        stamp=clock.now(),
        start=start,
        end=end,
        tz=tz,
        status="TENTATIVE" if view.status is Status.POSTPONED else "CONFIRMED",
        summary=clean_text(event.title.text, single_line=True),
        description=_description(event, registration, url, joins=joins),
        location=clean_text(_location(event, registration, joins=joins), single_line=True),
        geo=_geo(event, registration),
        url=url,
        conference_url=join_url(registration) if joins else None,
        conference_label=_("Join online") if joins else "",
        transparent=False,
        organizer=Organizer(event.sender, settings().mail_from),
        attendee=Attendee(registration.email or "", partstat="ACCEPTED", rsvp=False),
    )


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


def sequence_of(uid: str, version: int, revision: int) -> int:
    """Return the SEQUENCE that a person's entry has reached; see own_sequence()."""
    shown = db.session.scalar(select(func.max(_SHOWN.c.sequence)).where(_SHOWN.c.uid == uid))
    return own_sequence(shown or 0, version, revision)
