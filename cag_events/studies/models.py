"""Tables of the studies room: who came to which meeting, what was noted of a meeting, readings, terms of funding.

That somebody was there is said in one place, RegistrationOccurrence.checked_in_at, so that desk, reports and circles
agree; here stands that it was asked, by whom and when. Guests of a meeting are its WalkIn. There is no column for
identity numbers anywhere: the leader writes them on paper.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from cag_events.db import Id, Model


class StudyMeeting(Model):
    """What was noted of a meeting: that attendance was taken, and the study minutes if they were not as planned.

    `participants` and `hours` are counted once when attendance is deleted, and stay.
    """

    __tablename__ = "study_meeting"
    __table_args__ = (
        CheckConstraint("minutes IS NULL OR minutes BETWEEN 0 AND 1440", name="minutes"),
        CheckConstraint("participants IS NULL OR participants >= 0", name="participants"),
    )

    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    taken_at: Mapped[datetime | None]
    minutes: Mapped[int | None]  # as held, without the break; 0: it fell through
    participants: Mapped[int | None]  # once the attendance itself has been deleted
    hours: Mapped[int | None]


class StudyAttendance(Model):
    """One answer at one meeting: who marked it and when. Presence itself is RegistrationOccurrence.checked_in_at."""

    __tablename__ = "study_attendance"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    present: Mapped[bool]
    marked_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))  # or by a link:
    pass_id: Mapped[int | None] = mapped_column(ForeignKey("event_pass.id", ondelete="SET NULL"))


class ReadingFile(Model):
    """A PDF among the readings of an event; the readings of its details name it."""

    __tablename__ = "reading_file"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        CheckConstraint("size > 0 AND size <= 10485760", name="size"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))  # small letters, digits and hyphens, without .pdf
    size: Mapped[int]  # bytes
    sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    uploaded_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class FundingTerms(Model):
    """What a form of study must be from a day on, for an association or for all; see domain/study_hours.py."""

    __tablename__ = "funding_terms"
    __table_args__ = (
        UniqueConstraint("form", "association", "valid_from"),
        CheckConstraint("people_min >= 0 AND (people_max IS NULL OR people_max >= people_min)", name="people"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    form: Mapped[str] = mapped_column(String(40))
    association: Mapped[str] = mapped_column(String(100), default="")  # the partner's key; empty: all
    valid_from: Mapped[date]
    people_min: Mapped[int] = mapped_column(default=0)
    people_max: Mapped[int | None]
    meetings_min: Mapped[int] = mapped_column(default=0)
    hours_min: Mapped[int] = mapped_column(default=0)
    hours_per_meeting_max: Mapped[int | None]
    meetings_per_week_max: Mapped[int | None]
    hours_per_year_max: Mapped[int | None]
    min_age: Mapped[int] = mapped_column(default=0)
    own_meetings_min: Mapped[int] = mapped_column(default=0)
    own_hours_min: Mapped[int] = mapped_column(default=0)
    among_first: Mapped[int] = mapped_column(default=0)
