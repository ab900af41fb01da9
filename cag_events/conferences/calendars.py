"""A visitor's own programme as a calendar: the days of the conference, and an entry for each item that they chose."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _

from cag_events.conferences.items import placed_of, title_in
from cag_events.conferences.models import ConferenceItem, ItemSignUp, SignUpStatus
from cag_events.conferences.queries import items_known, sign_ups_of
from cag_events.db import db
from cag_events.domain.calendar import (
    HOURLY,
    Entry,
    EntryStatus,
    Header,
    calendar,
    cancelled,
    clean_text,
    vevent,
    withdrawn,
    zones_of,
)
from cag_events.domain.disclosure import RELEASE_BEFORE, Viewer, disclose, may_know
from cag_events.domain.event import EventRecord, Safety, Visibility
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import LIVE, Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record
from cag_events.kinds.conference import Placed
from cag_events.registrations.mail.invites import sequence_of
from cag_events.registrations.models import Registration
from cag_events.registrations.page import EventBeside, calendar_entries, see
from cag_events.registrations.queries import occurrences_of
from cag_events.web.dates import language_name
from cag_events.web.language import in_language
from cag_events.web.mailing import address
from cag_events.web.organisation import site

_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """For whom a calendar is written: their registration, and the event as they may see it in a calendar."""

    registration: Registration
    record: EventRecord
    event: EventBeside
    house: str  # where it is, without the room
    released_at: datetime | None  # when more of the event was disclosed to them, if it has been
    is_known: bool  # whether they may know of the event still, and their registration counts
    url: str | None
    lang: str


def own_calendar(registration: Registration, now: datetime) -> bytes:
    """Return somebody's own programme as it stands; its address is not in it, since a copy would carry the secret.

    A guarded conference tells its dates alone: calendars are read by those who keep them.
    """
    record = get_record(registration.event_id)
    with in_language(registration.language):
        reader = _reader(registration, record, now)
        entries = sorted(_entries(reader), key=lambda entry: (str(entry.start), entry.uid))
        header = Header(
            organisation=site().name,
            language=registration.language.upper(),
            name=_name(reader),
            description=_name(reader),
            refresh=HOURLY,
        )
        return calendar(header, [vevent(entry) for entry in entries], zones_of(entries))


def own_entries(registration_id: int, lang: str, now: datetime) -> list[Entry]:
    """Return the items that somebody chose, for a calendar that has the days already; none of a guarded conference."""
    if not sign_ups_of(registration_id):
        return []
    registration = db.session.get_one(Registration, registration_id)
    record = get_record(registration.event_id)
    if record.safety is Safety.GUARDED:
        return []
    with in_language(lang):
        reader = replace(_reader(registration, record, now), lang=lang)
        return list(_chosen(reader, registration.revision + (1 if reader.released_at else 0)))


def _reader(registration: Registration, record: EventRecord, now: datetime) -> _Reader:
    is_confirmed = registration.status is Status.CONFIRMED
    viewer = Viewer(confirmed=is_confirmed and record.safety is not Safety.GUARDED, invited=True)
    chosen = occurrences_of([registration.id])[registration.id]
    # What may no longer be known at all is called off below; here nothing is told but its dates.
    told = replace(record, status=EventStatus.PUBLISHED)
    event = see(told, viewer, now, chosen)
    release = record.starts_at - RELEASE_BEFORE if record.starts_at else None
    is_released = (
        release is not None
        and now >= release
        and disclose(record, viewer, release - _A_SECOND).hidden != event.view.hidden
    )
    is_told = event.view.visibility in (Visibility.PUBLIC, Visibility.UNLISTED) and not event.view.neutral
    return _Reader(
        registration=registration,
        record=record,
        event=replace(event, view=replace(event.view, status=record.status)),
        house=see(replace(told, room=None), viewer, now).place,
        released_at=release if is_released else None,
        is_known=registration.status in LIVE and may_know(record, Viewer(invited=True)),
        url=address("site.event", key=record.key) if is_told else None,
        lang=registration.language,
    )


def _name(reader: _Reader) -> str:
    says_little = reader.event.view.neutral or not reader.is_known
    owner = site().short if says_little else f"{site().name}: {reader.event.title.text}"
    return f"{owner}: {_('My programme')}"


def _entries(reader: _Reader) -> Iterator[Entry]:
    registration, record = reader.registration, reader.record
    raised = registration.revision + (1 if reader.released_at else 0)
    days = calendar_entries(
        reader.event,
        sequence_of=lambda uid: sequence_of(uid, record.version, raised),
        url=reader.url,
        join_url=None,
    )
    for entry in days:
        if not reader.is_known:
            yield withdrawn(_touched(entry, reader), _("Registration withdrawn"))
        elif record.status is EventStatus.CANCELLED:
            yield cancelled(_touched(entry, reader), _("Cancelled."))
        else:
            yield _day(_touched(entry, reader), reader)
    if record.safety is not Safety.GUARDED:
        yield from _chosen(reader, raised)


def _touched(entry: Entry, reader: _Reader) -> Entry:
    """An entry with the last moment at which anything of it changed for this reader."""
    registration = reader.registration
    moments = (
        *(entry.last_modified, reader.released_at, registration.confirmed_at, registration.withdrawn_at),
        registration.registered_at,
    )
    return replace(entry, last_modified=max(moment for moment in moments if moment is not None))


def _day(entry: Entry, reader: _Reader) -> Entry:
    part = next((one for one in reader.event.dates if one.uid == entry.uid), None)
    name = pick(part.title, reader.registration.language).text if part and not reader.event.view.neutral else ""
    summary = clean_text(f"{entry.summary}: {name}" if name else entry.summary, single_line=True)
    if reader.event.view.neutral:
        entry = replace(entry, description=(_("The details are on your page. You have its link by mail."),))
    if reader.registration.status is not Status.CONFIRMED:
        told = _("You do not have a seat yet.")
        return replace(entry, status=EntryStatus.TENTATIVE, summary=summary, description=(told, "", *entry.description))
    return replace(entry, summary=summary, transparent=True)  # the items fill the day


def _chosen(reader: _Reader, raised: int) -> Iterator[Entry]:
    """Yield an entry for each item that was ever chosen; what was taken out or is gone is called off by its UID."""
    items, known = placed_of(reader.event.view), items_known(reader.record.id)
    for key, sign_up in sorted(sign_ups_of(reader.registration.id).items()):
        row = known.get(key)
        if row is None:
            continue
        one = items.get(key)
        entry = _item(reader, row, sign_up, one, raised)
        if sign_up.status in (SignUpStatus.LEFT, SignUpStatus.PAUSED) or not reader.is_known:
            yield withdrawn(entry, _("Taken out of my programme"))
        elif one is None:
            yield withdrawn(entry, _("No longer in the programme"))
        elif one.is_cancelled or reader.record.status is EventStatus.CANCELLED:
            yield cancelled(entry, _("Cancelled."))
        elif sign_up.status is SignUpStatus.WAITING:
            told = _("You are on the waiting list.")
            yield replace(entry, status=EntryStatus.TENTATIVE, description=(told, *entry.description))
        else:
            yield entry


def _item(reader: _Reader, row: ConferenceItem, sign_up: ItemSignUp, one: Placed | None, raised: int) -> Entry:
    lang, view = reader.lang, reader.event.view
    entry = Entry(
        uid=row.uid,
        sequence=row.sequence + sign_up.revision + raised,
        created=view.published_at or view.created_at,
        last_modified=max(row.changed_at, sign_up.changed_at),
        start=datetime.fromisoformat(row.last["starts"]),
        end=datetime.fromisoformat(row.last["ends"]),
        tz=row.last["tz"],
        summary=clean_text(title_in(one.item, lang), single_line=True) if one else _("No longer in the programme"),
        related_to=row.last["day"],
        url=reader.url,
        transparent=False,
    )
    if one is None:
        return _touched(entry, reader)
    room = view.venue.rooms.get(one.item.room, "") if view.venue else ""
    where = f"{room}, {reader.house}" if room else reader.event.place
    return _touched(
        replace(
            entry,
            start=one.starts_wall,
            end=one.ends_wall,
            tz=one.part.tz,
            related_to=one.part.uid,
            location=clean_text(where, single_line=True),
            description=tuple(_description(one, reader)),
        ),
        reader,
    )


def _description(one: Placed, reader: _Reader) -> Iterator[str]:
    lang = reader.lang
    if note := pick(one.item.note, lang).text:
        yield clean_text(note)
    names = [person.name for person in reader.event.view.people if person.key in one.item.who]
    if names:
        yield clean_text(", ".join(dict.fromkeys(names)))
    if one.item.lang:
        yield language_name(one.item.lang, lang)
    if one.item.track:
        yield _("track %(track)s", track=clean_text(one.item.track))
    yield clean_text(reader.event.title.text, single_line=True)
    if reader.url:
        yield reader.url
