"""Takes attendance at a meeting, from two phones at once if need be, and deletes it in time.

Each answer is a cell of its own: a form sends the cells that were touched, so that nobody overwrites what another
phone has marked; of two answers in one cell the later tap stands, also when it arrives first.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain import when
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.retention import kept_until
from cag_events.domain.seats import Status
from cag_events.events.models import EventPass, Occurrence
from cag_events.events.queries import get_record, lock_event
from cag_events.events.services import Holder
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration, RegistrationOccurrence, WalkIn
from cag_events.studies.models import StudyAttendance, StudyMeeting
from cag_events.studies.queries import sheet_of

LATE_AT_MOST = timedelta(hours=12)  # a tap that waited longer for the network counts as made then
MOST_GUESTS = 999
AS_PLANNED = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What was answered at a meeting. `present`: by the registration's row id, those that were touched alone.

    `guests`: how many there were, None: as before. `minutes`: of study time, 0 if it fell through, AS_PLANNED, or None:
    as before. `age`: how long ago it was tapped.
    """

    present: Mapping[str, bool] = field(default_factory=dict)
    guests: int | None = None
    minutes: int | None = None
    age: timedelta = timedelta(0)


def take_attendance(event_id: int, occurrence_id: int, marks: Marks, *, by: Actor | Holder) -> None:
    """Store answers at a meeting, from its day on. Who is here counts as checked in there, and the reverse.

    `by`: an organizer, or the leader by a link. Raises NotAllowed, NotFound, Refused study.early, .guests, .minutes.
    """
    with transaction():
        lock_event(event_id)
        account_id, pass_id = _hand(event_id, by)
        occurrence = db.session.get(Occurrence, occurrence_id)
        if occurrence is None or occurrence.event_id != event_id:
            raise NotFound(occurrence_id)
        _require_begun(occurrence)
        _require_held(occurrence)
        now = clock.now()
        at = now - min(max(marks.age, timedelta(0)), LATE_AT_MOST)
        for registration in _touched(event_id, marks):
            cell = _cell(registration.id, occurrence_id)
            if cell.marked_at is None or cell.marked_at <= at:  # else somebody has answered since
                cell.present, cell.marked_at = marks.present[registration.row_id], at
                cell.account_id, cell.pass_id = account_id, pass_id
                _set_here(registration, occurrence_id, at if cell.present else None)
        note = db.session.get(StudyMeeting, occurrence_id)
        if note is None:
            note = StudyMeeting(occurrence_id=occurrence_id, event_id=event_id)
            db.session.add(note)
        note.taken_at = note.taken_at or now
        if marks.guests is not None:
            _set_guests(event_id, occurrence_id, marks.guests)
        if marks.minutes is not None:
            if not AS_PLANNED <= marks.minutes <= 1440:
                raise Refused("study.minutes", N_("A meeting has at most 1440 minutes."), field="minutes")
            note.minutes = None if marks.minutes == AS_PLANNED else marks.minutes
        db.session.flush()


def _hand(event_id: int, by: Actor | Holder) -> tuple[int | None, int | None]:
    """Who marks: the account or the link, which must still live."""
    if isinstance(by, Holder):
        ended = select(EventPass.ended_at).where(EventPass.id == by.pass_id, EventPass.event_id == event_id)
        found = db.session.execute(ended).first()
        if found is None or found[0] is not None:
            raise NotFound("pass")
        return None, by.pass_id
    require(by, Permission.ATTENDEES_EDIT)
    return by.account_id, None


def _require_begun(occurrence: Occurrence) -> None:
    first = datetime.fromisoformat(occurrence.starts_wall).date()
    if when.day_of(clock.now(), occurrence.tz) < first:
        raise Refused("study.early", N_("The meeting is on %(day)s. Take attendance from then on."), day=str(first))


def _require_held(occurrence: Occurrence) -> None:
    """Refuse a meeting that is called off; what was taken before it was stays, and can be corrected."""
    note = db.session.get(StudyMeeting, occurrence.id)
    if occurrence.cancelled_on is not None and (note is None or note.taken_at is None):
        raise Refused("study.cancelled", N_("This date is cancelled."))


def _touched(event_id: int, marks: Marks) -> list[Registration]:
    """The registrations that are marked, of those who have or had a seat. Raises NotFound for any other."""
    if not marks.present:
        return []
    rows = list(
        db.session.scalars(
            select(Registration)
            .where(Registration.event_id == event_id, Registration.row_id.in_(marks.present))
            .order_by(Registration.id)
        )
    )
    if len(rows) != len(marks.present) or any(
        row.status not in (Status.CONFIRMED, Status.WITHDRAWN) or row.is_removed for row in rows
    ):
        raise NotFound("registration")
    return rows


def _cell(registration_id: int, occurrence_id: int) -> StudyAttendance:
    cell = db.session.get(StudyAttendance, (registration_id, occurrence_id))
    if cell is None:
        cell = StudyAttendance(registration_id=registration_id, occurrence_id=occurrence_id)
        db.session.add(cell)
    return cell


def _set_here(registration: Registration, occurrence_id: int, at: datetime | None) -> None:
    """Check a party in at an occurrence, or out: the one place where it stands who was there."""
    query = select(RegistrationOccurrence).where(RegistrationOccurrence.registration_id == registration.id)
    rows = {row.occurrence_id: row for row in db.session.scalars(query)}
    if occurrence_id not in rows:
        rows[occurrence_id] = RegistrationOccurrence(registration_id=registration.id, occurrence_id=occurrence_id)
        db.session.add(rows[occurrence_id])
    row = rows[occurrence_id]
    row.checked_in_at = (row.checked_in_at or at) if at is not None else None
    row.arrived = None
    arrivals = [one.checked_in_at for one in rows.values() if one.checked_in_at is not None]
    registration.checked_in_at = min(arrivals, default=None)


def _set_guests(event_id: int, occurrence_id: int, guests: int) -> None:
    """Store how many guests there were: those of no segment, beside the ones that the desk has counted by segment."""
    if not 0 <= guests <= MOST_GUESTS:
        raise Refused("study.guests", N_("Enter a number from 0 to 999."), field="guests")
    rows = list(db.session.scalars(select(WalkIn).where(WalkIn.occurrence_id == occurrence_id)))
    own = next((row for row in rows if row.segment_id is None), None)
    others = sum(row.people for row in rows if row.segment_id is not None)
    if own is None:
        own = WalkIn(event_id=event_id, occurrence_id=occurrence_id, segment_id=None)
        db.session.add(own)
    own.people = max(guests - others, 0)


def erase(registration_id: int) -> None:
    """Delete the answers about one party, within a writing unit; that it was there stays as a count."""
    db.session.execute(delete(StudyAttendance).where(StudyAttendance.registration_id == registration_id))


def delete_due(record: EventRecord, today: date) -> Counter[str]:
    """Delete attendance when registrations go; participants and hours of each meeting are counted once, and stay."""
    kept = kept_until(record)
    if kept is None or today < kept.registration:
        return Counter()
    with transaction():
        lock_event(record.id)
        sheet = sheet_of(get_record(record.id), clock.now())
        for row in sheet.meetings:
            note = db.session.get(StudyMeeting, row.part.id)
            if note is not None and note.participants is None:
                note.participants, note.hours = row.participants, row.hours
        db.session.flush()
        ids = select(Registration.id).where(Registration.event_id == record.id)
        gone = count_rows_of(
            delete(StudyAttendance).where(StudyAttendance.registration_id.in_(ids)), synchronizes=False
        )
    return Counter({"study_attendance": gone}) if gone else Counter()
