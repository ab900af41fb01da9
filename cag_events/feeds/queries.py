"""Reads of the feeds room: presets, own feeds, themes that somebody follows."""

from sqlalchemy import select

from cag_events import keyring
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.events.models import Theme
from cag_events.feeds.models import FeedPreset, Follow, PrivateFeed
from cag_events.feeds.personal import PURPOSE


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
