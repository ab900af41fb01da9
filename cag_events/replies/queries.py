"""Answers of calendars, for the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select

from cag_events.db import db
from cag_events.registrations.models import Registration
from cag_events.replies.models import CalendarReply, Outcome

MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as the team sees it; nothing that its writer typed."""

    id: int
    code: str
    name: str
    partstat: str
    reason: str
    outcome: Outcome
    received_at: datetime


def list_answers(event_id: int) -> Sequence[Answer]:
    """Return an event's answers: first those that wait for somebody, then the newest."""
    waiting = case((CalendarReply.outcome == Outcome.HUMAN, 0), else_=1)
    rows = db.session.execute(
        select(CalendarReply, Registration)
        .join(Registration, Registration.id == CalendarReply.registration_id)
        .where(Registration.event_id == event_id)
        .order_by(waiting, CalendarReply.received_at.desc(), CalendarReply.id.desc())
        .limit(MOST)
    )
    return [
        Answer(
            id=reply.id,
            code=registration.code,
            name=registration.name or "",
            partstat=reply.partstat,
            reason=reply.reason,
            outcome=reply.outcome,
            received_at=reply.received_at,
        )
        for reply, registration in rows
    ]
