"""Own feeds by a secret address: made, changed, given a new address, ended; and the themes that somebody follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import delete, func, select, update

from cag_events import clock, keyring
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotAllowed, Refused
from cag_events.events.models import Theme
from cag_events.feeds.models import Follow, PrivateFeed
from cag_events.feeds.personal import PURPOSE
from cag_events.feeds.queries import get_feed
from cag_events.permissions import Actor, Permission, require

MOST_FEEDS: Final = 20  # of one account


@dataclass(frozen=True, kw_only=True)
class NewFeed:
    """What a feed is to hold: `filters` are values by filter name."""

    name: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    with_registrations: bool = True
    alarm_minutes: int | None = None


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
        feed.name, feed.filters = new.name, {name: list(values) for name, values in new.filters.items()}
        feed.with_registrations, feed.alarm_minutes = new.with_registrations, new.alarm_minutes
    return feed


def rotate_feed(row_id: str, *, by: Actor) -> tuple[PrivateFeed, str]:
    """Give an own feed a new address; the old one answers 410 at once. Raises NotFound, NotAllowed."""
    owner = _owner(by)
    with transaction():
        old = get_feed(row_id, owner)
        old.revoked_at = clock.now()
        new = NewFeed(
            name=old.name,
            filters=old.filters,
            with_registrations=old.with_registrations,
            alarm_minutes=old.alarm_minutes,
        )
        return _add(owner, new)


def revoke_feed(row_id: str, *, by: Actor) -> None:
    """End an own feed. Raises NotFound, NotAllowed."""
    owner = _owner(by)
    with transaction():
        get_feed(row_id, owner).revoked_at = clock.now()


def revoke_all(account_id: int) -> None:
    """End all of somebody's feeds, as when they leave or choose to with a new password."""
    with transaction():
        db.session.execute(
            update(PrivateFeed)
            .where(PrivateFeed.account_id == account_id, PrivateFeed.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )


def note_use(feed_id: int, day: date, client: str) -> None:
    """Keep on which day and by which kind of program a feed was last fetched; no more than that is kept."""
    with transaction():
        db.session.execute(
            update(PrivateFeed).where(PrivateFeed.id == feed_id).values(last_used_on=day, last_client=client)
        )


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
    feed = PrivateFeed(
        account_id=owner,
        name=new.name,
        token_hash=keyring.token_hash(token, PURPOSE),
        filters={name: list(values) for name, values in new.filters.items()},
        with_registrations=new.with_registrations,
        alarm_minutes=new.alarm_minutes,
        created_at=clock.now(),
    )
    db.session.add(feed)
    db.session.flush()
    return feed, token
