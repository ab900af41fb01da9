"""Deletes what people told when they registered, once its day has come; what stays of a registration is a count."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from sqlalchemy import ColumnElement, Executable, delete, or_, select, update

from cag_events import clock
from cag_events.audit.services import Thing, forget
from cag_events.db import count_rows_of, db, new_row_id, transaction
from cag_events.domain import when
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.questions import Question, is_sensitive
from cag_events.domain.retention import SENSITIVE, VISITOR_LIST, KeptUntil, kept_until
from cag_events.domain.seats import WAITING
from cag_events.events.extensions import every_extension
from cag_events.events.keys import destroy_data_key
from cag_events.events.models import Event, EventCarer, EventDataKey
from cag_events.events.queries import get_record, lock_event
from cag_events.registrations.codes import new_reference
from cag_events.registrations.models import (
    Delegate,
    FormAgain,
    Invitation,
    InvitationSending,
    Invitee,
    PartyMember,
    PoolAddress,
    PoolCode,
    PoolCodeUse,
    QueueMove,
    Registration,
    RegistrationChange,
    RegistrationLink,
    Seat,
)
from cag_events.registrations.services.proof import forget_addresses

PERSONAL: ColumnElement[bool] = or_(
    Registration.name_sealed.is_not(None),
    Registration.email_sealed.is_not(None),
    Registration.email_index.is_not(None),
    Registration.answers_sealed.is_not(None),
    Registration.organizer_note_sealed.is_not(None),
    Registration.alias_code.is_not(None),
    Registration.form_key.is_not(None),
)


def list_over() -> list[int]:
    """Return the ids of events that are over and of which something personal is kept still, the oldest first."""
    held = or_(
        select(Registration.id).where(Registration.event_id == Event.id, PERSONAL).exists(),
        select(Invitation.id).where(Invitation.event_id == Event.id).exists(),
        select(PoolAddress.event_id).where(PoolAddress.event_id == Event.id).exists(),
        select(PoolCode.id).where(PoolCode.event_id == Event.id).exists(),
        select(EventCarer.event_id).where(EventCarer.event_id == Event.id).exists(),
        select(EventDataKey.event_id).where(EventDataKey.event_id == Event.id).exists(),
    )
    query = select(Event.id).where(Event.ends_at <= clock.now(), held).order_by(Event.ends_at, Event.id)
    return list(db.session.scalars(query))


def delete_due(event_id: int) -> Counter[str]:
    """Delete what is due of an event that is over, in one writing unit; returns how many rows of each table."""
    done: Counter[str] = Counter()
    with transaction():
        lock_event(event_id)
        record = get_record(event_id)
        kept = kept_until(record)
        if kept is None or record.ends_at is None or clock.now() < record.ends_at:
            return done  # it was given another date in between
        today = when.day_of(clock.now(), record.tz)
        rows = list(db.session.scalars(select(Registration).where(Registration.event_id == event_id, PERSONAL)))
        gone = [row for row in rows if today >= (kept.queue if row.status in WAITING else kept.registration)]
        staying = [row for row in rows if row not in gone]
        for row in gone:
            for one in every_extension():
                if one.erase is not None:
                    one.erase(row.id)
            empty(row)
        done["registration"] = len(gone)
        done["registration (some answers)"] = _delete_answers(record, staying, kept, today)
        done["party_member (some answers)"] = _delete_of_members(record, kept, today)
        db.session.flush()
        done += _delete_beside(event_id, everything=today >= kept.registration)
        if today >= kept.queue:
            done += forget_addresses(event_id)
        if gone and record.status is EventStatus.POSTPONED:  # else nobody would hold seats at the new date
            done["seat"] = _deleted(delete(Seat).where(Seat.registration_id.in_([row.id for row in gone])))
        if not staying and today >= kept.queue and not is_held_by_rooms(event_id):
            done["invitee"] = _deleted(delete(Invitee).where(Invitee.event_id == event_id))
            done["event_data_key"] = destroy_data_key(event_id)
    return +done


def is_held_by_rooms(event_id: int) -> bool:
    """Tell whether a room that serves the event's kind keeps something sealed of it still."""
    return any(event_id in one.holding() for one in every_extension())


