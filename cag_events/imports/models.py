"""Tables of the imports room: files on their way in, and what was taken from them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed


class CalendarImport(Sealed, Model):
    """A calendar that somebody brings in: the file, encrypted, while it is looked at; what came of it afterwards.

    `source` is what people call it: the file's name or the host. `source_index` tells whether another one comes from
    the same place, without keeping an address that may be secret.
    """

    __tablename__ = "calendar_import"
    __table_args__ = (
        CheckConstraint("file_sealed IS NULL OR expires_at IS NOT NULL", name="file_ends"),
        Index("ix_calendar_import_made_at", "made_at"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(String(200))
    source_index: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str] = mapped_column(String(40), default="")
    theme: Mapped[str] = mapped_column(String(100), default="")
    lang: Mapped[str] = mapped_column(String(8))
    file = EncryptedText()
    file_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    report: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # see receipts.Outcome


class ImportedEntry(Model):
    """An entry of a foreign calendar and the event that was made of it; None: that was deleted here.

    `recurrence`: of a changed date whose series is not in the file, else empty. `theirs` and `ours` are hashes by
    field: what the file said when it was last taken, and what the event was after that.
    """

    __tablename__ = "imported_entry"
    __table_args__ = (UniqueConstraint("uid", "recurrence"), Index("ix_imported_entry_source_index", "source_index"))

    id: Mapped[Id]
    uid: Mapped[str] = mapped_column(String(500))
    recurrence: Mapped[str] = mapped_column(String(16), default="")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"), index=True)
    made_in: Mapped[int | None] = mapped_column(ForeignKey("calendar_import.id", ondelete="SET NULL"), index=True)
    made_version: Mapped[int] = mapped_column(default=1)  # of the event, when it was made: untouched while it is that
    source_index: Mapped[bytes] = mapped_column(LargeBinary)
    lang: Mapped[str] = mapped_column(String(8))  # in which its texts were taken
    sequence: Mapped[int] = mapped_column(default=0)
    theirs: Mapped[dict[str, str]]
    ours: Mapped[dict[str, str]]
    taken_at: Mapped[datetime]
