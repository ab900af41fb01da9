"""Facts that were noted and messages that go out; both survive anything that was acknowledged."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed, text_enum


class Delivery(StrEnum):
    """Where a message is on its way."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class Fact(Model):
    """Something that happened and that others follow up later; holds ids only."""

    __tablename__ = "outbox_fact"
    __table_args__ = (Index("ix_outbox_fact_due", "handled_at", "due_at"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    noted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(String(200), default="")  # handled with a fault: given up


class Message(Sealed, Model):
    """A mail to one person; recipient, subject and bodies are sealed with the ring."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_due", "state", "due_at"),
        Index("ix_outbox_message_budget", "to_index", "wanted_at"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    key: Mapped[str] = mapped_column(String(200), unique=True)  # twice does no harm
    kind: Mapped[str] = mapped_column(String(60))  # registration.confirmed …
    event_id: Mapped[int | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(8))
    sender: Mapped[str] = mapped_column(String(200), default="")  # the name in From; empty: the organisation's
    to = EncryptedText()
    to_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    to_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    subject = EncryptedText()
    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    text = EncryptedText()
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    html = EncryptedText()
    html_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    calendar = EncryptedText()
    calendar_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    calendar_method: Mapped[str] = mapped_column(String(10), default="")
    extra = EncryptedText()  # JSON of messages.Extra: what few mails have
    extra_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[Delivery] = mapped_column(text_enum(Delivery), default=Delivery.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    wanted_at: Mapped[datetime]  # when it was to go first: by it the daily budget is counted, and patience ends
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(String(200), default="")


class Heartbeat(Model):
    """One row: when a worker last looked at the outbox."""

    __tablename__ = "worker_heartbeat"

    id: Mapped[Id]
    at: Mapped[datetime]
