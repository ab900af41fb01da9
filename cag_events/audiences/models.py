"""Whom events are meant for and made with: segments, contacts, partners."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model
from cag_events.domain.texts import Texts


class Segment(Model):
    """An audience, as data."""

    __tablename__ = "segment"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Texts]
    hint: Mapped[Texts] = mapped_column(default=dict)
    role: Mapped[str] = mapped_column(String(20), default="direct")  # direct, multiplier, decision_maker: for reports
    position: Mapped[int] = mapped_column(default=0)


class Contact(Model):
    """Somebody we may write to, or who takes part in front."""

    __tablename__ = "contact"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_local: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    title: Mapped[Texts] = mapped_column(default=dict)
    named: Mapped[bool | None]  # may be named publicly; None: yes on open events, no on others
    position: Mapped[int] = mapped_column(default=0)


class Partner(Model):
    """An organisation that co-hosts."""

    __tablename__ = "partner"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    name_local: Mapped[str] = mapped_column(String(200), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    themes: Mapped[list[str]] = mapped_column(default=list)  # keys
    about: Mapped[Texts] = mapped_column(default=dict)
    sensitive: Mapped[bool | None]  # never list individuals, never publish an address
    fictional: Mapped[bool | None]
    position: Mapped[int] = mapped_column(default=0)