def empty(row: Registration) -> None:
    """Leave status, party, way, segment, language, first time and arrival; its names for people and links are new."""
    forget(Thing("registration", row.code))
    row.row_id, row.code = new_row_id(), new_reference()
    row.name = row.email = row.answers = row.organizer_note = None
    row.reopened_at = None
    row.email_index = row.alias_code = row.form_key = None
    row.consent_photo = row.consent_contact = False
    row.consent_text, row.consented_at = "", None


def _delete_answers(record: EventRecord, rows: Iterable[Registration], kept: KeptUntil, today: date) -> int:
    """Delete the answers that go before the rest, the event's own sensitive ones too; returns of how many."""
    questions = record.registration.questions
    changed = 0
    for row in rows if today >= min(kept.sensitive, kept.visitor_list) else ():
        answers = msgspec.json.decode(row.answers) if row.answers else {}
        left = {name: value for name, value in answers.items() if today < _last_day(name, questions, kept)}
        if left != answers:
            row.answers = msgspec.json.encode(left).decode() if left else None
            changed += 1
    return changed


def _last_day(name: str, questions: Sequence[Question], kept: KeptUntil) -> date:
    """The day on which an answer is deleted."""
    if name in VISITOR_LIST:
        return kept.visitor_list
    return kept.sensitive if name in SENSITIVE or is_sensitive(name, questions) else kept.registration


def _delete_of_members(record: EventRecord, kept: KeptUntil, today: date) -> int:
    """Delete what of a party's members goes before the rest: needs, and names that were for the visitor list."""
    of_event = PartyMember.event_id == record.id
    if "id_name" in record.registration.ask and today >= kept.visitor_list:
        return _deleted(delete(PartyMember).where(of_event))
    if today < kept.sensitive:
        return 0
    told = of_event & PartyMember.needs_sealed.is_not(None)
    return _deleted(update(PartyMember).where(told).values(needs_sealed=None))


def _delete_beside(event_id: int, *, everything: bool) -> Counter[str]:
    """Delete links, answered invitations and what was noted of emptied registrations; `everything`: all invitations."""
    emptied = select(Registration.id).where(Registration.event_id == event_id, ~PERSONAL)
    invitations = delete(Invitation).where(Invitation.event_id == event_id)
    if not everything:
        invitations = invitations.where(Invitation.registration_id.in_(emptied))
    db.session.execute(
        update(RegistrationChange).where(RegistrationChange.registration_id.in_(emptied)).values(facts={}),
        execution_options={"synchronize_session": False},
    )
    return Counter(
        {
            "registration_link": _deleted(
                delete(RegistrationLink).where(RegistrationLink.registration_id.in_(emptied))
            ),
            "pool_code_use": _deleted(delete(PoolCodeUse).where(PoolCodeUse.registration_id.in_(emptied))),
            "queue_move": _deleted(delete(QueueMove).where(QueueMove.registration_id.in_(emptied))),
            "form_again": _deleted(delete(FormAgain).where(FormAgain.registration_id.in_(emptied))),
            "party_member": _deleted(delete(PartyMember).where(PartyMember.registration_id.in_(emptied))),
            "registration_delegate": _deleted(delete(Delegate).where(Delegate.registration_id.in_(emptied))),
            "invitation_sending": _deleted(delete(InvitationSending).where(InvitationSending.event_id == event_id))
            if everything
            else 0,
            "event_carer": _deleted(delete(EventCarer).where(EventCarer.event_id == event_id)) if everything else 0,
            "invitation": _deleted(invitations),
        }
    )


def _deleted(statement: Executable) -> int:
    return count_rows_of(statement, synchronizes=False)
