"""What the worker does: follows up facts, then delivers messages, at least once. One bad one never stops the rest."""

import logging
import smtplib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import ColumnElement, and_, or_, select, update

from cag_events import clock
from cag_events.db import db, end_reading, transaction
from cag_events.outbox.facts import is_slow, later_to
from cag_events.outbox.messages import extra_of
from cag_events.outbox.mime import Sender, build
from cag_events.outbox.models import Delivery, Fact, Heartbeat, Message
from cag_events.outbox.transports import Sending, Transport, Undeliverable, WayClosed
from cag_events.web import log

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
GIVE_UP_AFTER = timedelta(days=3)
CLAIM = timedelta(minutes=3)  # then somebody else may take a message whose worker has died
LONGEST_ROUND = timedelta(minutes=1)  # no message is begun later than this after it was claimed
BATCH = 50
MOST_BREAKS = 3  # of the connection, one after the other, before the rest waits too
NO_WAY = "no connection to the mail server"


def _never() -> bool:
    return False


def work_once(transport: Transport, sender: Sender, is_stopping: Callable[[], bool] = _never) -> int:
    """Follow up due facts and deliver due messages; return how many of both were looked at.

    `is_stopping` is asked between two of them: what is left is released for the next worker.
    """
    done = follow_up(is_stopping) + deliver_due(transport, sender, is_stopping)
    _beat()
    end_reading()
    return done


def follow_up(is_stopping: Callable[[], bool] = _never) -> int:
    """Let what reacts later react to each due fact, one writing unit a fact; a fault postpones that fact alone."""
    end_reading()
    due = select(Fact.id).where(Fact.handled_at.is_(None), Fact.due_at <= clock.now()).order_by(Fact.id).limit(BATCH)
    ids = list(db.session.scalars(due))
    for fact_id in ids:
        if is_stopping():
            break
        try:
            _react(fact_id)
        except Exception as fault:  # the edge: whatever is wrong with one fact is no reason to leave the others
            _postpone_fact(fact_id, fault)
    return len(ids)


