"""Deletes what the talks room keeps of people, once its day has come, or with their registration."""

from collections import Counter
from datetime import date, timedelta

from sqlalchemy import delete, select, union, update

from cag_events.db import count_rows_of, db, transaction
from cag_events.domain import when
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status
from cag_events.domain.retention import POSTPONED_DAYS
from cag_events.door.models import HeadCount, HeadStep
from cag_events.talks.models import AudienceQuestion, JoinClick
from cag_events.talks.queries import QUESTION_DAYS


def holding() -> frozenset[int]:
    """Return the events of which questions, presses of somebody's phone, or who counted heads are kept."""
    counted = select(HeadCount.event_id).where(HeadCount.counted_by != "")
    return frozenset(db.session.scalars(union(select(AudienceQuestion.event_id), select(HeadStep.event_id), counted)))


def delete_due(record: EventRecord, today: date) -> Counter[str]:
    """Delete the questions of an event a week after its last day, which presses were counted, and by whom."""
    if record.ends_at is None:
        return Counter()
    days = POSTPONED_DAYS if record.status is Status.POSTPONED else QUESTION_DAYS
    if today < when.day_of(record.ends_at, record.tz) + timedelta(days=days):
        return Counter()
    with transaction():
        counted = update(HeadCount).where(HeadCount.event_id == record.id, HeadCount.counted_by != "")
        count_rows_of(counted.values(counted_by=""), synchronizes=False)
        return +Counter(
            {
                "audience_question": count_rows_of(
                    delete(AudienceQuestion).where(AudienceQuestion.event_id == record.id), synchronizes=False
                ),
                "head_step": count_rows_of(delete(HeadStep).where(HeadStep.event_id == record.id), synchronizes=False),
            }
        )


def erase(registration_id: int) -> None:
    """Delete the questions and clicks of one party, within the unit that erases it."""
    for model in (AudienceQuestion, JoinClick):
        count_rows_of(delete(model).where(model.registration_id == registration_id), synchronizes=False)
