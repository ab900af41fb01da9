"""Tables of the roleplays room: what people wish, groups, allocations and held roles, briefs, who looked, debriefing.

What belongs to a person is sealed with the event's data key and goes with the registration. Briefs are the programme's:
they outlive the registrations of one day and are sealed with the ring.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import EncryptedText, Id, Model, RowId, Sealed, text_enum, unique_while
from cag_events.domain.allocation import Keep
from cag_events.events.keys import data_key_of, make_data_key


class Brief(Sealed, Model):
    """What only the holders of a role, or the players of a party, and the game masters read, by language (JSON)."""

    __tablename__ = "role_brief"
    __table_args__ = (UniqueConstraint("event_id", "place"),)

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(120))  # role:herders, party:upstream
    texts = EncryptedText()
    texts_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]


class Facilitator(Model):
    """An account that leads this event's game and so reads every brief; its lead does without a row."""

    __tablename__ = "role_facilitator"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    added_at: Mapped[datetime]


class PlayState(Model):
    """How far an event's game has come: whose allocation stands, whether briefs are out before or after their hour."""

    __tablename__ = "play_state"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    approved_run_id: Mapped[int | None] = mapped_column(ForeignKey("allocation_run.id", ondelete="SET NULL"))
    approved_at: Mapped[datetime | None]
    releases_at: Mapped[datetime | None]  # None: so many hours before the start as the scenario says


class SchoolGroup(Sealed, Model):
    """People who come together, as a class: they join by a code that their leader gives them."""

    __tablename__ = "school_group"

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), unique=True)
    name = EncryptedText()
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    code = EncryptedText()
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    code_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    keep: Mapped[Keep] = mapped_column(text_enum(Keep), default=Keep.ANY)
    is_complete: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]

    def sealing_key(self) -> bytes | None:
        """The event's data key."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class Player(Sealed, Model):
    """What a registration says for the game beside its wishes, which are among its answers."""

    __tablename__ = "role_player"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("school_group.id", ondelete="SET NULL"), index=True)
    plays: Mapped[bool] = mapped_column(default=True)  # a teacher may come along without a role
    said = EncryptedText()  # JSON: refused roles, levels by language
    said_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_minor: Mapped[bool | None]  # None: not said
    guardian = EncryptedText()  # the name of who agreed
    guardian_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    agreed_at: Mapped[datetime | None]
    has_debriefed: Mapped[bool] = mapped_column(default=False)  # what was answered is kept without a way back

    def sealing_key(self) -> bytes | None:
        """The event's data key."""
        return make_data_key(self.event_id)

    def opening_key(self) -> bytes | None:
        """The event's data key."""
        return data_key_of(self.event_id)


class KeptApart(Model):
    """Two registrations that are never on one side of a game."""

    __tablename__ = "role_apart"
    __table_args__ = (CheckConstraint("one_id < other_id", name="order"),)

    one_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)


class ByHand(Model):
    """An organizer placed a registration: every allocation keeps to it."""

    __tablename__ = "role_by_hand"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(100))
    game: Mapped[int | None]  # from 0; None: any
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class RunState(StrEnum):
    """How far an allocation has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNDER_WAY = "state IN ('queued', 'running')"


class AllocationRun(Model):
    """One attempt to give everybody a role."""

    __tablename__ = "allocation_run"
    __table_args__ = (
        unique_while("uq_allocation_run_under_way", UNDER_WAY, "event_id"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    seed: Mapped[int]
    keeps: Mapped[bool] = mapped_column(default=False)  # everybody who holds a role stays where they are
    state: Mapped[RunState] = mapped_column(text_enum(RunState), default=RunState.QUEUED)
    progress: Mapped[int] = mapped_column(default=0)  # per cent
    inputs_hash: Mapped[str] = mapped_column(String(64), default="")  # of all that the result depends on
    points: Mapped[int | None]
    milliseconds: Mapped[int | None]
    failure: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # what contradicts
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    approved_at: Mapped[datetime | None]


class RunSeat(Model):
    """What a run gives one person of a registration, and which of its wishes that is; `missed`: why no dearer one."""

    __tablename__ = "allocation_seat"

    run_id: Mapped[int] = mapped_column(ForeignKey("allocation_run.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    no: Mapped[int] = mapped_column(primary_key=True)  # 1 … people of the registration
    role: Mapped[str] = mapped_column(String(100))
    game: Mapped[int]
    rank: Mapped[int | None]  # None: no wish of theirs
    missed: Mapped[list[dict[str, Any]]] = mapped_column(default=list)


class RoleSeat(Model):
    """A role that is held. Ended when it moves; the row stays, so that a look by its old link can be told of."""

    __tablename__ = "role_seat"
    __table_args__ = (
        unique_while("uq_role_seat_held", "ended_at IS NULL", "registration_id", "no"),
        unique_while("uq_role_seat_place", "ended_at IS NULL", "event_id", "role", "game", "place"),
        CheckConstraint("place > 0 AND no > 0 AND game >= 0", name="numbers"),
        Index("ix_role_seat_event", "event_id", "role"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]  # of the seat's own link
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"), index=True)
    no: Mapped[int]  # 1 … people of the registration
    role: Mapped[str] = mapped_column(String(100))
    game: Mapped[int]  # from 0
    place: Mapped[int]  # 1 … seats of the role in the game: the last guard against one too many
    run_id: Mapped[int | None] = mapped_column(ForeignKey("allocation_run.id", ondelete="SET NULL"))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Look(Model):
    """Somebody wanted to read a brief and was refused. Never what stands in it, never a name."""

    __tablename__ = "brief_look"

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(120), default="")  # role:herders; empty: all of them
    who: Mapped[str] = mapped_column(String(20))  # link, attendee, account
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    why: Mapped[str] = mapped_column(String(20))  # moved, too_early, no_role, no_consent, not_facilitator …


class Debriefing(Sealed, Model):
    """One form of the debriefing, by nobody: no registration, no time, and a key that says nothing of the order."""

    __tablename__ = "role_debriefing"

    row_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    answers = EncryptedText()  # JSON: a list, in the order of the questions
    answers_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    keep_until: Mapped[date]


__all__ = [
    "AllocationRun",
    "Brief",
    "ByHand",
    "Debriefing",
    "Facilitator",
    "KeptApart",
    "Look",
    "PlayState",
    "Player",
    "RoleSeat",
    "RunSeat",
    "RunState",
    "SchoolGroup",
]
