"""Tables of the door room: links for phones, what was pressed on them, and heads counted in the room.

Who is here is said in one place, RegistrationOccurrence.checked_in_at and .arrived, for desk, reports and door alike.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, RowId, text_enum, unique_while
from cag_events.domain.doors import Outcome, Press


class DoorLink(Model):
    """A link that opens the door of one event and date on one phone, without an account; only its hash is kept."""

    __tablename__ = "door_link"

    id: Mapped[Id]
    row_id: Mapped[RowId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))  # of the device, as “phone in the foyer”
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))  # who made it
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    synced_at: Mapped[datetime | None]  # when the phone last sent or fetched something
    beside: Mapped[list[str]] = mapped_column(default=list)  # row ids of other links that end with it


class DoorHelper(Model):
    """An account that may open the doors of an event."""

    __tablename__ = "door_helper"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)


class DoorAction(Model):
    """A press at the door and what became of it; the id that the phone gave it counts once."""

    __tablename__ = "door_action"
    __table_args__ = (
        UniqueConstraint("event_id", "client_id"),
        Index("ix_door_action_list", "occurrence_id", "id"),
    )

    id: Mapped[Id]
    client_id: Mapped[str] = mapped_column(String(40))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    link_id: Mapped[int | None] = mapped_column(ForeignKey("door_link.id", ondelete="SET NULL"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))  # from the workspace
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )  # None: no person
    what: Mapped[Press] = mapped_column(text_enum(Press))
    people: Mapped[int] = mapped_column(default=0)  # what it changed, below 0 for what was taken back
    segment: Mapped[str] = mapped_column(String(100), default="")  # key, of those who are counted
    outcome: Mapped[Outcome] = mapped_column(text_enum(Outcome))
    reason: Mapped[str] = mapped_column(String(20), default="")  # of a refusal: a State, or unknown
    at: Mapped[datetime]  # when it was pressed, as far as the phone's clock tells
    received_at: Mapped[datetime]


class HeadCount(Model):
    """People in the room at an occurrence, by segment, registered or not; never added to registrations or walk-ins."""

    __tablename__ = "head_count"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "segment_id"),
        unique_while("uq_head_count_unsaid", "segment_id IS NULL", "occurrence_id"),
        CheckConstraint("people >= 0", name="people"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))  # None: not said
    people: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime]
    counted_by: Mapped[str] = mapped_column(String(100))  # the name of the link or of the account


class HeadStep(Model):
    """A press on the counter that was counted already, by the id that the phone gave it."""

    __tablename__ = "head_step"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
