"""Acts on what calendars answer: a declined invitation frees the seat; what needs a human waits for one."""

from dataclasses import dataclass

from sqlalchemy import func, select

from cag_events import clock, keyring
from cag_events.db import db, transaction
from cag_events.domain.answering import DOUBTFUL, Follows, Situation, Verdict, judge
from cag_events.domain.calendar.answers import CalendarAnswer, Unreadable
from cag_events.domain.errors import Refused
from cag_events.domain.seats import LIVE
from cag_events.events.models import Event
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.codes import answer_key
from cag_events.registrations.models import CalendarSent, Registration
from cag_events.registrations.queries import get_registration
from cag_events.registrations.services import withdraw
from cag_events.registrations.services.own import ANSWER_RESTORE_WITHIN
from cag_events.registrations.services.seats import lock_registration
from cag_events.replies.models import CalendarReply, Outcome
from cag_events.replies.reading import Mail, read_mail

MOST_KEPT = 30  # answers of one registration; what comes beyond is noise
_OUTCOMES = {Follows.NOTE: Outcome.KEPT, Follows.FREE: Outcome.FREED, Follows.HUMAN: Outcome.HUMAN}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a mail: None where nothing follows from it, and why."""

    outcome: Outcome | None
    reason: str = ""


def receive(octets: bytes, *, recipient: str = "", authserv: str = "") -> Received:
    """Do what a mail to the events' mailbox asks for; the same mail again does nothing.

    `recipient`: the address that the mail server took it for. `authserv`: the id by which our own mail server signs
    its results; without one they are not asked for, and the address alone counts, which only the invited person's mail
    and calendar hold. Raises nothing for what is in the mail.
    """
    try:
        mail = read_mail(octets, recipient)
    except Unreadable as fault:
        return Received(None, str(fault))
    with transaction():
        told = _told(mail)
        if told is None:
            return Received(None, "unknown")
        event, registration = lock_registration(told.registration_id)
        db.session.refresh(told)
        key = _key(mail.answer, told)
        if _is_known(key) or _is_noise(registration):
            return Received(None, "known")
        verdict = judge(mail.answer, _situation(event, registration, told, mail, authserv.casefold()))
        return _follow(verdict, mail.answer, told, key)


def settle(event_id: int, code: str, *, by: Actor) -> None:
    """Note that somebody has seen to what a registration's calendar answered. Twice is once. Raises NotFound."""
    require(by, Permission.ATTENDEES_EDIT)
    with transaction():
        registration = get_registration(event_id, code)
        waiting = select(CalendarReply).where(
            CalendarReply.registration_id == registration.id, CalendarReply.outcome == Outcome.HUMAN
        )
        for reply in db.session.scalars(waiting):
            reply.outcome = Outcome.DONE


def _told(mail: Mail) -> CalendarSent | None:
    """Return what was sent to whom this answers: by the code in the address that it was sent to, and the UID."""
    for mailbox in mail.mailboxes:
        local = mailbox.rpartition("@")[0]
        code = local.rpartition("+")[2] if "+" in local else ""
        if code:
            found = db.session.scalar(
                select(CalendarSent).where(
                    CalendarSent.reply_key == answer_key(code), CalendarSent.uid == mail.answer.uid
                )
            )
            if found is not None:
                return found
    return None


def _situation(event: Event, registration: Registration, told: CalendarSent, mail: Mail, authserv: str) -> Situation:
    is_signed = bool(authserv) and authserv in mail.verified_by
    named = {keyring.blind_index(mail.answer.attendee)} if mail.answer.attendee else set()
    if mail.sender and is_signed:
        named.add(keyring.blind_index(mail.sender))
    return Situation(
        is_over=event.ends_at is not None and clock.now() >= event.ends_at,
        is_verified=is_signed or not authserv,
        is_owner=told.to_index in named and told.to_index == registration.email_index,
        counts=registration.status in LIVE,
        significant_sequence=told.significant_sequence,
        last_stamp=db.session.scalar(
            select(CalendarReply.dtstamp)
            .where(
                CalendarReply.registration_id == registration.id,
                CalendarReply.uid == told.uid,
                CalendarReply.reason.not_in(DOUBTFUL),  # whoever sent those does not decide which is the last
            )
            .order_by(CalendarReply.dtstamp.desc())
            .limit(1)
        ),
    )


def _follow(verdict: Verdict, answer: CalendarAnswer, told: CalendarSent, key: bytes) -> Received:
    outcome, reason = _OUTCOMES.get(verdict.follows), verdict.reason
    if outcome is None:
        return Received(None, reason)
    if outcome is Outcome.FREED:
        try:
            withdraw(told.registration_id, undo_within=ANSWER_RESTORE_WITHIN)
        except Refused as refused:
            outcome, reason = Outcome.HUMAN, refused.code[:20]
    db.session.add(
        CalendarReply(
            message_key=key,
            registration_id=told.registration_id,
            uid=told.uid,
            method=answer.method,
            sequence=answer.sequence,
            dtstamp=min(answer.stamp, clock.now()),  # a clock that is ahead does not silence later answers
            partstat=answer.partstat,
            outcome=outcome,
            reason=reason,
            received_at=clock.now(),
        )
    )
    db.session.flush()
    return Received(outcome, reason)


def _key(answer: CalendarAnswer, told: CalendarSent) -> bytes:
    """Return what makes an answer the same, however often and by whichever way its mail arrives."""
    said = (told.id, answer.method, answer.sequence, answer.stamp.isoformat(), answer.partstat, answer.attendee)
    return keyring.token_hash(repr(said), "calendar-reply")


def _is_known(key: bytes) -> bool:
    return db.session.scalar(select(CalendarReply.id).where(CalendarReply.message_key == key)) is not None


def _is_noise(registration: Registration) -> bool:
    count = select(func.count()).where(CalendarReply.registration_id == registration.id)
    return (db.session.scalar(count) or 0) >= MOST_KEPT
