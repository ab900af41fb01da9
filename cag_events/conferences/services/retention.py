"""Deletes what the room keeps of people: wishes for letters with the sensitive answers, the rest with the person.

How many people an item had stays as a number, as it does for the event.
"""

from collections import Counter
from datetime import date

from sqlalchemy import delete, select, update

from cag_events import clock
from cag_events.conferences.models import ConferenceItem, ItemSeat, ItemSignUp, LetterWish, OwnFeed, SignUpStatus
from cag_events.db import count_rows_of, db
from cag_events.domain.event import EventRecord
from cag_events.domain.retention import kept_until


def delete_due(record: EventRecord, today: date) -> Counter[str]:
    """Delete who asked for a letter once its day has come, within a writing unit; returns how many."""
    done: Counter[str] = Counter()
    kept = kept_until(record)
    if kept is not None and today >= kept.sensitive:
        wishes = delete(LetterWish).where(LetterWish.event_id == record.id)
        done["letter_wish"] = count_rows_of(wishes, synchronizes=False)
    return +done


def erase(registration_id: int) -> None:
    """Delete all that the room keeps of one party, within a writing unit; its feed's address answers 410."""
    had = select(ItemSignUp.event_id, ItemSignUp.item_key, ItemSignUp.people).where(
        ItemSignUp.registration_id == registration_id, ItemSignUp.status == SignUpStatus.CONFIRMED
    )
    for event_id, key, people in db.session.execute(had).all():
        db.session.execute(
            update(ConferenceItem)
            .where(ConferenceItem.event_id == event_id, ConferenceItem.key == key)
            .values(forgotten=ConferenceItem.forgotten + people)
        )
    for table in (ItemSeat, ItemSignUp, LetterWish):
        db.session.execute(delete(table).where(table.registration_id == registration_id))
    db.session.execute(
        update(OwnFeed)
        .where(OwnFeed.registration_id == registration_id, OwnFeed.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
