"""Tables of the conferences room: published programmes, what calendars know of items, sign-ups, own feeds."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, text_enum
from cag_events.domain.texts import Texts


class SignUpStatus(StrEnum):
    """How somebody stands with an item that they chose."""

    CONFIRMED = "confirmed"  # in their programme; with a seat where seats are given
    WAITING = "waiting"
    PAUSED = "paused"  # their registration does not count at the moment
    LEFT = "left"  # taken out again; kept, so that their calendar takes it out too


class ConferenceVersion(Model):
    """A published version of a conference's programme: what visitors see, until the next."""

    __tablename__ = "conference_version"
    __table_args__ = (UniqueConstraint("event_id", "number"), CheckConstraint("number > 0", name="number"))

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    note: Mapped[Texts] = mapped_column(default=dict)  # what the organizer says about it
    items: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # as in the event's details
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class ConferenceItem(Model):
    """What calendars know of a programme item: its UID, and how often what they show of it has changed."""

    __tablename__ = "conference_item"
    __table_args__ = (UniqueConstraint("event_id", "key"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(100))
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    last: Mapped[dict[str, Any]]  # day's UID, wall times and zone, as they were last: enough to call it off
    is_gone: Mapped[bool] = mapped_column(default=False)  # no longer in the published programme
    forgotten: Mapped[int] = mapped_column(default=0)  # people who had it, of registrations that are deleted since


class ItemSignUp(Model):
    """Somebody chose a programme item."""

    __tablename__ = "item_sign_up"
    __table_args__ = (
        UniqueConstraint("registration_id", "item_key"),
        CheckConstraint("people > 0", name="people"),
        Index("ix_item_sign_up_queue", "event_id", "item_key", "status", "joined_at", "id"),
    )

    id: Mapped[Id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    item_key: Mapped[str] = mapped_column(String(100))
    status: Mapped[SignUpStatus] = mapped_column(text_enum(SignUpStatus))
    people: Mapped[int]  # of the party; as many as have a seat, or wait for one
    joined_at: Mapped[datetime]  # place in the queue, with id
    changed_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=0)  # rises with every change of status


class ItemSeat(Model):
    """A held seat at an item: one row a person; the last guard against one seat too many."""

    __tablename__ = "item_seat"
    __table_args__ = (UniqueConstraint("event_id", "item_key", "no"), CheckConstraint("no > 0", name="no"))

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    item_key: Mapped[str] = mapped_column(String(100))
    no: Mapped[int]  # 1 … seats of the item
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)


class OwnFeed(Model):
    """A visitor's own programme as a feed by a secret token, shown once; only its hash is kept."""

    __tablename__ = "own_feed"

    id: Mapped[Id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]
    body_sha256: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    body_changed_at: Mapped[datetime | None]


class LetterWish(Model):
    """Somebody asks for a letter of invitation, as for a visa. What the letter says is typed when it is printed."""

    __tablename__ = "letter_wish"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
