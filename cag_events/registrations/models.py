"""Parties that asked for seats, the seats they hold, their links, and walk-ins counted at the door."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed, text_enum, unique_while
from cag_events.domain.event import Mode
from cag_events.domain.inviting import Part, Reply
from cag_events.domain.seats import Status
from cag_events.events.keys import data_key_of, make_data_key

IS_LIVE = "status IN ('pending', 'waitlisted', 'offered', 'confirmed')"


class Registration(Sealed, Model):
    """A party that asked for seats at an event. Name, e-mail and answers are sealed with the event's data key."""

    __tablename__ = "registration"
    __table_args__ = (
        unique_while("uq_registration_live", f"email_index IS NOT NULL AND {IS_LIVE}", "event_id", "email_index"),
        CheckConstraint("party > 0", name="party"),
        Index("ix_registration_queue", "event_id", "status", "joined_at", "id"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)  # a reference for people; opens nothing
    status: Mapped[Status] = mapped_column(text_enum(Status))
    party: Mapped[int]  # people
    mode: Mapped[Mode] = mapped_column(text_enum(Mode))  # onsite or online
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="SET NULL"), index=True)
    language: Mapped[str] = mapped_column(String(8))  # of the page and the mails
    name = EncryptedText()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email = EncryptedText()  # None: an alias
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    alias_code: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)  # HMAC of the alias's six words
    answers = EncryptedText()  # JSON: organisation, needs, diet, id_name, how_heard, language, wish …
    answers_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_time: Mapped[bool | None]
    consent_photo: Mapped[bool] = mapped_column(default=False)
    consent_contact: Mapped[bool] = mapped_column(default=False)
    consent_text: Mapped[str] = mapped_column(String(20), default="")  # version of the text agreed to
    consent_channel: Mapped[str] = mapped_column(String(20), default="web")  # web, organizer, import
    consented_at: Mapped[datetime | None]
    form_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)  # HMAC of form, event and address
    shown: Mapped[Status | None] = mapped_column(text_enum(Status))  # what the page said to the form; it stays so
    is_proven: Mapped[bool] = mapped_column(default=False, server_default="0")  # showed what its pool asks for
    offered_until: Mapped[datetime | None]  # while a seat is offered
    revision: Mapped[int] = mapped_column(default=0)  # rises with every change of what the person's calendar shows
    ticket_no: Mapped[int] = mapped_column(default=0, server_default="0")  # rises when the ticket shall be another
    registered_at: Mapped[datetime]
    joined_at: Mapped[datetime]  # place in the queue, with id
    confirmed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]  # an answer that decides changed then, after the approval: to be looked at
    organizer_note = EncryptedText()  # what the organizer wrote with the answer
    organizer_note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    withdrawn_at: Mapped[datetime | None]
    restore_until: Mapped[datetime | None]  # until when that can be taken back, where it is not the usual time
    withdrawn_from: Mapped[Status | None] = mapped_column(text_enum(Status))  # what an undo gives back
    checked_in_at: Mapped[datetime | None]

    @property
    def is_removed(self) -> bool:
        """Whether who it was has been deleted: it is a count since then."""
        return self.name_sealed is None

    def sealing_key(self) -> bytes | None:
        """The event's data key, made with its first registration."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class RegistrationOccurrence(Model):
    """A party comes to this occurrence; arrived or not is counted per occurrence."""

    __tablename__ = "registration_occurrence"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    checked_in_at: Mapped[datetime | None]
    arrived: Mapped[int | None]  # people of the party who came, where not all of them did


class Seat(Model):
    """A held seat: one row a person in each occurrence; the last guard against one seat too many."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "mode", "no"),
        CheckConstraint("no > 0", name="no"),
    )

    id: Mapped[Id]
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    mode: Mapped[Mode] = mapped_column(text_enum(Mode))
    no: Mapped[int]  # 1 … capacity of the mode
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)


class RegistrationLink(Model):
    """A manage link of a registration; only the token's hash is kept."""

    __tablename__ = "registration_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class FormAgain(Model):
    """A form that was sent with an address already known, and what the page said: the same when it is sent again."""

    __tablename__ = "form_again"

    form_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    shown: Mapped[Status] = mapped_column(text_enum(Status))


class RegistrationChange(Model):
    """What happened to a registration after it was made, and who did it; never a value of personal data."""

    __tablename__ = "registration_change"

    id: Mapped[Id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(20))  # changed, withdrawn, restored, promoted, approved …
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))  # None: the attendee
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # names of fields; from and to of counts and modes


FORGOTTEN = "GONE"  # in place of a method: nobody knows any more whose calendar it was


