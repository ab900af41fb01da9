"""Own feeds by a secret address: made, changed, given a new address, ended; and the themes that somebody follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import CursorResult, delete, func, select, update

from cag_events import clock, keyring
from cag_events.accounts.models import Account, Organisation
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotAllowed, NotFound, Refused
from cag_events.events import records
from cag_events.events.models import Theme
from cag_events.feeds.calendars import MOST_BYTES, MOST_ENTRIES
from cag_events.feeds.floors import raise_by, raised_most
from cag_events.feeds.models import FeedFetch, Follow, PrivateFeed
from cag_events.feeds.options import DEFAULT, Options, fields_of, stored_options
from cag_events.feeds.personal import PURPOSE, alarms_of
from cag_events.feeds.queries import get_feed
from cag_events.permissions import Actor, Permission, require

MOST_FEEDS: Final = 20  # of one account
KEPT: Final = timedelta(days=30)  # how long it is known when a feed was fetched


@dataclass(frozen=True, kw_only=True)
class NewFeed:
    """What a feed is to hold: `filters` are values by filter name."""

    name: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    with_registrations: bool = True
    alarms: Sequence[int] = ()  # minutes before, several for several reminders
    language: str = ""  # of its entries; empty: the owner's
    options: Options = DEFAULT


def make_feed(new: NewFeed, *, by: Actor) -> tuple[PrivateFeed, str]:
    """Make an own feed; returns it with its token, which is kept nowhere and cannot be shown again.

    Raises NotAllowed, Refused feed.too_many.
    """
    owner = _owner(by)
    with transaction():
        count = select(func.count()).select_from(PrivateFeed)
        mine = count.where(PrivateFeed.account_id == owner, PrivateFeed.revoked_at.is_(None))
        if (db.session.scalar(mine) or 0) >= MOST_FEEDS:
            raise Refused("feed.too_many", N_("You have %(most)s feeds already. End one first."), most=MOST_FEEDS)
        return _add(owner, new)


def change_feed(row_id: str, new: NewFeed, *, by: Actor) -> PrivateFeed:
    """Change what an own feed holds; its address stays. Raises NotFound, NotAllowed."""
    owner = _owner(by)
    with transaction():
        feed = get_feed(row_id, owner)
        before, had_own = _contents(feed), feed.with_registrations
        _fill(feed, new)
        if had_own and not feed.with_registrations:
            raise_by([feed], raised_most(db.session.get_one(Account, owner).email))
        if _contents(feed) != before:  # programs take other words for the same event only with a later time
            feed.changed_at = clock.now()
    return feed


def rotate_feed(row_id: str, *, by: Actor) -> tuple[PrivateFeed, str]:
    """Give an own feed a new address; the old one answers 410 at once. Raises NotFound, NotAllowed."""
    owner = _owner(by)
    with transaction():
        old = get_feed(row_id, owner)
        old.revoked_at = clock.now()
        db.session.execute(delete(FeedFetch).where(FeedFetch.feed_id == old.id))
        new = NewFeed(
            name=old.name,
            filters=old.filters,
            with_registrations=old.with_registrations,
            alarms=alarms_of(old),
            language=old.language,
            options=stored_options(old.options or {}),
        )
        feed, token = _add(owner, new)
        feed.changed_at, feed.raised = old.changed_at, old.raised
        return feed, token


def revoke_feed(row_id: str, *, by: Actor) -> None:
    """End an own feed. Raises NotFound, NotAllowed."""
    owner = _owner(by)
    with transaction():
        feed = get_feed(row_id, owner)
        feed.revoked_at = clock.now()
        db.session.execute(delete(FeedFetch).where(FeedFetch.feed_id == feed.id))


def revoke_all(account_id: int) -> None:
    """End all of somebody's feeds, as when they leave or choose to with a new password."""
    with transaction():
        db.session.execute(
            update(PrivateFeed)
            .where(PrivateFeed.account_id == account_id, PrivateFeed.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )


def touch_all(account_id: int) -> None:
    """Note that what somebody's feeds without a language of their own say is said in another one from now on."""
    with transaction():
        db.session.execute(
            update(PrivateFeed)
            .where(PrivateFeed.account_id == account_id, PrivateFeed.language == "", PrivateFeed.revoked_at.is_(None))
            .values(changed_at=clock.now())
        )


def note_use(feed_id: int, at: datetime, client: str) -> None:
    """Keep in which hour and by which kind of program a feed was fetched; no more than that, and no longer than KEPT.

    Writes at most once an hour for a program, however often it asks.
    """
    day, bit = at.date(), 1 << at.hour
    known = db.session.get(FeedFetch, (feed_id, client, day))
    if known is not None and known.hours & bit:
        return
    with transaction():
        db.session.execute(
            update(PrivateFeed).where(PrivateFeed.id == feed_id).values(last_used_on=day, last_client=client)
        )
        row = db.session.get(FeedFetch, (feed_id, client, day), populate_existing=True)
        if row is None:
            db.session.add(FeedFetch(feed_id=feed_id, client=client, day=day, hours=bit))
        else:
            row.hours |= bit
        db.session.execute(delete(FeedFetch).where(FeedFetch.feed_id == feed_id, FeedFetch.day < day - KEPT))


def sweep_fetches() -> int:
    """Delete what is known of fetches longer ago than KEPT; for the daily retention."""
    with transaction():
        gone = db.session.execute(delete(FeedFetch).where(FeedFetch.day < clock.now().date() - KEPT))
        return cast("CursorResult[Any]", gone).rowcount


def set_caps(entries: int, octets: int, *, by: Actor) -> None:
    """Set how much one feed holds at most; what goes without saying is not kept. Raises NotAllowed, NotFound."""
    require(by, Permission.SETTINGS_EDIT)
    with transaction():
        row = db.session.scalar(select(Organisation))
        if row is None:
            raise NotFound("organisation")
        row.feed_entries = None if entries == MOST_ENTRIES else entries
        row.feed_bytes = None if octets == MOST_BYTES else octets
        records.raise_version()  # feeds are joined anew


def follow(keys: Sequence[str], *, by: Actor) -> None:
    """Follow these themes and no others. Unknown keys are left out."""
    owner = _owner(by)
    with transaction():
        ids = {row.key: row.id for row in db.session.execute(select(Theme.key, Theme.id).where(Theme.key.in_(keys)))}
        db.session.execute(delete(Follow).where(Follow.account_id == owner))
        db.session.add_all(
            Follow(account_id=owner, theme_id=ids[key], position=number)
            for number, key in enumerate(dict.fromkeys(keys))
            if key in ids
        )


def _owner(by: Actor) -> int:
    require(by, Permission.MEMBERS_SEE)
    if by.account_id is None:
        raise NotAllowed(Permission.MEMBERS_SEE)
    return by.account_id


def _add(owner: int, new: NewFeed) -> tuple[PrivateFeed, str]:
    token = keyring.new_token()
    feed = PrivateFeed(account_id=owner, token_hash=keyring.token_hash(token, PURPOSE), created_at=clock.now())
    _fill(feed, new)
    db.session.add(feed)
    db.session.flush()
    return feed, token


def _fill(feed: PrivateFeed, new: NewFeed) -> None:
    feed.name, feed.filters = new.name, {name: list(values) for name, values in new.filters.items()}
    feed.with_registrations, feed.language = new.with_registrations, new.language
    feed.alarms, feed.alarm_minutes = sorted(set(new.alarms)), None
    feed.options = dict(fields_of(new.options))


def _contents(feed: PrivateFeed) -> tuple[object, ...]:
    """What decides how the entries of a feed are written, its name and which they are aside."""
    return alarms_of(feed), feed.language, stored_options(feed.options or {}), feed.with_registrations
