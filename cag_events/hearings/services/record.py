"""The record of a hearing: written by the team, published by those who publish, taken back again."""

from sqlalchemy import update

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused, Stale
from cag_events.domain.hearing import Slot
from cag_events.events import records
from cag_events.events.queries import get_record, lock_event
from cag_events.hearings.models import HearingRecord, SpeakingSlot
from cag_events.hearings.queries import list_slots
from cag_events.hearings.record import Record
from cag_events.hearings.rules import is_nameless, session_of
from cag_events.kinds import _shape
from cag_events.permissions import Actor, Permission, require


def save_record(event_id: int, record: Record, *, version: int, by: Actor) -> None:
    """Store what the team writes of a hearing; nothing of it is public yet.

    `version`: the one that was edited, 0 where there was none. Raises NotFound, NotAllowed, Stale.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_EDIT)
        row = _row(event_id)
        if row.version != version:
            raise Stale(row.version)
        row.draft = _shape.write(record)
        row.version += 1
        db.session.flush()


def publish_record(event_id: int, *, by: Actor) -> None:
    """Publish the record as the team has it, with those who spoke and agreed to be named.

    Raises NotFound, NotAllowed, Refused record.early, .empty.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        event, row, now = get_record(event_id), _row(event_id), clock.now()
        not_before = session_of(event).embargo_until
        if not_before is not None and when.day_of(now, event.tz) < not_before:
            raise Refused("record.early", N_("Nothing of the record may be public before %(day)s."), day=not_before)
        if not row.draft:
            raise Refused("record.empty", N_("Write something first."))
        row.published, row.published_at = row.draft, row.published_at or now
        for slot in list_slots(event_id, Slot.SPOKEN):
            _name(slot, is_named=slot.consents and not is_nameless(event))
        db.session.flush()
        records.raise_version()


def withdraw_record(event_id: int, *, by: Actor) -> None:
    """Take the record back: its page is gone. Raises NotFound, NotAllowed."""
    with transaction():
        lock_event(event_id)
        require(by, Permission.EVENT_PUBLISH)
        row = _row(event_id)
        row.published, row.published_at = {}, None
        db.session.execute(
            update(SpeakingSlot)
            .where(SpeakingSlot.event_id == event_id, SpeakingSlot.called_sealed.is_not(None))
            .values(shown_name="", shown_organisation="", shown_topic="")
        )
        db.session.flush()
        records.raise_version()


def _name(slot: SpeakingSlot, *, is_named: bool) -> None:
    if is_named and slot.called_sealed is not None:
        slot.shown_name = (slot.called or "")[:200]
        slot.shown_organisation, slot.shown_topic = (slot.organisation or "")[:200], (slot.topic or "")[:300]
    elif not is_named:
        slot.shown_name = slot.shown_organisation = slot.shown_topic = ""


def _row(event_id: int) -> HearingRecord:
    row = db.session.get(HearingRecord, event_id, populate_existing=True)
    if row is None:
        row = HearingRecord(event_id=event_id, draft={}, published={}, version=0)
        db.session.add(row)
        db.session.flush()
    return row
