"""Somebody's own calendars beneath the workspace's: made, fetched anew, read, for the eyes of that account alone.

Of each entry nothing is kept but its title and when it is, from a month ago to thirteen months ahead. Name, address and
content are encrypted at rest; nothing of them is logged, exported or shown to anybody else.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import func, select, update

from cag_events import clock
from cag_events.accounts.models import Account, Organisation
from cag_events.db import db, end_reading, transaction
from cag_events.domain import when
from cag_events.domain.calendar.text import clean_text
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.imports.apart import dates_apart
from cag_events.imports.fetching import Fetched, fetch_calendar, looks_like_calendar
from cag_events.imports.foreign import ForeignOccurrence
from cag_events.permissions import Actor, Permission, require
from cag_events.web import log
from cag_events.workspace.models import Overlay

MOST_OVERLAYS: Final = 12  # of one account
MOST_ITEMS: Final = 3000  # of one overlay
MOST_FILE_BYTES: Final = 3_000_000
BEHIND, AHEAD = timedelta(days=31), timedelta(days=396)
PAUSE: Final = timedelta(hours=1)  # between two fetches
LONGEST_PAUSE: Final = timedelta(hours=24)  # after failures
ANEW_AFTER: Final = timedelta(days=14)  # an unchanged calendar is read again, since the time it is taken of has moved
MOST_A_ROUND: Final = 6  # fetched in one minute
_ENDING: Final = re.compile(r"\.(?:ics|ical|ifb|icalendar)$", re.IGNORECASE)  # of a file's name


class Busy(msgspec.Struct, frozen=True, array_like=True):
    """A time that is taken: instants, or for whole days their first and last."""

    starts: str
    ends: str
    title: str
    is_all_day: bool = False


_busy: Final = msgspec.json.Decoder(list[Busy])


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A time that is taken, by the clocks at home, with the overlay that it is of."""

    overlay: str  # its random id
    name: str
    token: str
    title: str
    first: date
    last: date
    starts: datetime | None = None
    ends: datetime | None = None


def list_overlays(account_id: int) -> list[Overlay]:
    """Return somebody's overlays in their order."""
    query = select(Overlay).where(Overlay.account_id == account_id)
    return list(db.session.scalars(query.order_by(Overlay.position, Overlay.id)))


def get_overlay(row_id: str, account_id: int) -> Overlay:
    """Return an overlay of somebody. Raises NotFound also for one of somebody else."""
    query = select(Overlay).where(Overlay.row_id == row_id, Overlay.account_id == account_id)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(row_id)
    return found


def has_overlays(account_id: int | None) -> bool:
    """Tell whether somebody has any."""
    return db.session.scalar(select(Overlay.id).where(Overlay.account_id == account_id).limit(1)) is not None


def add_from_url(url: str, name: str, token: str, *, by: Actor) -> Overlay:
    """Fetch a calendar and lay it beneath. Raises NotAllowed, Refused overlay.many, fetch.… with the field `url`."""
    _require_room(by)
    end_reading()
    fetched = fetch_calendar(url)
    now = clock.now()
    mark, due_at = fetched.etag, now + PAUSE
    return _add(fetched.octets, name, token, by, called=_host(url), url=url.strip(), mark=mark, due_at=due_at)


def _host(url: str) -> str:
    """What somebody reads as the name of an address that has none: whose it is, never the secret in it."""
    return (urlsplit(url.strip()).hostname or "").removeprefix("www.")


def add_from_file(octets: bytes, name: str, token: str, *, called: str = "", by: Actor) -> Overlay:
    """Lay a file's content beneath; `called`: the file's name, for a calendar that has none.

    Raises NotAllowed, Refused overlay.many, overlay.file, overlay.large.
    """
    _require_room(by)
    end_reading()
    if len(octets) > MOST_FILE_BYTES:
        raise Refused("overlay.large", N_("The file is larger than %(size)s MB."), field="file", size=3)
    if not looks_like_calendar(octets):
        raise Refused("overlay.file", N_("This is no calendar file. Its name usually ends in .ics."), field="file")
    return _add(octets, name, token, by, called=_ENDING.sub("", called.strip()))


def change_overlay(row_id: str, *, name: str, token: str, by: Actor) -> None:
    """Give an overlay another name and colour. Raises NotAllowed, NotFound."""
    with _own(row_id, by) as overlay:
        overlay.name, overlay.token = name, token


