"""What was decided about workshops, and which timed work was done."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Model, text_enum
from cag_events.domain.deciding import Decision


class WorkshopDecision(Model):
    """Whether an event is held though it was in question; `for_on` is its first day, since another date asks anew."""

    __tablename__ = "workshop_decision"
    __table_args__ = (CheckConstraint("confirmed >= 0 AND least > 0", name="people"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    for_on: Mapped[date] = mapped_column(primary_key=True)
    decision: Mapped[Decision] = mapped_column(text_enum(Decision))
    decided_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    confirmed: Mapped[int]  # people with a seat when it was decided
    least: Mapped[int]  # people needed when it was decided


class WorkshopTimed(Model):
    """Timed work that was done for an event's first day, so that it is done once, whoever does it."""

    __tablename__ = "workshop_timed"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    what: Mapped[str] = mapped_column(String(20), primary_key=True)  # decide, ask
    for_on: Mapped[date] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]
