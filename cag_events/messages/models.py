"""Tables of the messages room: what is held before it is sent, who was asked, reminded and thanked, what they said."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, RowId, new_row_id, text_enum, unique_while
from cag_events.domain.coming import Answer
from cag_events.domain.lifecycle import Status
from cag_events.domain.noticing import News, State


class Notice(Model):
    """Mails to those who are registered, held until `due_at`: about a change of the event, or written by organizers.

    Several changes while one is held are one notice, from the version that people know to the event as it is.
    """

    __tablename__ = "notice"
    __table_args__ = (
        unique_while("uq_notice_held", "state = 'held' AND what <> 'written'", "event_id"),
        Index("ix_notice_due", "state", "due_at"),
        CheckConstraint("(state = 'held') = (settled_at IS NULL)", name="settled"),
        CheckConstraint("(state = 'sent') = (told IS NOT NULL)", name="told"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId] = mapped_column(default=new_row_id)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    what: Mapped[News] = mapped_column(text_enum(News))
    state: Mapped[State] = mapped_column(text_enum(State), default=State.HELD)
    known_version: Mapped[int | None]  # of the event, as people know it
    known_status: Mapped[Status] = mapped_column(text_enum(Status))
    version: Mapped[int]  # of the event, that they are told of
    status: Mapped[Status] = mapped_column(text_enum(Status))
    saves: Mapped[int] = mapped_column(default=1)
    asks_coming: Mapped[bool] = mapped_column(default=False)
    note: Mapped[dict[str, Any]] = mapped_column(default=dict)
    subject: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of what organizers wrote
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    wanted: Mapped[dict[str, Any]] = mapped_column(default=dict)  # to whom: statuses, segments, occurrences
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))  # None: the worker
    reason: Mapped[str] = mapped_column(String(300), default="")  # why nobody is written to
    told: Mapped[int | None]  # registrations


class AttendanceAsk(Model):
    """Somebody with a seat is asked whether they still come on `for_on`, the event's first day, and what they say."""

    __tablename__ = "attendance_ask"
    __table_args__ = (
        CheckConstraint("times > 0", name="times"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    for_on: Mapped[date]
    asked_at: Mapped[datetime]  # for the last time
    times: Mapped[int] = mapped_column(default=1)
    answer: Mapped[Answer | None] = mapped_column(text_enum(Answer))
    answered_at: Mapped[datetime | None]


class ReminderSent(Model):
    """Somebody was reminded of a dated part on a day, so many hours before; another day is reminded of anew."""

    __tablename__ = "reminder_sent"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    day: Mapped[str] = mapped_column(String(10), primary_key=True)  # ISO, on which the part begins
    hours: Mapped[int] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime]


class ThanksSent(Model):
    """Somebody was written to after an event's end, and may answer three questions; what they said is not here."""

    __tablename__ = "thanks_sent"
    __table_args__ = (Index("ix_thanks_sent_nudge", "has_survey", "is_answered", "nudged_at", "sent_at"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    hours: Mapped[int] = mapped_column(primary_key=True)  # after the end
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    sent_at: Mapped[datetime]
    has_survey: Mapped[bool] = mapped_column(default=False)
    nudged_at: Mapped[datetime | None]
    is_answered: Mapped[bool] = mapped_column(default=False)  # no time: it would tell whose answer came when


class SurveyCount(Model):
    """How often an answer was given after an event: a number, nothing about whoever gave it."""

    __tablename__ = "survey_count"
    __table_args__ = (CheckConstraint("number > 0", name="number"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    question: Mapped[str] = mapped_column(String(20), primary_key=True)  # answers, knowledge, act, rating
    value: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int]
