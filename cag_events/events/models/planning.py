"""What events are planned by: themes, campaigns, checklists, an organisation's words for kinds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model
from cag_events.domain.texts import Texts


class Theme(Model):
    """A thematic area, or with a parent a subtopic of one."""

    __tablename__ = "theme"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id", ondelete="CASCADE"), index=True)
    name: Mapped[Texts]
    summary: Mapped[Texts] = mapped_column(default=dict)
    token: Mapped[str] = mapped_column(String(20), default="")
    icon: Mapped[str] = mapped_column(String(40), default="")
    position: Mapped[int] = mapped_column(default=0)


class Campaign(Model):
    """Events under goals for a period; what it counts (goals, reach, milestones) is kept as the file gives it."""

    __tablename__ = "campaign"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Texts]
    tagline: Mapped[Texts] = mapped_column(default=dict)
    purpose: Mapped[Texts] = mapped_column(default=dict)
    themes: Mapped[list[str]] = mapped_column(default=list)  # keys
    funder: Mapped[str | None] = mapped_column(String(100))  # key
    budget_sek: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    report_due_on: Mapped[date | None]
    goals: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    reach: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # dates as ISO texts
    position: Mapped[int] = mapped_column(default=0)


class Checklist(Model):
    """Planning tasks by days before or after the first occurrence; for some kinds or for all."""

    __tablename__ = "checklist"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    kinds: Mapped[list[str]] = mapped_column(default=list)
    tasks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # {"days": int, "name": Texts}
    position: Mapped[int] = mapped_column(default=0)


class ChecklistTick(Model):
    """A task that somebody has done for an event."""

    __tablename__ = "checklist_tick"
    __table_args__ = (UniqueConstraint("event_id", "checklist", "task"),)

    id: Mapped[Id]
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    checklist: Mapped[str] = mapped_column(String(100))  # key
    task: Mapped[int]  # number of the task in its list, from 0
    done_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))


class KindWords(Model):
    """The organisation's own words and usual length for a kind that the code has."""

    __tablename__ = "kind_words"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Texts]
    plural: Mapped[Texts] = mapped_column(default=dict)
    default_minutes: Mapped[int] = mapped_column(default=0)
    needs: Mapped[list[str]] = mapped_column(default=list)
    position: Mapped[int] = mapped_column(default=0)


class ProgrammeVersion(Model):
    """One row: a number that rises with every change of the programme; what is cached is kept by it."""

    __tablename__ = "programme_version"

    id: Mapped[Id]
    number: Mapped[int]
    changed_at: Mapped[datetime]


class ProgrammeChange(Model):
    """An event that the programme's version was raised for; versions without a row were raised for something else."""

    __tablename__ = "programme_change"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
