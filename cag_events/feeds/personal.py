"""A member's own feed: the programme that its owner chose and may see, and, if wanted, the owner's registrations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select

from cag_events import keyring
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.calendar import Entry as CalendarEntry
from cag_events.domain.calendar import EntryStatus, lines, own_sequence, vevent
from cag_events.domain.disclosure import RELEASE_BEFORE, Viewer, disclose, may_know
from cag_events.domain.event import Aspect, EventRecord, EventView, Mode, Safety
from cag_events.domain.registering import joins_online
from cag_events.domain.seats import LIVE, Status
from cag_events.events import records
from cag_events.events.models import EventRecordRow
from cag_events.feeds import calendars, stored
from cag_events.feeds.calendars import Feed, Row
from cag_events.feeds.entries import MEMBERS, PUBLIC, Version, span_of, versions_of
from cag_events.feeds.filters import combine, tags_match
from cag_events.feeds.models import Entry, PrivateFeed
from cag_events.feeds.vocabulary import words_in
from cag_events.feeds.wording import Words, entries_of
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.web.language import in_language

PURPOSE: Final = "feed"  # of a feed's token
_A_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Kept:
    """One entry on its way into the feed; `version` is its event's, the rest comes from the owner's registration."""

    row: Row
    version: int = 0
    raised: int = 0
    changed: datetime | None = None


def personal_calendar(feed: PrivateFeed, owner: Account, now: datetime) -> bytes:
    """Return a private feed as it stands; its address is not in it, since a copy would carry the secret."""
    lang, day = owner.language, now.date()
    with in_language(lang):
        words, actor = words_in(lang), Actor(owner.id, owner.role)
        kept = _programme(feed, lang, actor, day)
        if feed.with_registrations:
            _add_own(kept, owner, words, now)
        versions = versions_of(kept)
        rows = [_versioned(one, versions.get(uid)) for uid, one in kept.items()]
        if feed.alarm_minutes is not None:
            rows = [_alarmed(row, feed.alarm_minutes, words.reminder) for row in rows]
        rows.sort()
        return calendars.joined(calendars.header_of(feed.name, lang), rows, day)


def _programme(feed: PrivateFeed, lang: str, actor: Actor, day: date) -> dict[str, _Kept]:
    """Return the entries of the programme that the owner chose, members' own before public ones, by UID."""
    filters = combine({name: values for name, values in feed.filters.items() if values}, lang, actor)
    window = calendars.window(Feed(path="", lang=lang, filters=filters), day)
    kept: dict[str, _Kept] = {}
    for circle in (PUBLIC, MEMBERS) if may(actor, Permission.MEMBERS_SEE) else (PUBLIC,):
        chosen = (Entry.language == lang) & (Entry.circle == circle)
        gone = db.session.execute(
            select(Entry.id, Entry.tags).where(chosen, Entry.expires_at > calendars.midnight(day))
        )
        gone_ids = [row.id for row in gone if tags_match(row.tags, filters.values)]
        for row in calendars.rows_where(Entry.id.in_(gone_ids)) if gone_ids else ():
            kept.setdefault(row.uid, _Kept(_read(row)))
        for row in calendars.rows_where(chosen, Entry.expires_at.is_(None), *window, *filters.conditions, actor=actor):
            kept[row.uid] = _Kept(_read(row))
    return kept


def _add_own(kept: dict[str, _Kept], owner: Account, words: Words, now: datetime) -> None:
    """Put the owner's registrations in the place of what everybody sees of the same occurrences."""
    found = db.session.scalars(
        select(Registration)
        .where(Registration.email_index == keyring.blind_index(owner.email))
        .order_by(Registration.id)
    ).all()
    events = {row.event_id for row in found}
    bodies = db.session.scalars(select(EventRecordRow.body).where(EventRecordRow.event_id.in_(events)))
    known = {record.id: record for record in map(records.decode, bodies)}
    chosen: dict[int, set[int]] = {row.id: set() for row in found}
    for registration_id, occurrence_id in db.session.execute(
        select(RegistrationOccurrence.registration_id, RegistrationOccurrence.occurrence_id).where(
            RegistrationOccurrence.registration_id.in_(chosen)
        )
    ):
        chosen[registration_id].add(occurrence_id)
    gone = _withdrawn(known, words.lang, now)
    given_up: dict[int, int] = {}  # how far the owner's earlier seats at an event had raised its versions
    for registration in found:
        record = known.get(registration.event_id)
        if record is None:
            continue
        raised = given_up.get(record.id, 0) + registration.revision
        changed: datetime | None
        if registration.status in LIVE:
            own = dict(_entries(registration, record, chosen[registration.id], words, now))
            kept.update({uid: replace(one, raised=one.raised + given_up.get(record.id, 0)) for uid, one in own.items()})
            changed, told = _changed(registration), [row for row in gone[record.id] if row.uid not in own]
        else:
            given_up[record.id] = raised + 1
            changed, told = registration.withdrawn_at, [row for row in gone[record.id] if row.uid in kept]
            told += [kept[uid].row for uid in {one.uid for one in record.occurrences} & kept.keys()]
        for row in told:  # what everybody sees again, or nobody, must not go back behind what the owner had
            kept[row.uid] = _Kept(row, record.version, raised + 1, changed)


