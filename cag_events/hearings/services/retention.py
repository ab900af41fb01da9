"""Deletes what people told a hearing once its day has come; what is public by their own choice stays."""

from collections import Counter
from datetime import date

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import HOLDING
from cag_events.domain.lifecycle import Status
from cag_events.domain.retention import kept_until as kept_of_registrations
from cag_events.events.queries import get_record
from cag_events.hearings.models import SpeakingSlot, Submission
from cag_events.hearings.queries import find_slot_of, find_submission_of
from cag_events.hearings.rules import kept_until


def delete_due(record: EventRecord, today: date) -> Counter[str]:
    """Delete what is due of a hearing that is over, within a writing unit; returns how many rows of each table."""
    kept, written_until = kept_of_registrations(record), kept_until(record)
    done: Counter[str] = Counter()
    if kept is None or written_until is None:
        return done
    for slot in db.session.scalars(
        select(SpeakingSlot).where(SpeakingSlot.event_id == record.id, SpeakingSlot.called_sealed.is_not(None))
    ):
        if today >= (kept.registration if slot.status in HOLDING else kept.queue):
            _delete_slot(slot)
            done["speaking_slot"] += 1
    if record.status is Status.POSTPONED:
        written_until = max(written_until, kept.registration)
    if today >= written_until:
        for row in db.session.scalars(
            select(Submission).where(Submission.event_id == record.id, Submission.text_sealed.is_not(None))
        ):
            _delete_submission(row)
            done["submission"] += 1
    db.session.flush()
    return done


def erase(registration_id: int) -> None:
    """Delete what somebody who was registered has asked for and written, within a writing unit.

    Where it is the daily job that empties the registration, what is public by their own choice stays, and a submission
    has an end of its own; where they want to be forgotten, all of it goes.
    """
    slot, row = find_slot_of(registration_id), find_submission_of(registration_id)
    if slot is None and row is None:
        return
    record = get_record((slot or row).event_id)  # type: ignore[union-attr]
    kept = kept_of_registrations(record)
    is_due = kept is not None and when.day_of(clock.now(), record.tz) >= min(kept.registration, kept.queue)
    if slot is not None:
        if is_due:
            _delete_slot(slot)
        else:
            db.session.delete(slot)
    if row is not None:
        if is_due:
            row.registration_id = None
        else:
            db.session.delete(row)
    db.session.flush()


def _delete_slot(slot: SpeakingSlot) -> None:
    """Delete it, or empty it where the record names who spoke."""
    if not slot.shown_name:
        db.session.delete(slot)
        return
    slot.called = slot.topic = slot.organisation = slot.proxy = None


def _delete_submission(row: Submission) -> None:
    """Delete it, or empty it where everybody may read it: its submitter can still take that back."""
    if row.shown_text is None:
        db.session.delete(row)
        return
    row.text = row.name = row.organisation = row.email = None
    row.registration_id = row.form_key = None
