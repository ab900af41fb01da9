"""Counters of the limits that protect accounts, mail and registrations; right with several processes."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from cag_events.db import Model


class Throttle(Model):
    """How often something was tried in a window; the key is a blind index of the limit's name and its subject."""

    __tablename__ = "throttle"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    began_at: Mapped[datetime]
    tries: Mapped[int]
    strikes: Mapped[int]  # how many times in a row the limit was passed
    blocked_until: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(index=True)  # old rows are swept by it
