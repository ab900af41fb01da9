"""Messages to one person each: queued with what causes them, unique by key, sealed, at most so many a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select

from cag_events import clock, keyring
from cag_events.db import db
from cag_events.outbox.models import Message

DAILY_BUDGET = 8  # mails to one address that anybody can cause; what is over waits until the day has passed
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Extra:
    """What few mails have. Kept sealed with the message.

    `mailbox`: the address in From, where answers to this one mail come to an address of their own. `code`: what a code
    to be scanned says; the HTML shows it as the picture of the content id mime.CODE_ID. `unsubscribe`: of news alone,
    the address at which their reader ends them with one click (RFC 8058).
    """

    mailbox: str = ""
    code: str = ""
    unsubscribe: str = ""


NO_EXTRA = Extra()


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A mail before it is queued. `calendar` is an iCalendar text with `method` REQUEST or CANCEL.

    `may_wait` is what strangers can cause by typing an address: it stays within the daily budget. What the organizer
    has to say (a seat, a new time, a cancelled event) and the mails of accounts, which have limits of their own, do not
    wait.
    """

    key: str
    kind: str
    to: str
    language: str
    subject: str
    text: str
    html: str
    sender: str = ""  # the name in From; empty: the organisation's
    event_id: int | None = None
    may_wait: bool = True
    calendar: str | None = None
    method: str = ""
    extra: Extra = NO_EXTRA


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
    message = Message(
        key=new.key,
        kind=new.kind,
        event_id=new.event_id,
        language=new.language,
        sender=new.sender,
        to=new.to,
        to_index=index,
        subject=new.subject,
        text=new.text,
        html=new.html,
        calendar=new.calendar,
        calendar_method=new.method,
        extra=msgspec.json.encode(new.extra).decode() if new.extra != NO_EXTRA else None,
        created_at=now,
        wanted_at=_free_moment(index, now) if new.may_wait else now,
    )
    message.due_at = message.wanted_at
    db.session.add(message)
    db.session.flush()
    return message


def extra_of(message: Message) -> Extra:
    """Return what a message has that few have."""
    return msgspec.json.decode(message.extra, type=Extra) if message.extra else NO_EXTRA


def _free_moment(index: bytes, now: datetime) -> datetime:
    """The first moment at which an address has had fewer mails than its budget within a day."""
    recent = list(
        db.session.scalars(
            select(Message.wanted_at)
            .where(Message.to_index == index, Message.wanted_at > now - DAY)
            .order_by(Message.wanted_at.desc())
            .limit(DAILY_BUDGET)
        )
    )
    return max(now, recent[-1] + DAY) if len(recent) == DAILY_BUDGET else now
