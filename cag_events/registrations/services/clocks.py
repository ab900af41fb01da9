"""What an update of the zone data means for what people have in their calendars by mail."""

from typing import Any

from sqlalchemy import select, update

from cag_events.db import db
from cag_events.events.models import Occurrence
from cag_events.registrations.models import CalendarSent

NOTHING_TOLD = bytes(32)  # no hash of what a mail said


def tell_again(event_id: int, **_facts: Any) -> None:
    """Let the next mail carry the entry although it reads as before: the same wall time is another instant."""
    uids = select(Occurrence.uid).where(Occurrence.event_id == event_id)
    db.session.execute(
        update(CalendarSent)
        .where(CalendarSent.uid.in_(uids), CalendarSent.method == "REQUEST")
        .values(significant=NOTHING_TOLD)
    )
