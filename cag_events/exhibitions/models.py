"""Tables of the exhibitions room: productions and their tours, crates on their way, and visitors who are counted."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model, RowId, text_enum, unique_while
from cag_events.domain.texts import Texts
from cag_events.domain.tours import StopStatus
from cag_events.domain.visitors import Source


class Production(Model):
    """An exhibition that travels: what it consists of, what it needs, what it costs a host. Amounts in `currency`."""

    __tablename__ = "production"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[Texts]
    about: Mapped[Texts] = mapped_column(default=dict)
    works: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # see shapes.Work
    needs: Mapped[dict[str, Any]] = mapped_column(default=dict)  # see shapes.Needs
    drawings: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # see shapes.Drawing
    mounting: Mapped[Texts] = mapped_column(default=dict)
    host_does: Mapped[Texts] = mapped_column(default=dict)
    currency: Mapped[str] = mapped_column(String(3), default="SEK")
    fee_per_week: Mapped[int | None]
    fee_note: Mapped[Texts] = mapped_column(default=dict)
    emergency_contact: Mapped[str] = mapped_column(String(300), default="")  # a function, no person
    storage: Mapped[str] = mapped_column(String(300), default="")
    usual_days: Mapped[int] = mapped_column(default=1)  # of transport, where a leg says nothing else
    texts_days: Mapped[int] = mapped_column(default=21)  # the texts are due so many days before the opening
    agreed_weeks: Mapped[int] = mapped_column(default=12)  # a stop should be agreed so many weeks before
    position: Mapped[int] = mapped_column(default=0)


class TourStop(Model):
    """A showing of a production: where, how far it has come, and its days; `install_from` to `until` is its custody."""

    __tablename__ = "tour_stop"
    __table_args__ = (
        UniqueConstraint("production_id", "key"),
        CheckConstraint("install_from <= opens_on AND opens_on <= closes_on AND closes_on <= until", name="days"),
        CheckConstraint("host_percent IS NULL OR (host_percent >= 0 AND host_percent <= 100)", name="percent"),
    )

    id: Mapped[Id]
    row_id: Mapped[RowId]
    production_id: Mapped[int] = mapped_column(ForeignKey("production.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(String(100))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"), unique=True)
    status: Mapped[StopStatus] = mapped_column(text_enum(StopStatus), default=StopStatus.ASKED)
    install_from: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    until: Mapped[date]
    crew: Mapped[str] = mapped_column(String(300), default="")
    host_contact: Mapped[str] = mapped_column(String(300), default="")  # a function, no person
    fee_weeks: Mapped[int | None]  # None: those of the public days
    host_percent: Mapped[int | None]
    fee_note: Mapped[str] = mapped_column(String(300), default="")
    evaluation: Mapped[str] = mapped_column(String(4000), default="")  # what the host says afterwards


class TransportLeg(Model):
    """The way of the crates to a stop, or home from one; None stands for the store."""

    __tablename__ = "transport_leg"
    __table_args__ = (
        UniqueConstraint("to_stop_id"),
        CheckConstraint("days >= 0", name="days"),
        CheckConstraint("from_stop_id IS NOT NULL OR to_stop_id IS NOT NULL", name="somewhere"),
        unique_while("uq_transport_leg_home", "to_stop_id IS NULL", "from_stop_id"),
    )

    id: Mapped[Id]
    production_id: Mapped[int] = mapped_column(ForeignKey("production.id", ondelete="CASCADE"), index=True)
    from_stop_id: Mapped[int | None] = mapped_column(ForeignKey("tour_stop.id", ondelete="CASCADE"))
    to_stop_id: Mapped[int | None] = mapped_column(ForeignKey("tour_stop.id", ondelete="CASCADE"))
    carrier: Mapped[str] = mapped_column(String(200), default="")
    cost_bearer: Mapped[str] = mapped_column(String(40), default="")  # us, host, shared
    days: Mapped[int] = mapped_column(default=1)
    note: Mapped[str] = mapped_column(String(300), default="")


class Crate(Model):
    """A crate of a production."""

    __tablename__ = "crate"
    __table_args__ = (UniqueConstraint("production_id", "number"),)

    id: Mapped[Id]
    production_id: Mapped[int] = mapped_column(ForeignKey("production.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(String(300), default="")
    weight_kg: Mapped[int | None]
    size_cm: Mapped[str] = mapped_column(String(40), default="")  # 120 × 80 × 60
    position: Mapped[int] = mapped_column(default=0)


class CrateTick(Model):
    """A crate was ticked off at one end of a leg: packed where it leaves, found where it arrives."""

    __tablename__ = "crate_tick"
    __table_args__ = (
        UniqueConstraint("leg_id", "crate_id", "end"),
        CheckConstraint("\"end\" IN ('left', 'arrived')", name="end"),
    )

    id: Mapped[Id]
    leg_id: Mapped[int] = mapped_column(ForeignKey("transport_leg.id", ondelete="CASCADE"))
    crate_id: Mapped[int] = mapped_column(ForeignKey("crate.id", ondelete="CASCADE"), index=True)
    end: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class ConditionNote(Model):
    """In what state a crate, or all of a stop, was: in words, there are no photographs here."""

    __tablename__ = "condition_note"

    id: Mapped[Id]
    stop_id: Mapped[int] = mapped_column(ForeignKey("tour_stop.id", ondelete="CASCADE"), index=True)
    crate_id: Mapped[int | None] = mapped_column(ForeignKey("crate.id", ondelete="SET NULL"))
    moment: Mapped[str] = mapped_column(String(20))  # arrival, run, return
    text: Mapped[str] = mapped_column(String(2000))
    on_day: Mapped[date]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class TourOverride(Model):
    """A stop was agreed, or moved, though the crates cannot be there: when, who, and why."""

    __tablename__ = "tour_override"

    id: Mapped[Id]
    stop_id: Mapped[int] = mapped_column(ForeignKey("tour_stop.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    missing_days: Mapped[int]
    reason: Mapped[str] = mapped_column(String(300))


class VisitorCount(Model):
    """Visitors of an exhibition on a day, in an hour of it and of a segment where that was noted: people, no names."""

    __tablename__ = "visitor_count"
    __table_args__ = (
        UniqueConstraint("event_id", "day", "hour", "segment", "source"),
        CheckConstraint("people >= 0", name="people"),
        CheckConstraint("hour >= -1 AND hour <= 23", name="hour"),
    )

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    day: Mapped[date]
    hour: Mapped[int]  # on the clock where it stands; -1: of the whole day
    segment: Mapped[str] = mapped_column(String(100), default="")  # its key; empty: nobody noted it
    source: Mapped[Source] = mapped_column(text_enum(Source))
    people: Mapped[int]


class VisitorTap(Model):
    """A press on the counter, by the id that the phone gave it, so that one sent twice counts once; kept for days."""

    __tablename__ = "visitor_tap"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    on_day: Mapped[date] = mapped_column(index=True)
