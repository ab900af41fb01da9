"""Links that open one page of one event without an account: the counter's, the leader's, the chair's."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, RowId


class EventPass(Model):
    """A link for a helper: only its token's hash is kept. `purpose` is that of a PassKind of some room."""

    __tablename__ = "event_pass"

    id: Mapped[Id]
    row_id: Mapped[RowId]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))  # what the organizer calls it: a device, a function, no person
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))  # who gave it
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