def _entries(
    registration: Registration, record: EventRecord, chosen: set[int], words: Words, now: datetime
) -> Iterator[tuple[str, _Kept]]:
    """Yield the entries of a registration as its owner may see the event now."""
    viewer = Viewer(confirmed=registration.status is Status.CONFIRMED, invited=True)
    if not may_know(record, viewer):
        return
    is_guarded = record.safety is Safety.GUARDED  # its details stay on the page (calendar providers read feeds)
    view = disclose(record, Viewer() if is_guarded else viewer, now)
    raised, changed = registration.revision, _changed(registration)
    release = record.starts_at - RELEASE_BEFORE if record.starts_at else None
    if release and now >= release and disclose(record, viewer, release - _A_SECOND).hidden != view.hidden:
        raised, changed = raised + 1, max(changed, release)
    for entry in entries_of(_of(view, chosen), words):
        if entry.uid == record.uid:
            continue  # the run itself: nobody registers for it
        own = _owned(entry, registration, view, words)
        yield entry.uid, _Kept(_row(own), record.version, raised, changed)


def _of(view: EventView, chosen: set[int]) -> EventView:
    """Return a view with the chosen occurrences alone; each stands by itself where a rule made more than those."""
    if not chosen or chosen >= {occurrence.id for occurrence in view.occurrences}:
        return view
    kept = tuple(
        replace(occurrence, rrule=None, series_of=None) for occurrence in view.occurrences if occurrence.id in chosen
    )
    return replace(view, occurrences=kept)


def _owned(entry: CalendarEntry, registration: Registration, view: EventView, words: Words) -> CalendarEntry:
    """Return an entry as that of somebody with a seat, or in the queue for one."""
    if entry.is_cancelled:
        return entry
    if view.neutral:
        entry = replace(entry, description=(words.on_the_page,))
    if registration.status is not Status.CONFIRMED:
        told = words.statuses[registration.status.value]
        return replace(entry, status=EntryStatus.TENTATIVE, description=(told, "", *entry.description))
    entry = replace(entry, transparent=False)
    if not joins_online(view.mode, registration.mode) or view.neutral or Aspect.ONLINE in view.hidden:
        return entry
    link = f"{words.base_url}/{words.lang}/join/{join_token(registration.row_id)}"
    return replace(
        entry,
        conference_url=link,
        conference_label=words.join,
        location=link if view.mode is Mode.ONLINE else entry.location,
        description=(f"{words.join}: {link}", "", *entry.description),
    )


def _withdrawn(known: Iterable[int], lang: str, now: datetime) -> dict[int, list[Row]]:
    """Return by event the tombstones that are kept of its entries, those of dates that were taken out too."""
    found: dict[int, dict[str, Row]] = {event_id: {} for event_id in known}
    query = select(Entry.event_id, Entry.uid).where(
        Entry.event_id.in_(found), Entry.language == lang, Entry.expires_at > calendars.midnight(now.date())
    )
    events = {uid: event_id for event_id, uid in db.session.execute(query) if event_id is not None}
    if events:
        for row in calendars.rows_where(
            Entry.uid.in_(events), Entry.language == lang, Entry.expires_at > calendars.midnight(now.date())
        ):
            found[events[row.uid]][row.uid] = _read(row)
    return {event_id: list(rows.values()) for event_id, rows in found.items()}


def _changed(registration: Registration) -> datetime:
    moments = (registration.registered_at, registration.joined_at, registration.confirmed_at)
    return max(moment for moment in moments if moment is not None)


def _row(entry: CalendarEntry) -> Row:
    starts, ends = span_of(entry)
    return Row(starts, entry.uid, vevent(entry), entry.tz or "", ends)


def _read(row: Row) -> Row:
    return row._replace(starts=calendars.instant_of(row.starts), ends=calendars.instant_of(row.ends))


def _versioned(one: _Kept, version: Version | None) -> Row:
    """Give an entry the highest version of its occurrence in any language or circle, so that none ever goes back."""
    moments = [moment for moment in (version and version.last_modified, one.changed) if moment]
    if not moments:
        return one.row
    sequence = own_sequence(version.sequence if version else 0, one.version, one.raised)
    return one.row._replace(body=stored.versioned(one.row.body, sequence, max(moments)))


def _alarmed(row: Row, minutes: int, reminder: str) -> Row:
    if not row.tz or b"\r\nSTATUS:CANCELLED\r\n" in row.body:
        return row
    alarm = (
        b"BEGIN:VALARM\r\nACTION:DISPLAY\r\n"
        + lines.text("DESCRIPTION", reminder, single_line=True)
        + f"TRIGGER:-PT{minutes}M\r\nEND:VALARM\r\nEND:VEVENT\r\n".encode()
    )
    return row._replace(body=row.body.replace(b"END:VEVENT\r\n", alarm))
