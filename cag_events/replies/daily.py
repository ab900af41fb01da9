"""What the room does beside its pages: reads the mailbox, reminds organizers, forgets people."""

import logging
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from flask import current_app, url_for  # noqa: TID251 (the mailbox's turns belong to the application)
from flask_babel import ngettext
from sqlalchemy import delete, func, select

from cag_events.db import db, transaction
from cag_events.domain.event import EventRecord
from cag_events.events.extensions import Todo
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.models import FORGOTTEN, CalendarSent, Registration
from cag_events.replies.mailbox import Mailbox, MailboxClosed, Turns, read_new
from cag_events.replies.models import CalendarReply, Outcome
from cag_events.web import log
from cag_events.web.settings import settings

_TURNS: Final = "cag_replies_turns"


def timed(now: datetime) -> int:
    """Read the mailbox, if there is one and it is its turn; return how many mails."""
    turns: Turns = current_app.extensions.setdefault(_TURNS, Turns())
    if not settings().imap_url or not turns.is_due(now):
        return 0
    try:
        done = read_new(Mailbox(settings().imap_url), authserv=settings().mail_authserv)
    except MailboxClosed as fault:
        log.fault(fault, logging.WARNING)
        turns.failed(now)
        return 0
    turns.worked()
    return done


def todos(records: Sequence[EventRecord], actor: Actor, _now: datetime) -> Iterator[Todo]:
    """Say where a calendar has answered what only a human can."""
    if not may(actor, Permission.ATTENDEES_EDIT):
        return
    counted = db.session.execute(
        select(Registration.event_id, func.count())
        .join(CalendarReply, CalendarReply.registration_id == Registration.id)
        .where(Registration.event_id.in_([record.id for record in records]), CalendarReply.outcome == Outcome.HUMAN)
        .group_by(Registration.event_id)
    )
    waiting = {row[0]: row[1] for row in counted}
    for record in records:
        if number := waiting.get(record.id):
            yield Todo(
                event_id=record.id,
                text=ngettext(
                    "%(num)s answer from a calendar needs a look", "%(num)s answers from calendars need a look", number
                ),
                url=url_for("replies.answers", key=record.key),
            )


def erase(registration_id: int) -> None:
    """Forget what somebody's calendar has said and was told; of that only a number stays, which names nobody.

    The number stays so that nobody who registers anew, with whatever address, is sent a lower one than before.
    """
    with transaction():
        db.session.execute(delete(CalendarReply).where(CalendarReply.registration_id == registration_id))
        for told in db.session.scalars(select(CalendarSent).where(CalendarSent.registration_id == registration_id)):
            told.to_index, told.reply_key = secrets.token_bytes(32), secrets.token_bytes(32)
            told.method = FORGOTTEN
        db.session.flush()
