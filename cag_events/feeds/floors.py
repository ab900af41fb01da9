"""Keeps the versions of own feeds from falling when a registration goes that had raised one of them.

What somebody's seat has raised is known by the registration alone. When it is deleted, after its time or because its
owner wishes it, or leaves the feed, the entry goes on as everybody sees it, under a lower number. So the feed itself is
raised, by a number that says neither which event it was nor whose: all its entries together.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import func, select

from cag_events import clock, keyring
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.events.models import Event
from cag_events.feeds.models import PrivateFeed
from cag_events.registrations.models import Registration

_ABOVE: Final = 2  # the release of what was told late raised it too; and the new number is above the last


def keep(registration_id: int) -> None:
    """Raise the feeds of a registration's owner before it is emptied, within the writing unit."""
    row = db.session.get(Registration, registration_id)
    if row is None or row.email_index is None:
        return
    feeds = db.session.execute(
        select(PrivateFeed, Account.email)
        .join(Account, Account.id == PrivateFeed.account_id)
        .where(PrivateFeed.with_registrations, PrivateFeed.revoked_at.is_(None))
    )
    own = [feed for feed, email in feeds if keyring.blind_index(email) == row.email_index]
    if own:
        raise_by(own, _raised(row.email_index, [row.event_id]))


def raise_by(feeds: Iterable[PrivateFeed], number: int) -> None:
    """Raise feeds by a number; programs take the new one with a later time."""
    for feed in feeds:
        feed.raised += number
        feed.changed_at = clock.now()
    db.session.flush()


def raised_most(email: str) -> int:
    """Return by how much an address' registrations have raised any entry at most."""
    return _raised(keyring.blind_index(email))


def _raised(email_index: bytes, event_ids: Iterable[int] = ()) -> int:
    """Return by how much an address' registrations have raised the entries of these events, or of all, at most."""
    query = (
        select(Event.version + func.sum(Registration.revision + 1))
        .join(Registration, Registration.event_id == Event.id)
        .where(Registration.email_index == email_index)
        .group_by(Event.id, Event.version)
    )
    if event_ids:
        query = query.where(Event.id.in_(event_ids))
    most = max(db.session.scalars(query), default=None)
    return int(most) + _ABOVE if most is not None else 0
