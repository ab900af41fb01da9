"""Subscriptions, and what feeds have shown: the version of every rendered calendar entry."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, RowId, Sealed
from cag_events.domain.texts import Texts


class FeedPreset(Model):
    """A named set of filters: a preset of the feed builder, without an address of its own."""

    __tablename__ = "feed_preset"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Texts]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)  # filter name in the plural → values
    position: Mapped[int] = mapped_column(default=0)


class Follow(Model):
    """A member follows a theme."""

    __tablename__ = "follow"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class PrivateFeed(Sealed, Model):
    """A member's own feed by a secret token, shown once; only its hash is kept."""

    __tablename__ = "private_feed"

    id: Mapped[Id]
    row_id: Mapped[RowId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    with_registrations: Mapped[bool] = mapped_column(default=False)
    alarm_minutes: Mapped[int | None]
    created_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    last_client: Mapped[str] = mapped_column(String(40), default="")
    revoked_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(8), server_default="", default="")  # empty: its owner's
    alarms: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))  # minutes; None: alarm_minutes of before
    options: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # see feeds/options.py
    changed_at: Mapped[datetime | None]  # when its owner last changed what it holds
    raised: Mapped[int] = mapped_column(server_default="0", default=0)  # added to each SEQUENCE; see feeds/floors.py


class FeedFetch(Model):
    """In which hours of a day (UTC) a private feed was fetched by a kind of program; kept for 30 days."""

    __tablename__ = "feed_fetch"
    __table_args__ = (CheckConstraint("hours > 0 AND hours < 16777216", name="hours"),)

    feed_id: Mapped[int] = mapped_column(ForeignKey("private_feed.id", ondelete="CASCADE"), primary_key=True)
    client: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[int]  # a bit for each hour: bit 0 from midnight


class Entry(Model):
    """A rendered VEVENT of an occurrence or a run, by language and circle, with the version it has reached."""

    __tablename__ = "ics_state"
    __table_args__ = (
        UniqueConstraint("uid", "language", "circle"),
        # From a filter's events to all that joining needs but the octets, which are kept in memory.
        Index(
            "ix_ics_state_event",
            *("event_id", "language", "circle", "expires_at", "starts_at", "uid", "ends_at", "tz", "sequence"),
        ),
        Index(
            "ix_ics_state_tombstones",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"))
    uid: Mapped[str] = mapped_column(String(36), index=True)
    language: Mapped[str] = mapped_column(String(8))
    circle: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))  # without DTSTAMP, LAST-MODIFIED, SEQUENCE
    sequence: Mapped[int]
    significant_sequence: Mapped[int]
    last_modified: Mapped[datetime]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    tz: Mapped[str] = mapped_column(String(64), default="")  # empty: all-day
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    tags: Mapped[dict[str, Any]] = mapped_column(default=dict)  # filter name → values, as last shown
    expires_at: Mapped[datetime | None]  # of a tombstone


class FaultyEntry(Model):
    """An event whose entries could not be rendered when it last changed: feeds show what they showed before."""

    __tablename__ = "faulty_entry"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]
    is_kept: Mapped[bool] = mapped_column(default=True)  # else what was shown told more than may be told now


class FeedState(Model):
    """When the body of a feed last changed, so that leaving and ageing out count too."""

    __tablename__ = "feed_state"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    changed_at: Mapped[datetime]
