"""Joins stored entries to the calendar that an address asks for."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple, TypeVar
from urllib.parse import urlencode

from flask import current_app  # noqa: TID251 (the memory belongs to the application)
from sqlalchemy import ColumnElement, Select, func, select

from cag_events.accounts.models import Organisation
from cag_events.db import UtcDateTime, db
from cag_events.domain import when
from cag_events.domain.calendar import END, HOURLY, Header, calendar, opening
from cag_events.domain.texts import pick
from cag_events.events.models import Event
from cag_events.events.queries import visible_to
from cag_events.feeds.entries import HOURS, PUBLIC, RICH, UNLISTED
from cag_events.feeds.filters import Filters, combine, tags_match
from cag_events.feeds.models import Entry
from cag_events.feeds.offered import day_zone
from cag_events.feeds.options import DEFAULT, Options, without_cancelled
from cag_events.feeds.rows import AT_ONCE, Row, find, held, narrowed, of_events, padded, size_of
from cag_events.feeds.warm import State, memory_of
from cag_events.permissions import ANONYMOUS, Actor
from cag_events.web.settings import base_url

KEPT: Final = timedelta(days=180)  # how long what is over stays
MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 900_000
LEAST_ENTRIES: Final = 100  # that an organisation may choose as its cap
LEAST_BYTES: Final = 100_000
COLORS: Final = {"env": "darkgreen", "gen": "mediumvioletred", "you": "darkorange", "con": "royalblue"}  # CSS3 names
CONTENT_TYPE: Final = "text/calendar; charset=utf-8"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What an address asks for. `path` is canonical, `base` the filter that is in the path itself."""

    path: str
    lang: str
    filters: Filters = field(default_factory=Filters)
    base: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    color: str = ""
    options: Options = DEFAULT

    @property
    def query(self) -> str:
        """The canonical query, the same however its parts were ordered."""
        pairs = [(name, value) for name, values in self.filters.values.items() for value in values]
        pairs.append(("lang", self.lang))
        return urlencode(pairs + self.options.pairs)

    @property
    def key(self) -> str:
        """What the feed is remembered by."""
        return sha256(f"{self.path}?{self.query}".encode()).hexdigest()

    @property
    def is_plain(self) -> bool:
        """Whether it has no filters beside its path: one of the addresses that are printed."""
        return not self.filters.values

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """The conditions on Event of its filters, with that of the path."""
        return (*combine(self.base, self.lang).conditions, *self.filters.conditions)

    @property
    def tags(self) -> dict[str, tuple[str, ...]]:
        """All values that an event must have, those of the path too."""
        return {**self.filters.values, **self.base}


class Drawn(NamedTuple):
    """A feed that is not joined yet: all that comes before the entries, the entries, and a mark that no other has."""

    opening: bytes
    rows: list[Row]

    @property
    def mark(self) -> str:
        """The SHA-256 of the opening and of the versions of all entries, which fix every octet (RFC 9110 §8.8.1)."""
        versions = array("q", [number for row in self.rows for number in row.version])
        return sha256(self.opening + versions.tobytes()).hexdigest()

    def body(self) -> bytes:
        """Return the octets."""
        return b"".join([self.opening, *[row.body for row in self.rows], END])


def public_calendar(feed: Feed, state: State) -> Drawn:
    """Return a public feed as it stands on a day (UTC): entries of the last 180 days and all to come."""
    day = state[1]
    _state, rows, size = held(feed.key, state, lambda events: _live(feed, day, events))
    if gone := _tombstones(feed, day):
        rows, size = sorted([*rows, *gone]), size + size_of(gone)
    kept = _capped(rows, size, day)
    return Drawn(opening(_header(feed), _zones(kept)), kept)


def whole_calendar(lang: str) -> bytes:
    """Return every public entry that is kept, without the window and the cap of feeds: what `export` writes."""
    rows = rows_where(Entry.language == lang, Entry.circle == PUBLIC, Entry.expires_at.is_(None), actor=ANONYMOUS)
    return calendar(header_of("", lang), [row.body for row in rows], _zones(rows))


def event_calendar(event_id: int, lang: str, day: date, options: Options = DEFAULT) -> tuple[bytes, datetime] | None:
    """Return one event's entries with the tombstones that are kept, and when they changed; None if there are none."""
    known = (Entry.event_id == event_id) & (Entry.language == lang)
    plain: ColumnElement[bool] = Entry.circle.in_((PUBLIC, UNLISTED))
    shown: ColumnElement[bool] = Entry.circle.in_((RICH[PUBLIC], RICH[UNLISTED])) if options.rich else plain
    if options.hours:
        run = select(Event.uid).where(Event.id == event_id).scalar_subquery()
        shown = (shown & (Entry.uid != run)) | (Entry.circle == (RICH[HOURS] if options.rich else HOURS))
        plain &= Entry.uid != run
    live = rows_where(known & shown & Entry.expires_at.is_(None))
    gone = rows_where(known & plain & (Entry.expires_at > midnight(day)))
    # One of each UID: what is shown, else its last tombstone, as where it was public, then unlisted, then withdrawn.
    by_uid = {row.uid: row for row in (*sorted(gone, key=lambda row: row.version[1]), *live)}
    rows = sorted(by_uid.values())
    if not rows:
        return None
    ids = [row.version[0] for row in rows]
    changed = db.session.scalar(select(func.max(Entry.last_modified, type_=UtcDateTime())).where(Entry.id.in_(ids)))
    assert changed is not None
    header = Header(organisation=owner_name(lang), language=lang.upper())
    return calendar(header, [row.body for row in rows], _zones(rows)), changed


