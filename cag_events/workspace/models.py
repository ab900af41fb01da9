"""Tables of the organisers' pages: what somebody lays beneath the calendar, for their own eyes."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed


class Overlay(Sealed, Model):
    """A calendar of somebody else that one organizer sees beneath the workspace's: busy times and their titles.

    An address is fetched anew by the worker; of a file what it held is kept. Nothing of it is readable in the database.
    """

    __tablename__ = "overlay"
    __table_args__ = (
        Index("ix_overlay_due", "due_at"),
        CheckConstraint("(url_sealed IS NULL) = (due_at IS NULL)", name="due"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name = EncryptedText()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    url = EncryptedText()  # none: it came as a file
    url_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    mark = EncryptedText()  # by which its server knows what we have: the ETag
    mark_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    content = EncryptedText()  # JSON of overlays.Busy
    content_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    fault = EncryptedText()  # JSON: what kept it from being read the last time
    fault_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    token: Mapped[str] = mapped_column(String(10), default="")  # colour and shape
    is_shown: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)
    expanded_on: Mapped[date]  # the day around which its dates were taken
    fetched_at: Mapped[datetime]  # when it was last read, or found unchanged
    failed_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    due_at: Mapped[datetime | None]  # when it is fetched next
    created_at: Mapped[datetime]
