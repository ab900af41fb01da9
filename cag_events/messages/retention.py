"""Deletes what organizers wrote to those who come, once its day has come; that something was sent stays as a number."""

from collections import Counter
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, String, cast, or_, select, update

from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.event import EventRecord
from cag_events.domain.noticing import State
from cag_events.domain.retention import kept_until
from cag_events.messages.models import Notice

TEXTS: Final = (Notice.subject, Notice.body, Notice.note)


def holding() -> frozenset[int]:
    """Return the events of which words of organizers are kept, sent or not: they may name somebody."""
    return frozenset(db.session.scalars(select(Notice.event_id).where(_has_words()).distinct()))


def delete_due(record: EventRecord, today: date) -> Counter[str]:
    """Delete subjects, texts and reasons with the event's registrations; returns of how many notices."""
    kept = kept_until(record)
    if kept is None or today < kept.registration:
        return Counter()
    with transaction():
        emptied = update(Notice).where(Notice.event_id == record.id, _has_words())
        emptied = emptied.values(**{text.key: {} for text in TEXTS}, reason="")
        return +Counter({"notice": count_rows_of(emptied, synchronizes=False)})


def _has_words() -> ColumnElement[bool]:
    """The condition on settled notices in which something is written still; JSON is compared as text in both bases."""
    return (Notice.state != State.HELD) & or_(Notice.reason != "", *(cast(text, String) != "{}" for text in TEXTS))
