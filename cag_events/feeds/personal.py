"""A member's own feed: the programme that its owner chose and may see, and, if wanted, the owner's registrations."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import aliased

from cag_events import keyring
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.calendar import Entry as CalendarEntry
from cag_events.domain.calendar import EntryStatus, own_sequence, vevent
from cag_events.domain.disclosure import RELEASE_BEFORE, Viewer, disclose, may_know
from cag_events.domain.event import Aspect, EventRecord, EventView, Mode, Safety
from cag_events.domain.registering import joins_online
from cag_events.domain.seats import LIVE, Status
from cag_events.domain.series import own_uid, ruled, series_of
from cag_events.events import records
from cag_events.events.extensions import extensions_of
from cag_events.events.models import Event, EventRecordRow
from cag_events.feeds import calendars, stored
from cag_events.feeds.calendars import Feed
from cag_events.feeds.entries import AFTER_END, HOURS, MEMBERS, PUBLIC, RICH, Version, span_of, versions_of
from cag_events.feeds.filters import combine, tags_match
from cag_events.feeds.models import Entry, PrivateFeed
from cag_events.feeds.options import Options, stored_options, with_alarms
from cag_events.feeds.rich import enriched
from cag_events.feeds.rows import Row
from cag_events.feeds.vocabulary import words_in
from cag_events.feeds.wording import Words, entries_of
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.codes import join_token
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.web.language import in_language, languages

PURPOSE: Final = "feed"  # of a feed's token
_A_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Kept:
    """One entry on its way into the feed; `version` is its event's, the rest comes from the owner's registration."""

    row: Row
    version: int = 0
    raised: int = 0
    changed: datetime | None = None
    sequence: int | None = None  # where a room has given it one
    is_rest: bool = False  # what is left of a series beside the owner's own dates: only where the series is shown


def personal_calendar(feed: PrivateFeed, owner: Account, now: datetime) -> bytes:
    """Return a private feed as it stands; its address is not in it, since a copy would carry the secret."""
    lang = language_of(feed, owner)
    with in_language(lang):
        return calendars.joined(calendars.header_of(feed.name, lang), personal_rows(feed, owner, now), now.date())


def personal_rows(feed: PrivateFeed, owner: Account, now: datetime) -> list[Row]:
    """Return the entries of a private feed in order, each as it will be sent."""
    lang, options = language_of(feed, owner), stored_options(feed.options or {})
    with in_language(lang):
        words, actor = words_in(lang), Actor(owner.id, owner.role)
        kept = _programme(feed, options, lang, actor, now.date())
        if feed.with_registrations:
            _add_own(kept, owner, words, now, is_rich=options.rich)
        versions = versions_of(kept)
        rows = [_versioned(one, versions.get(uid), feed) for uid, one in kept.items()]
        rows = calendars.shown_by(options, rows)
        alarms = alarms_of(feed)
        if alarms:
            rows = [row._replace(body=with_alarms(row.body, alarms, words.reminder)) for row in rows]
        rows.sort()
        return rows


def language_of(feed: PrivateFeed, owner: Account) -> str:
    """Return the language that a feed's entries are told in: the one that was chosen for it, else its owner's."""
    return feed.language if feed.language in languages() else owner.language


def alarms_of(feed: PrivateFeed) -> tuple[int, ...]:
    """Return how many minutes before an entry a feed reminds, all of them."""
    if feed.alarms is not None:
        return tuple(sorted(feed.alarms))
    return () if feed.alarm_minutes is None else (feed.alarm_minutes,)


def _programme(feed: PrivateFeed, options: Options, lang: str, actor: Actor, day: date) -> dict[str, _Kept]:
    """Return the entries of the programme that the owner chose, members' own before public ones, by UID."""
    filters = combine({name: values for name, values in feed.filters.items() if values}, lang, actor)
    window = calendars.window(Feed(path="", lang=lang, filters=filters), day)
    kept: dict[str, _Kept] = {}
    spelt_out = aliased(Entry)  # opening hours; members' exhibitions have none and keep their long entry
    with_hours = select(spelt_out.event_id).where(
        spelt_out.language == lang, spelt_out.circle == HOURS, spelt_out.expires_at.is_(None)
    )
    circles = (PUBLIC, MEMBERS) if may(actor, Permission.MEMBERS_SEE) else (PUBLIC,)
    for circle in (*circles, HOURS) if options.hours else circles:
        plain = (Entry.language == lang) & (Entry.circle == circle)
        query = select(Entry.id, Entry.tags).where(plain, Entry.expires_at > calendars.midnight(day))
        if options.hours and circle != HOURS:
            query = query.outerjoin(Event, Event.id == Entry.event_id)
            query = query.where(Event.id.is_(None) | (Entry.uid != Event.uid) | Event.id.not_in(with_hours))
        gone_ids = [row.id for row in db.session.execute(query) if tags_match(row.tags, filters.values)]
        for row in calendars.rows_where(Entry.id.in_(gone_ids)) if gone_ids else ():
            kept.setdefault(row.uid, _Kept(_read(row)))
        chosen = (Entry.language == lang) & (Entry.circle == (RICH[circle] if options.rich else circle))
        if options.hours and circle != HOURS:
            chosen &= (Entry.uid != Event.uid) | Event.id.not_in(with_hours)
        for row in calendars.rows_where(chosen, Entry.expires_at.is_(None), *window, *filters.conditions, actor=actor):
            kept[row.uid] = _Kept(_read(row))
    return kept


