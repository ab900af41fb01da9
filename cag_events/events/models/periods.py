"""Periods that planning minds: school breaks and exam weeks as the organization knows them."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model
from cag_events.domain.texts import Texts


class Period(Model):
    """Days to mind, both ends included; an empty town, country or list of segments stands for all."""

    __tablename__ = "period"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="span"),
        Index("ix_period_span", "first_on", "last_on"),
    )

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Texts]
    kind: Mapped[str] = mapped_column(String(20))  # school_break, exam, other
    first_on: Mapped[date]
    last_on: Mapped[date]
    city: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    segments: Mapped[list[str]] = mapped_column(default=list)  # keys
    position: Mapped[int] = mapped_column(default=0)
