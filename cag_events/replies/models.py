"""Answers that calendars have sent, each once."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, text_enum


class Outcome(StrEnum):
    """What became of an answer."""

    KEPT = "kept"  # says what we know already, or that somebody may come
    FREED = "freed"  # the seat was given back
    HUMAN = "human"  # waits for somebody of the team
    DONE = "done"  # somebody of the team has seen it


class CalendarReply(Model):
    """An answer to an invitation of ours; nothing of what its writer typed is kept."""

    __tablename__ = "calendar_reply"
    __table_args__ = (
        Index("ix_calendar_reply_last", "registration_id", "uid", "dtstamp"),
        CheckConstraint("sequence >= 0", name="sequence"),
    )

    id: Mapped[Id]
    message_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # hash of the answer: it counts once
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    uid: Mapped[str] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(10))  # REPLY, COUNTER or REFRESH
    sequence: Mapped[int]
    dtstamp: Mapped[datetime]
    partstat: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[Outcome] = mapped_column(text_enum(Outcome))
    reason: Mapped[str] = mapped_column(String(20), default="")  # why a human is asked
    received_at: Mapped[datetime]
