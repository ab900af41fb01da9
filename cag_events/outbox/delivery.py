"""What the worker does: follows up facts, then delivers messages; at least once, and one bad one never stops the rest."""

import logging
import smtplib
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage

from flask import current_app  # noqa: TID251 (the reactions belong to the application)
from sqlalchemy import or_, select, update

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.outbox.facts import Reaction
from cag_events.outbox.mime import Sender, build
from cag_events.outbox.models import Delivery, Fact, Heartbeat, Message
from cag_events.outbox.transports import Transport, Undeliverable

log = logging.getLogger(__name__)

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
GIVE_UP_AFTER = timedelta(days=3)
CLAIM = timedelta(minutes=5)
BATCH = 50


def work_once(transport: Transport, sender: Sender) -> int:
    """Follow up due facts and deliver due messages; return how many of both were looked at."""
    done = follow_up() + deliver_due(transport, sender)
    _beat()
    return done


def follow_up() -> int:
    """Let what reacts later react to each due fact, one writing unit a fact; a fault postpones that fact alone."""
    now = clock.now()
    due = select(Fact.id).where(Fact.handled_at.is_(None), Fact.due_at <= now).order_by(Fact.id).limit(BATCH)
    ids = list(db.session.scalars(due))
    later: Mapping[str, tuple[Reaction, ...]] = current_app.extensions["cag_reactions_later"]
    for fact_id in ids:
        try:
            with transaction():
                fact = db.session.scalar(
                    select(Fact).where(Fact.id == fact_id, Fact.handled_at.is_(None)).with_for_update(skip_locked=True)
                )
                if fact is None:
                    continue
                for reaction in later.get(fact.name, ()):
                    reaction(**fact.facts)
                fact.handled_at = now
        except Exception as fault:
            _postpone_fact(fact_id, fault, now)
    return len(ids)


def _postpone_fact(fact_id: int, fault: Exception, now: datetime) -> None:
    log.error("fact %s was not followed up: %s", fact_id, type(fault).__name__, exc_info=fault)
    with transaction():
        fact = db.session.get_one(Fact, fact_id)
        fact.attempts += 1
        fact.fault = type(fault).__name__
        fact.due_at = now + _wait(fact.attempts)


def deliver_due(transport: Transport, sender: Sender) -> int:
    """Claim due messages, send each, mark each; return how many were tried."""
    ids = _claim()
    if not ids:
        return 0
    try:
        with transport.open() as sending:
            for number, message_id in enumerate(ids):
                message = db.session.get_one(Message, message_id, populate_existing=True)
                try:
                    sending.send(_mail(message, sender))
                except Undeliverable as fault:
                    _failed(message_id, str(fault), for_ever=fault.for_ever)
                except OSError:
                    _release(ids[number:], "no connection to the mail server")
                    break
                except Exception as fault:
                    log.error("message %s cannot be built: %s", message_id, type(fault).__name__, exc_info=fault)
                    _failed(message_id, type(fault).__name__)
                else:
                    _sent(message_id)
    except (OSError, smtplib.SMTPException) as fault:
        log.warning("no way out for mails: %s", type(fault).__name__)
        _release(ids, "no connection to the mail server")
    return len(ids)


def _claim() -> list[int]:
    now = clock.now()
    with transaction():
        due = (
            select(Message.id)
            .where(
                Message.state == Delivery.WAITING,
                Message.due_at <= now,
                or_(Message.claimed_until.is_(None), Message.claimed_until < now),
            )
            .order_by(Message.due_at, Message.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        ids = list(db.session.scalars(due))
        if ids:
            db.session.execute(update(Message).where(Message.id.in_(ids)).values(claimed_until=now + CLAIM))
    return ids


def _mail(message: Message, sender: Sender) -> EmailMessage:
    return build(
        sender=sender,
        to=message.to or "",
        key=message.key,
        subject=message.subject or "",
        text=message.text or "",
        html=message.html or "",
        language=message.language,
        sent_at=clock.now(),
        calendar=message.calendar,
        method=message.calendar_method,
    )


def _sent(message_id: int) -> None:
    with transaction():
        message = db.session.get_one(Message, message_id)
        message.state, message.sent_at, message.claimed_until, message.fault = Delivery.SENT, clock.now(), None, ""


def _failed(message_id: int, reason: str, *, for_ever: bool = False) -> None:
    """Try again later, longer each time; a dead letter after three days or where trying again is no use."""
    now = clock.now()
    with transaction():
        message = db.session.get_one(Message, message_id)
        message.attempts += 1
        message.fault = reason[:200]
        message.claimed_until = None
        message.due_at = now + _wait(message.attempts)
        if for_ever or now - message.created_at >= GIVE_UP_AFTER:
            message.state = Delivery.DEAD


def _release(ids: list[int], reason: str) -> None:
    """Nothing is wrong with these messages; the way out is closed."""
    for message_id in ids:
        if db.session.get_one(Message, message_id).state is Delivery.WAITING:
            _failed(message_id, reason)


def _wait(attempts: int) -> timedelta:
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


def _beat() -> None:
    now = clock.now()
    row = db.session.get(Heartbeat, 1, populate_existing=True)
    if row is not None and now - row.at < timedelta(minutes=1):
        return
    with transaction():
        db.session.merge(Heartbeat(id=1, at=now))
