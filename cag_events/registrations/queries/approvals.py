"""Who waits for an organizer's answer, at first or once more."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select

from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.seats import LIVE, Status
from cag_events.registrations.models import Registration

_AGAIN: ColumnElement[bool] = and_(Registration.reopened_at.is_not(None), Registration.status.in_(LIVE))
_WAITS: ColumnElement[bool] = and_(Registration.status == Status.PENDING, Registration.name_sealed.is_not(None))


def list_to_decide(event_id: int) -> list[Registration]:
    """Return an event's parties that wait for an answer or are to be looked at again, as they came."""
    query = select(Registration).where(Registration.event_id == event_id, or_(_WAITS, _AGAIN))
    return list(db.session.scalars(query.order_by(Registration.joined_at, Registration.id)))


def count_to_decide(event_id: int) -> int:
    """Return how many parties wait for an answer or are to be looked at again."""
    query = select(func.count()).select_from(Registration).where(Registration.event_id == event_id, or_(_WAITS, _AGAIN))
    return db.session.scalar(query) or 0


def count_again(event_ids: Collection[int]) -> dict[int, int]:
    """Return by event how many approved parties are to be looked at again, in one statement."""
    query = select(Registration.event_id, func.count()).where(Registration.event_id.in_(event_ids), _AGAIN)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Registration.event_id))}


def segment_keys(registrations: Sequence[Registration]) -> dict[int, str]:
    """Return the keys of the segments that registrations belong to, by the registration's id."""
    keys = {row.id: row.key for row in db.session.execute(select(Segment.id, Segment.key))}
    return {one.id: keys[one.segment_id] for one in registrations if one.segment_id in keys}
