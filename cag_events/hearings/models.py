"""Tables of the hearings room: who wants to speak, what was written in, the record, and what was promised."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed, text_enum, unique_while
from cag_events.domain.hearing import Level, Promise, Slot
from cag_events.domain.texts import Texts
from cag_events.events.keys import data_key_of, make_data_key


class SpeakingSlot(Sealed, Model):
    """Somebody who is registered wants to speak. What they wrote is sealed with the event's data key.

    The `shown_` columns are plain: what the published record says of somebody who agreed to be named.
    """

    __tablename__ = "speaking_slot"
    __table_args__ = (
        UniqueConstraint("registration_id"),
        unique_while("uq_speaking_slot_called", "status = 'called'", "event_id"),
        CheckConstraint("shown_name = '' OR (consents AND status = 'spoken')", name="shown"),
        CheckConstraint("ended_at IS NULL OR started_at IS NOT NULL", name="clock"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    status: Mapped[Slot] = mapped_column(text_enum(Slot))
    position: Mapped[int | None]  # place in the order of those approved
    called = EncryptedText()  # the name that the chair calls
    called_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    topic = EncryptedText()
    topic_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    organisation = EncryptedText()
    organisation_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    proxy = EncryptedText()  # who speaks or reads in their place
    proxy_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8), default="")  # spoken
    needs_interpreting: Mapped[bool] = mapped_column(default=False)
    consents: Mapped[bool] = mapped_column(default=False)  # to be named in the record
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decisions: Mapped[int] = mapped_column(default=0)  # in the keys of mails
    called_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    shown_name: Mapped[str] = mapped_column(String(200), default="")
    shown_organisation: Mapped[str] = mapped_column(String(200), default="")
    shown_topic: Mapped[str] = mapped_column(String(300), default="")

    def sealing_key(self) -> bytes | None:
        """The event's data key."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class Submission(Sealed, Model):
    """A written submission, sealed with the event's data key; its submitter comes back by a secret link.

    The `shown_` columns are plain: what the record says of it once it is cleared. The constraints are the last guard of
    the promise that nobody but the submitter makes it wider.
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint(
            "shown_text IS NULL OR (cleared_at IS NOT NULL AND shown_from IS NOT NULL "
            "AND chosen IN ('public', 'anonymous') AND (narrowed IS NULL OR narrowed IN ('public', 'anonymous')))",
            name="shown_text",
        ),
        CheckConstraint(
            "(shown_name = '' AND shown_organisation = '') OR "
            "(shown_text IS NOT NULL AND chosen = 'public' AND (narrowed IS NULL OR narrowed = 'public'))",
            name="shown_name",
        ),
        UniqueConstraint("event_id", "code"),
        Index("ix_submission_event", "event_id", "received_at"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    code: Mapped[str] = mapped_column(String(20))  # a reference for people; opens nothing
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    form_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    chosen: Mapped[Level] = mapped_column(text_enum(Level))  # by the submitter
    narrowed: Mapped[Level | None] = mapped_column(text_enum(Level))  # by the team: no further than this
    text = EncryptedText()
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    name = EncryptedText()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    organisation = EncryptedText()
    organisation_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email = EncryptedText()
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(String(8), default="")  # of the text
    page_language: Mapped[str] = mapped_column(String(8))  # of the mails
    consent_text: Mapped[str] = mapped_column(String(20), default="")
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    shown_text: Mapped[str | None] = mapped_column(Text)
    shown_name: Mapped[str] = mapped_column(String(200), default="")
    shown_organisation: Mapped[str] = mapped_column(String(200), default="")
    shown_from: Mapped[date | None]

    def sealing_key(self) -> bytes | None:
        """The event's data key."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class HearingRecord(Model):
    """The record of a hearing: what the team writes, and, apart from it, what has been published of it.

    Both have the shape of hearings.record.Record.
    """

    __tablename__ = "hearing_record"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)  # of the draft; guards against overwriting


class Commitment(Model):
    """What somebody promised at a hearing, by when, and how it stands."""

    __tablename__ = "commitment"
    __table_args__ = (UniqueConstraint("event_id", "key"), Index("ix_commitment_due", "status", "due_on"))

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(100))
    promised_by: Mapped[Texts] = mapped_column(default=dict)  # a public function, or a name that stands with it
    what: Mapped[Texts]
    due_on: Mapped[date | None]
    status: Mapped[Promise] = mapped_column(text_enum(Promise), default=Promise.OPEN)
    evidence: Mapped[Texts] = mapped_column(default=dict)
    evidence_url: Mapped[str] = mapped_column(String(2000), default="")
    reply: Mapped[Texts] = mapped_column(default=dict)  # of the authority
    replied_on: Mapped[date | None]
    is_cleared: Mapped[bool] = mapped_column(default=False)
    updated_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)


class CommitmentChange(Model):
    """A commitment got another standing or another day."""

    __tablename__ = "commitment_change"

    id: Mapped[Id]
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field → [from, to]; no texts


class HearingLog(Model):
    """What was logged of hearings before there was a log of everything; nothing is written here any more."""

    __tablename__ = "hearing_log"

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    what: Mapped[str] = mapped_column(String(40))  # visitors.printed, visitors.taken, visitors.handed, withheld.read
    number: Mapped[int] = mapped_column(default=0)  # people on it
