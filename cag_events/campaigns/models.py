"""Who pays for campaigns and what is counted."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Id, Model
from cag_events.domain.texts import Texts


class Funder(Model):
    """Somebody who pays for a campaign and gets its report."""

    __tablename__ = "funder"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Texts]
    report_template: Mapped[str] = mapped_column(String(100), default="")
    acknowledgement: Mapped[Texts] = mapped_column(default=dict)
    fictional: Mapped[bool | None]
    position: Mapped[int] = mapped_column(default=0)


class Indicator(Model):
    """What is counted, from which source, as output or outcome."""

    __tablename__ = "indicator"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[Texts]
    level: Mapped[str] = mapped_column(String(20), default="output")
    source: Mapped[str] = mapped_column(String(20), default="manual")
    unit: Mapped[str] = mapped_column(String(20), default="count")
    position: Mapped[int] = mapped_column(default=0)
