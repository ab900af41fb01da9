"""Attendance of the demo's study circles: one that ran well, one that is short of its terms by a study hour."""

import random
from datetime import timedelta

from sqlalchemy import select, update

from cag_events import clock
from cag_events.db import db
from cag_events.domain.event import EventRecord
from cag_events.events.queries import find_record
from cag_events.permissions import SYSTEM
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.studies.queries import sheet_of
from cag_events.studies.services import Marks, take_attendance, upload_file

DONE, SHORT = "lascirkel-host", "cirkel-konflikt"
FELL_THROUGH = 2  # the number of the meeting of the short one that was not held


def fill(rng: random.Random) -> None:
    """Take attendance at every meeting that has begun, as the leaders did; within the writing unit of the demo."""
    for key in (DONE, SHORT):
        record = find_record(key)
        if record is not None:
            _forget_arrivals(record)
            _take(record, rng, falls_through=FELL_THROUGH if key == SHORT else 0)
            upload_file(record.id, 1 if key == DONE else 0, _pdf(), by=SYSTEM)


def _forget_arrivals(record: EventRecord) -> None:
    """Desks check people in once for all dates; a circle asks at each meeting."""
    ids = select(Registration.id).where(Registration.event_id == record.id)
    where = RegistrationOccurrence.registration_id.in_(ids)
    db.session.execute(update(RegistrationOccurrence).where(where).values(checked_in_at=None))
    db.session.execute(update(Registration).where(Registration.event_id == record.id).values(checked_in_at=None))
    db.session.expire_all()


def _take(record: EventRecord, rng: random.Random, *, falls_through: int) -> None:
    now = clock.now()
    parties = [party for party in sheet_of(record, now).parties if party.is_coming]
    often = {party.row_id: rng.uniform(0.75, 1.0) for party in parties}
    for number, part in enumerate(record.occurrences, start=1):
        if part.ends_at > now:
            break
        with clock.fixed(part.starts_at + timedelta(minutes=5)):
            if number == falls_through:
                take_attendance(record.id, part.id, Marks(minutes=0), by=SYSTEM)
                continue
            present = {row_id: rng.random() < share for row_id, share in often.items()}
            take_attendance(record.id, part.id, Marks(present=present, guests=int(number == 1)), by=SYSTEM)


def _pdf() -> bytes:
    """An empty page, as small as a PDF can be."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