class CalendarSent(Model):
    """How far the calendar of one address has been told of one UID by mail; what it is told next is numbered above."""

    __tablename__ = "calendar_sent"
    __table_args__ = (UniqueConstraint("to_index", "uid"),)

    id: Mapped[Id]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    to_index: Mapped[bytes] = mapped_column(LargeBinary(32))  # blind index of the address
    uid: Mapped[str] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(10))  # of the last mail: REQUEST or CANCEL
    sequence: Mapped[int]  # of the last mail
    significant_sequence: Mapped[int]  # of the last REQUEST that said something else of when, where or whether
    significant: Mapped[bytes] = mapped_column(LargeBinary(32))  # SHA-256 of what it said of that
    starts: Mapped[str] = mapped_column(String(20))  # wall time or day, so that what is gone can be called off
    ends: Mapped[str] = mapped_column(String(20))
    tz: Mapped[str | None] = mapped_column(String(64))  # None: whole days
    reply_key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)  # hash of the address that answers go to
    sent_at: Mapped[datetime]


class Invitation(Model):
    """Somebody is invited to register for an event; it holds no seat until it is answered."""

    __tablename__ = "invitation"

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    sending_id: Mapped[int | None]  # of InvitationSending
    reply: Mapped[Reply | None] = mapped_column(text_enum(Reply))
    replied_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # last
    withdrawn_at: Mapped[datetime | None]  # by the organizer; the link is dead


class InvitationLink(Model):
    """A further link of an invitation, of a reminder or given by hand; a hash cannot be mailed again."""

    __tablename__ = "invitation_link"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), index=True)


class InvitationSending(Model):
    """What is said and allowed to all who are invited at once."""

    __tablename__ = "invitation_sending"
    __table_args__ = (CheckConstraint("plus >= 0", name="plus"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    sent_at: Mapped[datetime]
    plus: Mapped[int]  # people that each may bring
    note: Mapped[str] = mapped_column(default="")  # said above the event, in all languages


class Invitee(Sealed, Model):
    """Whom an invitation is for where it is no contact: an office, or somebody typed in. No e-mail: given by hand."""

    __tablename__ = "invitee"

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True)
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    name = EncryptedText()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email = EncryptedText()
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)

    def sealing_key(self) -> bytes | None:
        """The event's data key, made with the first that is sealed."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class PartyMember(Sealed, Model):
    """Somebody who comes with a registration's contact, named by their leader; position 1 is the contact's own."""

    __tablename__ = "party_member"
    __table_args__ = (
        UniqueConstraint("registration_id", "position"),
        CheckConstraint("position > 1", name="position"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name = EncryptedText()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    needs = EncryptedText()
    needs_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    def sealing_key(self) -> bytes | None:
        """The event's data key, made with the first that is sealed."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class Delegate(Sealed, Model):
    """Somebody else who has to do with a registration: who answered for it, helps with it, or is to take the seat."""

    __tablename__ = "registration_delegate"
    __table_args__ = (unique_while("uq_registration_successor", "part = 'successor'", "registration_id"),)

    id: Mapped[Id]
    row_id: Mapped[RowId]
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    part: Mapped[Part] = mapped_column(text_enum(Part))
    name = EncryptedText()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email = EncryptedText()
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)  # of a successor's link
    asked_at: Mapped[datetime]
    allowed_at: Mapped[datetime | None]  # a successor may be written to: at once, or when the organizer has said yes
    expires_at: Mapped[datetime | None]

    def sealing_key(self) -> bytes | None:
        """The event's data key, made with the first that is sealed."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class ErasedRow(Model):
    """The random id that a registration had before it was erased: replayed where an older backup is restored."""

    __tablename__ = "erased_row"

    row_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    at: Mapped[datetime]


class QueueMove(Sealed, Model):
    """An organizer moved a party that waited, to the head or onto a seat; why is sealed and deleted with the party."""

    __tablename__ = "queue_move"

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[datetime]
    to_seat: Mapped[bool]  # else to the head of the queue
    reason = EncryptedText()
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    def sealing_key(self) -> bytes | None:
        """The event's data key."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class PoolCode(Model):
    """A code that opens the seats held for a segment; only its hash is kept."""

    __tablename__ = "pool_code"
    __table_args__ = (UniqueConstraint("event_id", "code_hash"), CheckConstraint("most_uses > 0", name="most_uses"))

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    label: Mapped[str] = mapped_column(String(80))  # the organizer's word for whom it was given to
    most_uses: Mapped[int | None]  # parties; None: any number
    created_at: Mapped[datetime]


class PoolCodeUse(Model):
    """A party typed this code."""

    __tablename__ = "pool_code_use"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("pool_code.id", ondelete="CASCADE"), index=True)


class PoolAddress(Model):
    """An address for which a seat is held in a segment's pool; only its blind index is kept."""

    __tablename__ = "pool_address"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"), primary_key=True)
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)


class WalkIn(Model):
    """How many came to an occurrence without having registered, by segment."""

    __tablename__ = "walk_in"
    __table_args__ = (
        UniqueConstraint("occurrence_id", "segment_id"),
        CheckConstraint("people >= 0", name="people"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"))
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id", ondelete="CASCADE"))
    people: Mapped[int] = mapped_column(default=0)