def _react(fact_id: int) -> None:
    _do_slow(fact_id)
    with transaction():
        fact = db.session.scalar(
            select(Fact)
            .where(Fact.id == fact_id, Fact.handled_at.is_(None))
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if fact is None:
            return
        for reaction in later_to(fact.name):
            if not is_slow(reaction):
                reaction(**fact.facts)
        fact.handled_at, fact.fault = clock.now(), ""


def _do_slow(fact_id: int) -> None:
    """Do what would hold others up for seconds before the unit that marks the fact begins."""
    fact = db.session.get(Fact, fact_id)
    if fact is None or not any(map(is_slow, later_to(fact.name))):
        return
    name, told = fact.name, dict(fact.facts)
    end_reading()
    for reaction in later_to(name):
        if is_slow(reaction):
            reaction(**told)


def _postpone_fact(fact_id: int, fault: Exception) -> None:
    """Try again later, longer each time; given up after three days, and kept with its fault for the organizer."""
    log.fault(fault)
    now = clock.now()
    with transaction():
        fact = db.session.get(Fact, fact_id, populate_existing=True)
        if fact is None or fact.handled_at is not None:
            return
        fact.attempts += 1
        fact.fault = type(fault).__name__
        fact.due_at = now + _wait(fact.attempts)
        if now - fact.noted_at >= GIVE_UP_AFTER:
            fact.handled_at = now


def deliver_due(transport: Transport, sender: Sender, is_stopping: Callable[[], bool] = _never) -> int:
    """Claim due messages, send each, mark each; return how many were claimed."""
    ids = _claim()
    if not ids:
        return 0
    left, breaks, until = list(ids), 0, clock.now() + LONGEST_ROUND
    while left and not is_stopping() and clock.now() < until:
        try:
            with transport.open() as sending:
                while left and not is_stopping() and clock.now() < until:
                    _deliver(left[0], sending, sender)
                    left.pop(0)
                    breaks = 0
        except WayClosed as fault:  # at this message: it waits, the others get a new connection
            log.fault(fault, logging.WARNING)
            _failed([left.pop(0)], str(fault))
            breaks += 1
            if breaks == MOST_BREAKS:
                _release(left, later=BACK_OFF[0])
                left = []
        except (OSError, smtplib.SMTPException) as fault:
            log.fault(fault, logging.WARNING)
            _failed(left, NO_WAY)
            left = []
    _release(left)
    return len(ids)


def _deliver(message_id: int, sending: Sending, sender: Sender) -> None:
    """Send one message and mark it. Raises WayClosed where it and all others have to wait."""
    try:
        mail = _mail(db.session.get_one(Message, message_id, populate_existing=True), sender)
        end_reading()
        sending.send(mail)
    except WayClosed:
        raise
    except Undeliverable as fault:
        _failed([message_id], str(fault), for_ever=fault.for_ever)
    except Exception as fault:  # the edge: a message that cannot be built is no reason to leave the others
        log.fault(fault)
        _failed([message_id], type(fault).__name__)
    else:
        _mark_sent(message_id)


def _due(now: datetime) -> ColumnElement[bool]:
    is_free = or_(Message.claimed_until.is_(None), Message.claimed_until < now)
    return and_(Message.state == Delivery.WAITING, Message.due_at <= now, is_free)


def _claim() -> list[int]:
    """Take messages that are due, untried ones first; two workers never take the same one.

    Looks before it writes, since mostly there is none.
    """
    end_reading()
    now = clock.now()
    wanted = select(Message.id).where(_due(now)).order_by(Message.attempts, Message.due_at, Message.id).limit(BATCH)
    if db.session.scalar(wanted.limit(1)) is None:
        return []
    with transaction():
        ids = list(db.session.scalars(wanted.with_for_update(skip_locked=True)))
        if ids:
            db.session.execute(update(Message).where(Message.id.in_(ids)).values(claimed_until=now + CLAIM))
    return ids


def _mail(message: Message, sender: Sender) -> EmailMessage:
    return build(
        sender=replace(sender, name=message.sender or sender.name),
        to=message.to or "",
        key=message.key,
        subject=message.subject or "",
        text=message.text or "",
        html=message.html or "",
        language=message.language,
        sent_at=clock.now(),
        calendar=message.calendar,
        method=message.calendar_method,
        extra=extra_of(message),
    )


def _mark_sent(message_id: int) -> None:
    now = clock.now()
    sent = {"state": Delivery.SENT, "sent_at": now, "claimed_until": None, "fault": ""}
    with transaction():
        db.session.execute(update(Message).where(Message.id == message_id).values(**sent))


def _failed(ids: Sequence[int], reason: str, *, for_ever: bool = False) -> None:
    """Try again later, longer each time; a dead letter after three days or where trying again is no use."""
    now = clock.now()
    with transaction():
        for message in db.session.scalars(select(Message).where(Message.id.in_(ids))):
            message.attempts += 1
            message.fault = reason[:200]
            message.claimed_until = None
            message.due_at = now + _wait(message.attempts)
            if for_ever or now - message.wanted_at >= GIVE_UP_AFTER:
                message.state = Delivery.DEAD


def _release(ids: Sequence[int], later: timedelta | None = None) -> None:
    """Give back what was claimed and not begun, to be taken at once or later."""
    if ids:
        due = {"due_at": clock.now() + later} if later else {}
        with transaction():
            db.session.execute(update(Message).where(Message.id.in_(ids)).values(claimed_until=None, **due))


def _wait(attempts: int) -> timedelta:
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


def _beat() -> None:
    """Leave a sign of life, once a minute."""
    now = clock.now()
    last = db.session.scalar(select(Heartbeat.at).where(Heartbeat.id == 1))
    if last is None or now - last >= timedelta(minutes=1):
        with transaction():
            db.session.merge(Heartbeat(id=1, at=now))


def has_due() -> bool:
    """Tell whether a fact or a message is due, in one indexed statement."""
    now = clock.now()
    fact = select(Fact.id).where(Fact.handled_at.is_(None), Fact.due_at <= now).exists()
    message = select(Message.id).where(_due(now)).exists()
    return bool(db.session.scalar(select(or_(fact, message))))
