"""Reads the outbox: what waits, what was sent, what could not be delivered, and when a worker was last there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Select, column, func, select, table

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.texts import Texts
from cag_events.outbox.models import Delivery, Fact, Heartbeat, Message

PAGE = 50
ALIVE_WITHIN = timedelta(minutes=10)
_EVENT = table("event", column("id"), column("key"), column("title", JSON()))  # the room of events stands above ours


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A message in a list; `event_title` is what the team calls the event that it is about."""

    row_id: str
    kind: str
    to: str
    subject: str
    state: Delivery
    attempts: int
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None
    fault: str
    event_key: str | None
    event_title: Texts


def list_messages(state: Delivery | None = None, *, page: int = 1) -> list[Listed]:
    """Return a page of messages, the newest first; of one state, or all."""
    query = _with_events().order_by(Message.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    if state is not None:
        query = query.where(Message.state == state)
    return [_listed(*row) for row in db.session.execute(query)]


def get_message(row_id: str) -> tuple[Listed, Message]:
    """Return a message by its random id. Raises NotFound."""
    row = db.session.execute(_with_events().where(Message.row_id == row_id)).first()
    if row is None:
        raise NotFound(row_id)
    return _listed(*row), row[0]


def count_by_state() -> dict[Delivery, int]:
    """Return how many messages wait, were sent, and are dead."""
    counted = dict.fromkeys(Delivery, 0)
    rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state))
    return counted | dict(rows.all())


def count_dead() -> int:
    """Return how many messages could not be delivered and wait for somebody to look at them."""
    waiting = (Message.state == Delivery.DEAD, Message.to_sealed.is_not(None))
    return db.session.scalar(select(func.count()).where(*waiting)) or 0


def list_given_up() -> Mapping[str, int]:
    """Return the facts that could not be followed up in three days, by name: the mails they ask for are not written."""
    rows = db.session.execute(
        select(Fact.name, func.count())
        .where(Fact.handled_at.is_not(None), Fact.fault != "")
        .group_by(Fact.name)
        .order_by(Fact.name)
    )
    return dict(rows.all())


def is_worker_alive() -> bool:
    """Tell whether a worker has looked at the outbox within ten minutes."""
    at = db.session.scalar(select(func.max(Heartbeat.at, type_=Heartbeat.__table__.c.at.type)))
    return at is not None and clock.now() - at <= ALIVE_WITHIN


def _with_events() -> Select[Any]:
    return select(Message, _EVENT.c.key, _EVENT.c.title).outerjoin(_EVENT, _EVENT.c.id == Message.event_id)


def _listed(message: Message, key: str | None, title: Texts | None) -> Listed:
    return Listed(
        row_id=message.row_id,
        kind=message.kind,
        to=message.to or "",
        subject=message.subject or "",
        state=message.state,
        attempts=message.attempts,
        created_at=message.created_at,
        due_at=message.due_at,
        sent_at=message.sent_at,
        fault=message.fault,
        event_key=key,
        event_title=dict(title or {}),
    )