def owner_name(lang: str) -> str:
    """Return whose calendar it is."""
    name = db.session.connection().scalar(_NAME)
    return pick(name, lang).text or "cag_events"


def header_of(name: str, lang: str, **more: Any) -> Header:
    """Return the header of a feed of this name."""
    owner = owner_name(lang)
    title = f"{owner}: {name}" if name else owner
    return Header(organisation=owner, language=lang.upper(), name=title, description=title, refresh=HOURLY, **more)


def joined(header: Header, rows: list[Row], day: date) -> bytes:
    """Return a calendar of these rows, which are in order, within the cap."""
    kept = _capped(rows, size_of(rows), day)
    return calendar(header, [row.body for row in kept], _zones(kept))


def rows_where(
    *conditions: ColumnElement[bool], among: Sequence[ColumnElement[bool]] = (), actor: Actor | None = None
) -> list[Row]:
    """Return stored entries in order; with an actor only those of events that it finds in lists.

    `among`: conditions on those events, as of filters.
    """
    return find(_versions(conditions, among, actor))


def _versions(
    conditions: Sequence[ColumnElement[bool]], among: Sequence[ColumnElement[bool]], actor: Actor | None
) -> Select[int, int]:
    """Return what asks for the versions of entries."""
    query = select(Entry.id, Entry.sequence).where(*conditions, *among)
    if actor is not None:
        found_by = visible_to(actor, is_last=bool(among))
        query = query.join(Event, Event.id == Entry.event_id).where(found_by)
    return query


def _prepared(feed: Feed, day: date, what: str, asks: Callable[[], T]) -> T:
    """Return a statement on a feed, kept for the feeds that most subscribe to: nothing in it is anybody's own."""
    if not feed.is_plain:
        return asks()
    return memory_of(current_app).prepared((what, feed.key, day), asks)


def window(feed: Feed, day: date) -> list[ColumnElement[bool]]:
    """Return the conditions on Entry for what a feed holds on a day."""
    conditions = [Entry.ends_at > midnight(day) - KEPT]
    zone = day_zone() if feed.filters.first_day or feed.filters.last_day else ""
    if feed.filters.first_day:
        conditions.append(Entry.ends_at > when.start_of_day(feed.filters.first_day, zone))
    if feed.filters.last_day:
        conditions.append(Entry.starts_at < when.start_of_day(feed.filters.last_day + timedelta(days=1), zone))
    return conditions


def live_in(feed: Feed) -> ColumnElement[bool]:
    """Return the condition on Entry, beside Event, for what stands in a feed, days and filters aside."""
    plain = RICH[PUBLIC] if feed.options.rich else PUBLIC
    hours = RICH[HOURS] if feed.options.rich else HOURS
    circles: ColumnElement[bool] = Entry.circle == plain
    if feed.options.hours:
        circles = (circles & (Entry.uid != Event.uid)) | (Entry.circle == hours)
    return (Entry.language == feed.lang) & circles & Entry.expires_at.is_(None)


def shown_by(options: Options, rows: list[Row]) -> list[Row]:
    """Return rows without what is called off, if that is to be left out."""
    if not options.without_cancelled:
        return rows
    bodies = (without_cancelled(row.body) for row in rows)
    return [row if body is row.body else _changed(row, body) for row, body in zip(rows, bodies) if body]


def _changed(row: Row, body: bytes) -> Row:
    """Return a row with other octets than those that are stored, which its version no longer tells."""
    return row._replace(body=body, version=(-1, int.from_bytes(sha256(body).digest()[:7])))


def next_rows(feed: Feed, now: datetime, limit: int) -> list[Row]:
    """Return the entries of a public feed that are not over, those that begin first, as it sends them."""
    query = select(Entry.id).join(Event, Event.id == Entry.event_id).where(live_in(feed), *window(feed, now.date()))
    query = query.where(Entry.ends_at > now, visible_to(ANONYMOUS), *feed.conditions)
    query = query.order_by(Entry.starts_at).limit(limit)
    ids = list(db.session.scalars(query))
    rows = shown_by(feed.options, rows_where(Entry.id.in_(ids))) if ids else []
    return sorted([*rows, *_tombstones(feed, now.date())])


def has_zone(feed: Feed, now: datetime, tz: str) -> bool:
    """Tell whether something that is to come in a public feed is timed in a zone."""
    query = select(Entry.id).join(Event, Event.id == Entry.event_id).where(live_in(feed), *window(feed, now.date()))
    query = query.where(Entry.ends_at > now, Entry.tz == tz, visible_to(ANONYMOUS), *feed.conditions)
    return db.session.scalar(query.limit(1)) is not None


