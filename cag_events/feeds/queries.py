"""Reads of the feeds room: presets, own feeds, themes that somebody follows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, func, select

from cag_events import clock, keyring
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.events.models import Event, Theme
from cag_events.events.queries import visible_to
from cag_events.feeds.calendars import KEPT, Caps, caps
from cag_events.feeds.entries import PUBLIC
from cag_events.feeds.models import Entry, FeedFetch, FeedPreset, Follow, PrivateFeed
from cag_events.feeds.personal import PURPOSE
from cag_events.permissions import ANONYMOUS

A_WEEK: Final = timedelta(days=7)


def list_presets() -> list[FeedPreset]:
    """Return the organisation's presets of the feed builder, in its order."""
    return list(db.session.scalars(select(FeedPreset).order_by(FeedPreset.position, FeedPreset.id)))


def list_feeds(account_id: int) -> list[PrivateFeed]:
    """Return somebody's own feeds that are in force, the oldest first."""
    query = select(PrivateFeed).where(PrivateFeed.account_id == account_id, PrivateFeed.revoked_at.is_(None))
    return list(db.session.scalars(query.order_by(PrivateFeed.id)))


def get_feed(row_id: str, account_id: int) -> PrivateFeed:
    """Return one of somebody's own feeds that is in force. Raises NotFound."""
    found = db.session.scalar(
        select(PrivateFeed).where(
            PrivateFeed.row_id == row_id, PrivateFeed.account_id == account_id, PrivateFeed.revoked_at.is_(None)
        )
    )
    if found is None:
        raise NotFound(row_id)
    return found


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A kind of program at a feed: the last hour in which it asked (UTC), and on how many days of late."""

    client: str
    last_at: datetime  # the beginning of that hour
    days: int  # of the last seven


def list_fetches(feed_id: int, today: date) -> list[Fetched]:
    """Return which kinds of programs have fetched a feed, the last one first; at most 30 days are known."""
    rows = db.session.scalars(select(FeedFetch).where(FeedFetch.feed_id == feed_id).order_by(FeedFetch.day)).all()
    by_client: dict[str, list[FeedFetch]] = {}
    for row in rows:
        by_client.setdefault(row.client, []).append(row)
    found: list[Fetched] = []
    for client, fetched in by_client.items():
        last = fetched[-1]
        at = datetime.combine(last.day, time(last.hours.bit_length() - 1), UTC)
        days = sum(row.day > today - A_WEEK for row in fetched)
        found.append(Fetched(client=client, last_at=at, days=days))
    return sorted(found, key=lambda one: one.last_at, reverse=True)


class OverCap(NamedTuple):
    """A feed's coming entries, and what the organisation allows; all of them are sent nevertheless."""

    entries: int
    octets: int
    most: Caps


def over_cap() -> OverCap | None:
    """Return how much is to come in the public programme where that alone is more than a feed should hold.

    For a note on *today*: such a feed is sent whole, but Google takes about 1 MB and 1,100 entries.
    """
    entries, octets = _largest(Entry.ends_at > clock.now())
    most = caps()
    return OverCap(entries, octets, most) if entries > most.entries or octets > most.octets else None


class Size(NamedTuple):
    """How many entries the feed of the whole programme has in the language that has most, and how large they are."""

    coming: int
    coming_octets: int
    over: int
    over_octets: int


def size_of_programme() -> Size:
    """Return the size of the feed of the whole programme, without its cap."""
    now = clock.now()
    return Size(*_largest(Entry.ends_at > now), *_largest(Entry.ends_at.between(now - KEPT, now)))


def _largest(when: ColumnElement[bool]) -> tuple[int, int]:
    """Return number and octets of public entries, each in the language that has most of it."""
    query = select(func.count(), func.sum(func.length(Entry.body))).join(Event, Event.id == Entry.event_id)
    query = query.where(Entry.circle == PUBLIC, Entry.expires_at.is_(None), visible_to(ANONYMOUS), when)
    found = db.session.execute(query.group_by(Entry.language)).all()
    return max((row[0] for row in found), default=0), max((int(row[1] or 0) for row in found), default=0)


def find_by_token(token: str) -> tuple[PrivateFeed, Account] | None:
    """Return the feed that a secret address opens, in force or not, and its owner."""
    row = db.session.execute(
        select(PrivateFeed, Account)
        .join(Account, Account.id == PrivateFeed.account_id)
        .where(PrivateFeed.token_hash == keyring.token_hash(token, PURPOSE))
    ).first()
    return (row[0], row[1]) if row else None


def followed(account_id: int) -> list[str]:
    """Return the keys of the themes that somebody follows."""
    return list(
        db.session.scalars(
            select(Theme.key)
            .join(Follow, Follow.theme_id == Theme.id)
            .where(Follow.account_id == account_id)
            .order_by(Follow.position, Theme.id)
        )
    )