def show_overlay(row_id: str, *, is_shown: bool, by: Actor) -> None:
    """Show an overlay in the calendar, or leave it out. Raises NotAllowed, NotFound."""
    with _own(row_id, by) as overlay:
        overlay.is_shown = is_shown


def remove_overlay(row_id: str, *, by: Actor) -> None:
    """Delete an overlay with all that was kept of it. Raises NotAllowed, NotFound."""
    with _own(row_id, by) as overlay:
        db.session.delete(overlay)


def busy_between(first: date, last: date, account_id: int | None, home: str) -> list[Shown]:
    """Return what stands in somebody's shown overlays on these days, by the clocks of `home`."""
    if account_id is None:
        return []
    found = [
        shown
        for overlay in list_overlays(account_id)
        if overlay.is_shown
        for shown in _shown(overlay, home)
        if shown.first <= last and shown.last >= first
    ]
    return sorted(found, key=lambda one: (one.first, one.starts or datetime.combine(one.first, time()), one.title))


def refresh_due(now: datetime, is_over: Callable[[], bool] = lambda: False) -> int:
    """Fetch the overlays whose time has come, one after the other, a few at a time; returns how many.

    For a thread of the worker's own: other servers may be slow. Each is claimed before it is fetched, so that several
    workers fetch it once between them; `is_over` tells whether the worker is to stop.
    """
    number = 0
    while number < MOST_A_ROUND and not is_over():
        overlay_id = _claim(now)
        if overlay_id is None:
            break
        try:
            _refresh(overlay_id, now)
        except Exception as fault:  # the edge: one overlay's fault is not the others'
            log.fault(fault)
            db.session.rollback()
            _postpone(overlay_id, now)
        number += 1
    return number


def _claim(now: datetime) -> int | None:
    """Put the first overlay that is due off until its next time, so that nobody else fetches it meanwhile."""
    with transaction():
        query = (
            select(Overlay.id, Overlay.failures)
            .join(Account, Account.id == Overlay.account_id)
            .where(Overlay.due_at <= now, ~Account.is_disabled)
            .order_by(Overlay.due_at, Overlay.id)
            .limit(1)
            .with_for_update(of=Overlay, skip_locked=True)
        )
        found = db.session.execute(query).first()
        if found is None:
            return None
        due_at = now + _pause(found.failures)
        db.session.execute(update(Overlay).where(Overlay.id == found.id).values(due_at=due_at))
    return int(found.id)


def _postpone(overlay_id: int, now: datetime) -> None:
    """Look at an overlay later that nobody thought of, or it would stand before all others for ever."""
    with transaction():
        kept = db.session.get(Overlay, overlay_id, populate_existing=True)
        if kept is not None:
            kept.failures += 1
            kept.failed_since, kept.due_at = kept.failed_since or now, now + _pause(kept.failures)


def fault_of(overlay: Overlay) -> Refused | None:
    """Return what kept an overlay from being read the last time."""
    if not overlay.fault:
        return None
    kept = json.loads(overlay.fault)
    return Refused(str(kept["code"]), str(kept["text"]), **kept["facts"])


def _require_room(by: Actor) -> None:
    require(by, Permission.EVENT_SEE)
    count = db.session.scalar(select(func.count(Overlay.id)).where(Overlay.account_id == by.account_id)) or 0
    if count >= MOST_OVERLAYS:
        raise Refused("overlay.many", N_("You have %(most)s calendars. Remove one first."), most=MOST_OVERLAYS)


def _add(
    octets: bytes,
    name: str,
    token: str,
    by: Actor,
    *,
    called: str,
    url: str | None = None,
    mark: str = "",
    due_at: datetime | None = None,
) -> Overlay:
    now = clock.now()
    calendar_name, content = _read(octets, now)
    with transaction():
        assert by.account_id is not None
        db.session.scalar(select(Account.id).where(Account.id == by.account_id).with_for_update())
        _require_room(by)
        last = db.session.scalar(select(func.max(Overlay.position)).where(Overlay.account_id == by.account_id))
        overlay = Overlay(
            account_id=by.account_id,
            name=(name.strip() or calendar_name.strip() or clean_text(called, single_line=True))[:100],
            url=url,
            mark=mark or None,
            content=content,
            token=token,
            position=(last if last is not None else -1) + 1,
            expanded_on=now.date(),
            fetched_at=now,
            due_at=due_at,
            created_at=now,
        )
        db.session.add(overlay)
        db.session.flush()
    return overlay


