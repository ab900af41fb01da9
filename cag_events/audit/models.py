"""The log's entries, each chained to the one before, and where the chain begins and ends."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed


class AuditEntry(Sealed, Model):
    """Who did what to what, and when; never a value of what attendees tell.

    `seq` and `hash` are given when the unit commits, so that no entry waits for another's event. The hash is of all
    but facts and reason, which their `digest` stands for: they can be taken out when somebody is erased.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("(seq IS NULL) = (hash IS NULL)", name="chained"),
        Index("ix_audit_entry_reading", "actor", "what", "event_id", "at"),
        Index("ix_audit_entry_thing", "thing_kind", "thing_key"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    seq: Mapped[int | None] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(22))  # an account's row id, or system, link, gone
    what: Mapped[str] = mapped_column(String(40))
    thing_kind: Mapped[str] = mapped_column(String(30), default="")
    thing_key: Mapped[str] = mapped_column(String(120), default="")
    event_id: Mapped[int | None] = mapped_column(index=True)  # no foreign key: the entry outlives the event
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # None: taken out
    reason = EncryptedText()
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class AuditChain(Model):
    """One row: the chain's last entry, and the last one deleted; `seal` is over all of it."""

    __tablename__ = "audit_chain"

    id: Mapped[Id]
    seq: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    anchor_seq: Mapped[int]
    anchor_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _only_grow(_mapper: Mapper[AuditEntry], _connection: Connection, _row: AuditEntry) -> None:
    raise TypeError("the log only grows")
