"""What a programme file says that no other room keeps: stored, and given back when it is written again."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Model


class Kept(Model):
    """A part of a programme file, by its name there: meta.anchor, generator."""

    __tablename__ = "kept"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    body: Mapped[dict[str, Any]]