@contextmanager
def _own(row_id: str, by: Actor) -> Iterator[Overlay]:
    """A writing unit with an overlay of one's own."""
    require(by, Permission.EVENT_SEE)
    with transaction():
        yield get_overlay(row_id, by.account_id or 0)
        db.session.flush()


def refresh_now(row_id: str, *, by: Actor) -> None:
    """Fetch an overlay anew without waiting. Raises NotAllowed, NotFound, Refused fetch.… , overlay.soon."""
    require(by, Permission.EVENT_SEE)
    overlay = get_overlay(row_id, by.account_id or 0)
    now = clock.now()
    last = max(overlay.fetched_at, (overlay.due_at or now) - _pause(overlay.failures))
    if overlay.url is None or now - last < timedelta(minutes=1):
        raise Refused("overlay.soon", N_("It was looked at a moment ago."))
    fault = _refresh(overlay.id, now)
    if fault is not None:
        raise fault


def _refresh(overlay_id: int, now: datetime) -> Refused | None:
    """Fetch one overlay outside any unit, then keep what came; returns why nothing did."""
    overlay = db.session.get_one(Overlay, overlay_id, populate_existing=True)
    is_recent = now.date() - overlay.expanded_on < ANEW_AFTER
    url, mark = overlay.url or "", overlay.mark if is_recent and overlay.mark else ""
    end_reading()
    fetched: Fetched | None = None
    fault: Refused | None = None
    content = ""
    try:
        fetched = fetch_calendar(url, etag=mark)
        if not fetched.is_unchanged:
            _name, content = _read(fetched.octets, now)
    except Refused as refused:
        fault = refused
    with transaction():
        kept = db.session.get(Overlay, overlay_id, populate_existing=True, with_for_update=True)
        if kept is None:
            return None  # removed meanwhile
        if fault is not None or fetched is None:
            kept.failures += 1
            kept.failed_since = kept.failed_since or now
            kept.fault = _kept(fault) if fault is not None else None
        else:
            kept.failures, kept.failed_since, kept.fault, kept.fetched_at = 0, None, None, now
            if not fetched.is_unchanged:
                kept.content, kept.mark, kept.expanded_on = content, fetched.etag or None, now.date()
        kept.due_at = now + _pause(kept.failures)
        db.session.flush()
    return fault


def _pause(failures: int) -> timedelta:
    """An hour; after failures twice as long each time, at most a day."""
    return min(PAUSE * (1 << min(failures, 10)), LONGEST_PAUSE)


def _kept(fault: Refused) -> str:
    facts: Mapping[str, Any] = {name: str(value) for name, value in fault.facts.items()}
    return json.dumps({"code": fault.code, "text": fault.text, "facts": facts})


def _read(octets: bytes, now: datetime) -> tuple[str, str]:
    """Return a calendar's own name and its taken times as they are kept."""
    home = db.session.scalar(select(Organisation.tz)) or when.HOME
    end_reading()
    calendar, found = dates_apart(octets, now - BEHIND, now + AHEAD, home=home)
    busy = list(_busy_of(found))[:MOST_ITEMS]
    return calendar.name, msgspec.json.encode(busy).decode()


def _busy_of(found: Iterable[ForeignOccurrence]) -> Iterator[Busy]:
    for one in found:
        if one.entry.status == "CANCELLED":
            continue
        title = " ".join(one.entry.summary.split())[:200]
        if one.is_all_day:
            yield Busy(one.first_on.isoformat(), one.last_on.isoformat(), title, is_all_day=True)
        else:
            yield Busy(one.starts_at.isoformat(), one.ends_at.isoformat(), title)


def _shown(overlay: Overlay, home: str) -> Iterator[Shown]:
    common: dict[str, Any] = {"overlay": overlay.row_id, "name": overlay.name or "", "token": overlay.token}
    for busy in _busy.decode(overlay.content or "[]"):
        if busy.is_all_day:
            first, last = date.fromisoformat(busy.starts), date.fromisoformat(busy.ends)
            yield Shown(title=busy.title, first=first, last=last, **common)
            continue
        starts = when.wall_of(datetime.fromisoformat(busy.starts), home)
        ends = when.wall_of(datetime.fromisoformat(busy.ends), home)
        if ends - starts >= timedelta(days=1):  # over days: a bar
            yield Shown(title=busy.title, first=starts.date(), last=ends.date(), **common)
        else:
            yield Shown(title=busy.title, first=starts.date(), last=ends.date(), starts=starts, ends=ends, **common)