def _live(feed: Feed, day: date, events: Sequence[int]) -> list[Row]:
    """Return what is shown in a feed of these events, of all without any."""

    def asks() -> Select[int, int]:
        if not events:
            return _versions((live_in(feed), *window(feed, day)), feed.conditions, ANONYMOUS)
        among = map(narrowed, feed.conditions) if feed.is_plain else feed.conditions
        return _versions((live_in(feed), *window(feed, day), of_events()), tuple(among), ANONYMOUS)

    query = _prepared(feed, day, "some" if events else "live", asks)
    if not events:
        return shown_by(feed.options, find(query))
    parts = (padded(events[start : start + AT_ONCE]) for start in range(0, len(events), AT_ONCE))
    return shown_by(feed.options, [row for part in parts for row in find(query, part)])


def _tombstones(feed: Feed, day: date) -> list[Row]:
    if feed.options.without_cancelled:
        return []
    circles = {PUBLIC: 1, HOURS: 2} if feed.options.hours else {PUBLIC: 1}
    query = _prepared(feed, day, "gone", lambda: _gone(feed, day, circles))
    found = sorted(db.session.connection().execute(query), key=lambda row: circles[row.circle])
    ids = {row.uid: row.id for row in found if tags_match(row.tags, feed.tags)}
    return rows_where(Entry.id.in_(list(ids.values()))) if ids else []


def _gone(feed: Feed, day: date, circles: Iterable[str]) -> Select[int, str, str, dict[str, Any]]:
    """Return what asks for the tombstones of all feeds in these circles."""
    query = (
        select(Entry.id, Entry.uid, Entry.circle, Entry.tags)
        .outerjoin(Event, Event.id == Entry.event_id)
        .where(
            Entry.language == feed.lang,
            Entry.circle.in_(circles),
            Entry.expires_at > midnight(day),
            *window(feed, day)[1:],
        )
    )
    if feed.options.hours:  # the banner was never in it; what stood for it may have had its UID
        query = query.where((Entry.circle != PUBLIC) | Event.id.is_(None) | (Entry.uid != Event.uid))
    return query


_NAME: Final = select(Organisation.name)
_CAPS: Final = select(Organisation.feed_entries, Organisation.feed_bytes)


class Caps(NamedTuple):
    """How much one feed holds at most, unless what is to come alone is more."""

    entries: int
    octets: int


def caps() -> Caps:
    """Return the organisation's caps of a feed, or those that go without saying."""
    row = db.session.connection().execute(_CAPS).first()
    return Caps((row and row.feed_entries) or MOST_ENTRIES, (row and row.feed_bytes) or MOST_BYTES)


def _capped(rows: list[Row], size: int, day: date) -> list[Row]:
    """Drop the oldest that are over until the rest, of so many octets now, fits; what is to come is never dropped."""
    if len(rows) <= min(LEAST_ENTRIES, MOST_ENTRIES) and size <= min(LEAST_BYTES, MOST_BYTES):
        return rows  # no cap is lower
    most_entries, most_bytes = caps()
    if len(rows) <= most_entries and size <= most_bytes:
        return rows
    now = _as_written(midnight(day), rows[0].ends)
    dropped: set[str] = set()
    for row in rows:
        if len(rows) - len(dropped) <= most_entries and size <= most_bytes:
            break
        if row.starts >= now:
            break  # in order of their starts: no more of them can be over
        if row.ends <= now:
            dropped.add(row.uid)
            size -= len(row.body)
    return [row for row in rows if row.uid not in dropped]


def _zones(rows: Iterable[Row]) -> dict[str, tuple[datetime, datetime]]:
    """Return for each zone in use the first and last instant that the rows need it for."""
    firsts: dict[str, Any] = {}
    lasts: dict[str, Any] = {}
    for row in rows:  # in order of their starts
        tz = row.tz
        if tz not in firsts:
            firsts[tz], lasts[tz] = row.starts, row.ends
        elif row.ends > lasts[tz]:
            lasts[tz] = row.ends
    firsts.pop("", None)  # of whole days
    return {tz: (instant_of(first), instant_of(lasts[tz])) for tz, first in firsts.items()}


def instant_of(raw: Any) -> datetime:
    """Return an instant as the database wrote it."""
    if isinstance(raw, str):
        return datetime.fromisoformat(raw).replace(tzinfo=UTC)
    assert isinstance(raw, datetime)
    return raw.astimezone(UTC)


def _as_written(moment: datetime, like: Any) -> Any:
    """Return an instant in the form that the rows have theirs in, to compare it with them."""
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds") if isinstance(like, str) else moment


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins in UTC."""
    return datetime.combine(day, time(), UTC)


def _header(feed: Feed) -> Header:
    labels = [*feed.titles, *(item.label for item in feed.filters.active)]
    address = f"{base_url()}{feed.path}?{feed.query}"
    return header_of(
        ", ".join(labels),
        feed.lang,
        color=feed.color,
        source=address,
        url=f"{base_url()}/{feed.lang}/",
    )
