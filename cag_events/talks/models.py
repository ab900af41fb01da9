"""Questions sent in advance, ways into online rooms, recordings, and reports on films and programmes."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed, text_enum
from cag_events.domain.recordings import Consent, State
from cag_events.events.keys import data_key_of, make_data_key


class Mark(StrEnum):
    """What the team or the moderator has decided about a question."""

    NEW = "new"
    CHOSEN = "chosen"
    ANSWERED = "answered"
    HIDDEN = "hidden"


class AudienceQuestion(Sealed, Model):
    """A question that somebody sent in beforehand. Text and name are sealed with the event's data key."""

    __tablename__ = "audience_question"
    __table_args__ = (Index("ix_audience_question_list", "event_id", "mark", "id"),)

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )  # None: a stranger asked
    text = EncryptedText()
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name = EncryptedText()  # None: is not to be read out
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8))
    mark: Mapped[Mark] = mapped_column(text_enum(Mark), default=Mark.NEW)
    topic: Mapped[str] = mapped_column(String(60), default="")  # under which the team has put it together with others
    asked_at: Mapped[datetime]
    form_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # HMAC: sent twice, kept once

    def sealing_key(self) -> bytes | None:
        """The event's data key, made with its first registration or question."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class JoinClick(Model):
    """A registration that went into the online room of an occurrence through our page: an estimate of viewers."""

    __tablename__ = "join_click"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    first_at: Mapped[datetime]


class DialIn(Sealed, Model):
    """The telephone number and code of an online room, as secret as its address."""

    __tablename__ = "dial_in"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    row_id: Mapped[RowId]
    number = EncryptedText()
    number_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Recording(Sealed, Model):
    """The recording of an event: where it is, and how far it has come on its way to the public."""

    __tablename__ = "recording"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    row_id: Mapped[RowId]
    state: Mapped[State] = mapped_column(text_enum(State), default=State.PLANNED)
    link = EncryptedText()  # not for everybody before it is published
    link_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    minutes: Mapped[int | None]
    languages: Mapped[list[str]] = mapped_column(default=list)  # that are spoken in it
    captions: Mapped[list[str]] = mapped_column(default=list)
    has_transcript: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class RecordingConsent(Model):
    """What somebody who takes part has said about being in the published recording."""

    __tablename__ = "recording_consent"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, index=True)
    said: Mapped[Consent] = mapped_column(text_enum(Consent))
    said_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))  # who wrote it down


class ProgrammeTerms(Model):
    """What a study association asks of a cultural programme from a day on."""

    __tablename__ = "programme_terms"
    __table_args__ = (
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("present >= 0", name="present"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    position: Mapped[int] = mapped_column(default=0)
    association: Mapped[str] = mapped_column(String(100), default="")  # a partner's key; empty: everybody's
    valid_from: Mapped[date]
    minutes: Mapped[int] = mapped_column(default=0)
    present: Mapped[int] = mapped_column(default=0)
    open_to_all: Mapped[bool] = mapped_column(default=True)
    announced: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(String(300), default="")


class FilmReport(Model):
    """That the size of a film's audience was reported to whoever gave the licence, and which figure."""

    __tablename__ = "film_report"
    __table_args__ = (CheckConstraint("people >= 0", name="people"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    people: Mapped[int]
    reported_on: Mapped[date]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