def _add_own(kept: dict[str, _Kept], owner: Account, words: Words, now: datetime, *, is_rich: bool) -> None:
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
            own = dict(_entries(registration, record, chosen[registration.id], words, now, is_rich=is_rich))
            own = {uid: one for uid, one in own.items() if not one.is_rest or uid in kept}
            kept.update({uid: replace(one, raised=one.raised + given_up.get(record.id, 0)) for uid, one in own.items()})
            changed, told = _changed(registration), [row for row in gone[record.id] if row.uid not in own]
        else:
            given_up[record.id] = raised + 1
            changed, told = registration.withdrawn_at, [row for row in gone[record.id] if row.uid in kept]
            told += [kept[uid].row for uid in _uids_of(record) & kept.keys()]
        kept.update(_parts(registration, record, words, now))
        for row in told:  # what everybody sees again, or nobody, must not go back behind what the owner had
            kept[row.uid] = _Kept(row, record.version, raised + 1, changed)


def _entries(
    registration: Registration, record: EventRecord, chosen: set[int], words: Words, now: datetime, *, is_rich: bool
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
    for uid, same in groupby(entries_of(_of(view, chosen), words), key=lambda entry: entry.uid):
        if uid == record.uid:
            continue  # the run itself: nobody registers for it
        own = [_owned(entry, registration, view, words) for entry in same]
        own = enriched(own, view, words, with_text=False) if is_rich else own
        yield uid, _Kept(_row(own), record.version, raised, changed)
    for series in series_of(view).values():
        mine = {ruled(one)[0] for one in series.dates if one.id in chosen}
        if mine and len(mine) < len(series.dates):
            rest = [entry for entry in entries_of(view, words) if entry.uid == series.uid]
            rest = [entry for entry in rest if entry.recurrence_id not in mine]
            rest[0] = replace(rest[0], exdates=tuple(sorted({*rest[0].exdates, *mine})))
            rest = enriched(rest, view, words, with_text=False) if is_rich else rest
            yield series.uid, _Kept(_row(rest), record.version, raised, changed, is_rest=True)


def _uids_of(record: EventRecord) -> set[str]:
    """All UIDs under which feeds may have told the dates of an event."""
    return {uid for one in record.occurrences for uid in (one.uid, one.series_uid, own_uid(one)) if uid}


def _parts(registration: Registration, record: EventRecord, words: Words, now: datetime) -> Iterator[tuple[str, _Kept]]:
    """Yield what rooms keep of parts that the owner chose, as items of a conference; none of it stands elsewhere."""
    for extension in extensions_of(record.kind):
        for entry in extension.own_entries(registration.id, words.lang, now):
            row = _row([entry])
            if not entry.is_cancelled or row.ends + AFTER_END > now:
                yield entry.uid, _Kept(row, sequence=entry.sequence, changed=entry.last_modified)


def _of(view: EventView, chosen: set[int]) -> EventView:
    """Return a view with the chosen occurrences alone; of a series that is not chosen whole each stands by itself."""
    if not chosen or chosen >= {occurrence.id for occurrence in view.occurrences}:
        return view
    whole = {
        one.id
        for series in series_of(view).values()
        for one in series.dates
        if chosen >= {it.id for it in series.dates}
    }
    kept = tuple(
        one if one.id in whole else replace(one, uid=own_uid(one), rrule=None, series_of=None, series_uid=None)
        for one in view.occurrences
        if one.id in chosen
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


def _row(made: Sequence[CalendarEntry]) -> Row:
    """Return the entries of one UID as a row: one, or a rule and its changed dates."""
    spans = [span_of(entry) for entry in made]
    first = made[0]
    return Row(
        min(start for start, _ in spans),
        first.uid,
        b"".join(map(vevent, made)),
        first.tz or "",
        max(end for _, end in spans),
    )


def _read(row: Row) -> Row:
    return row._replace(starts=calendars.instant_of(row.starts), ends=calendars.instant_of(row.ends))


def _versioned(one: _Kept, version: Version | None, feed: PrivateFeed) -> Row:
    """Give an entry the highest version of its occurrence in any language or circle, so that none ever goes back.

    Programs take a new text only with a later time than that at which its owner last changed what the feed holds.
    """
    moments = [moment for moment in (version and version.last_modified, one.changed, feed.changed_at) if moment]
    if not moments:
        return one.row
    sequence = one.sequence
    if sequence is None:
        sequence = own_sequence(version.sequence if version else 0, one.version, one.raised)
    return one.row._replace(body=stored.versioned(one.row.body, sequence + feed.raised, max(moments)))
