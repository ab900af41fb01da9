"""Events, their occurrences, what they point to, their revisions and their read model."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed, text_enum
from cag_events.domain.event import Mode, RegistrationMode, Safety, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.texts import Texts


class Event(Sealed, Model):
    """One thing people can come to or see."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("capacity >= 0 AND online_capacity >= 0 AND guests >= 0", name="seats"),
        CheckConstraint("run_to IS NULL OR run_from <= run_to", name="run"),
        Index("ix_event_listing", "visibility", "status", "ends_at", "starts_at", "safety"),
        Index("ix_event_starts_at", "starts_at", "id"),
        {"sqlite_autoincrement": True},  # an id is never used again: keys and links of a deleted event stay dead
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    uid: Mapped[str] = mapped_column(String(36), unique=True)  # the calendar's; of the run where there is one
    key: Mapped[str] = mapped_column(String(100), unique=True)
    version: Mapped[int] = mapped_column(default=1)  # rises with every saved change; guards against overwriting
    revision: Mapped[int] = mapped_column(default=0)  # rises with every published change
    kind: Mapped[str] = mapped_column(String(40))
    format: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[Status] = mapped_column(text_enum(Status), default=Status.DRAFT)
    visibility: Mapped[Visibility] = mapped_column(text_enum(Visibility), default=Visibility.PUBLIC)
    safety: Mapped[Safety] = mapped_column(text_enum(Safety), default=Safety.OPEN)
    levels: Mapped[dict[str, str]] = mapped_column(default=dict)  # aspect → circle
    mode: Mapped[Mode] = mapped_column(text_enum(Mode), default=Mode.ONSITE)
    featured: Mapped[bool] = mapped_column(default=False)
    title: Mapped[Texts]
    summary: Mapped[Texts] = mapped_column(default=dict)
    body: Mapped[Texts] = mapped_column(default=dict)
    content_note: Mapped[Texts] = mapped_column(default=dict)
    access_note: Mapped[Texts] = mapped_column(default=dict)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"), index=True)
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"), index=True)
    tz: Mapped[str | None] = mapped_column(String(64))  # None: the venue's
    interpreting: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    agenda: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of the kind
    parked: Mapped[dict[str, Any]] = mapped_column(default=dict)  # details of kinds that it was before
    run_from: Mapped[date | None]
    run_to: Mapped[date | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    setup_minutes: Mapped[int] = mapped_column(default=0, server_default="0")  # that the room is needed before
    clear_minutes: Mapped[int] = mapped_column(default=0, server_default="0")  # … and after
    online_url = EncryptedText()
    online_url_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    platform: Mapped[str] = mapped_column(String(100), default="")
    recording: Mapped[str] = mapped_column(String(20), default="")
    registration_mode: Mapped[RegistrationMode] = mapped_column(
        text_enum(RegistrationMode), default=RegistrationMode.NONE
    )
    capacity: Mapped[int] = mapped_column(default=0)
    online_capacity: Mapped[int] = mapped_column(default=0)
    waitlist: Mapped[bool] = mapped_column(default=False)
    opens_days: Mapped[int | None]
    closes_hours: Mapped[int | None]
    guests: Mapped[int] = mapped_column(default=0)
    group_max: Mapped[int | None]
    per_occurrence: Mapped[bool] = mapped_column(default=False)
    travel_support: Mapped[bool] = mapped_column(default=False)
    ask: Mapped[list[str]] = mapped_column(default=list)
    pools: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # `quotas` in files; see domain.seating
    phases: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")
    queue: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    questions: Mapped[list[dict[str, Any]]] = mapped_column(default=list, server_default="[]")  # domain.questions
    reminders: Mapped[list[dict[str, Any]] | None]  # domain.reminding; None: those of the kind
    food: Mapped[str] = mapped_column(String(20), default="")
    photo_policy: Mapped[str] = mapped_column(String(20), default="")
    min_age: Mapped[int | None]
    max_age: Mapped[int | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cancelled_on: Mapped[date | None]
    cancel_reason: Mapped[Texts] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    occurrences: Mapped[list["Occurrence"]] = relationship(
        order_by="Occurrence.starts_at, Occurrence.id", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )


class Occurrence(Model):
    """A dated part of an event: wall time and zone as typed, and the instants computed from them."""

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("starts_at < ends_at", name="span"),
        Index("ix_occurrence_span", "starts_at", "ends_at"),
    )

    id: Mapped[Id]
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    key: Mapped[str | None] = mapped_column(String(100))
    title: Mapped[Texts] = mapped_column(default=dict)
    starts_wall: Mapped[str] = mapped_column(String(16))  # 2027-03-28T18:00
    ends_wall: Mapped[str] = mapped_column(String(16))
    tz: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    rrule: Mapped[str | None] = mapped_column(String(200))
    series_of: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), index=True)
    ruled_start: Mapped[str | None] = mapped_column(String(16))  # as the rule gives it; the date may have been moved
    ruled_end: Mapped[str | None] = mapped_column(String(16))
    series_uid: Mapped[str | None] = mapped_column(String(36))  # of a rule, where it is not its first date's own
    cancelled_on: Mapped[date | None]  # this date alone
    cancel_reason: Mapped[Texts] = mapped_column(default=dict, server_default="{}")
    position: Mapped[int] = mapped_column(default=0)


class EventTheme(Model):
    """An event belongs to a theme or a subtopic, in this order."""

    __tablename__ = "event_theme"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class EventSegment(Model):
    """An event is meant for a segment."""

    __tablename__ = "event_segment"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class EventPartner(Model):
    """An event is co-hosted by a partner."""

    __tablename__ = "event_partner"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class EventPerson(Model):
    """Somebody takes part in front, in a role."""

    __tablename__ = "event_person"
    __table_args__ = (UniqueConstraint("event_id", "contact_id", "role"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=0)


class EventLanguage(Model):
    """A language spoken at an event."""

    __tablename__ = "event_language"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class EventPart(Model):
    """An event is a part of another, its whole: the vernissage of an exhibition, the workshop of a conference."""

    __tablename__ = "event_part"
    __table_args__ = (CheckConstraint("event_id <> whole_id", name="other"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    whole_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)


class EventOldKey(Model):
    """A key that an event had before; its address answers 301."""

    __tablename__ = "event_old_key"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)


class EventDataKey(Model):
    """The data key that seals an event's registrations, wrapped by the ring; destroying it erases them."""

    __tablename__ = "event_data_key"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class EventRecordRow(Model):
    """The read model: an event's EventRecord as JSON, rewritten with every change of it or of what it points to."""

    __tablename__ = "event_record"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class EventRevision(Model):
    """What an event was at a saved version: who saved it, when, and its fields as the editor's form knows them."""

    __tablename__ = "event_revision"
    __table_args__ = (UniqueConstraint("event_id", "version"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    version: Mapped[int]
    revision: Mapped[int]  # the published change it belongs to, 0 while a draft
    saved_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    what: Mapped[str] = mapped_column(String(40))  # created, edited, published, postponed, cancelled, withdrawn
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)
