"""Messages to one person each: queued with what causes them, unique by key, sealed, at most so many a day."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from cag_events import clock, keyring
from cag_events.db import db
from cag_events.outbox.models import Message

DAILY_BUDGET = 8  # mails to one address; what is over waits until the day has passed


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A mail before it is queued. `calendar` is an iCalendar text with `method` REQUEST or CANCEL."""

    key: str
    kind: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    event_id: int | None = None
    calendar: str | None = None
    method: str = ""


def is_queued(key: str) -> bool:
    """Tell whether a message with this key was queued before."""
    return db.session.scalar(select(Message.id).where(Message.key == key)) is not None


def queue(new: NewMessage) -> Message | None:
    """Queue a message within the writing unit; None where one with its key was queued before.

    Beyond the daily budget of its address it waits until there is room, so that nobody is flooded and nothing is lost.
    """
    if is_queued(new.key):
        return None
    now = clock.now()
    index = keyring.blind_index(new.to)
    recent = list(
        db.session.scalars(
            select(Message.due_at)
            .where(Message.to_index == index, Message.due_at > now - timedelta(days=1))
            .order_by(Message.due_at.desc())
            .limit(DAILY_BUDGET)
        )
    )
    due_at = max(now, recent[-1] + timedelta(days=1)) if len(recent) == DAILY_BUDGET else now
    message = Message(
        key=new.key,
        kind=new.kind,
        event_id=new.event_id,
        language=new.language,
        to=new.to,
        to_index=index,
        subject=new.subject,
        text=new.text,
        html=new.html,
        calendar=new.calendar,
        calendar_method=new.method,
        created_at=now,
        due_at=due_at,
    )
    db.session.add(message)
    db.session.flush()
    return message


def count_by_state() -> dict[str, int]:
    """Return how many messages are waiting, sent and dead."""
    rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {state.value: number for state, number in rows}
