"""Deletes what people said for a game with their registrations, and old notes; copies a game's briefs."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import Executable, delete, exists, or_, select

from cag_events import clock
from cag_events.db import count_rows_of, db, transaction
from cag_events.domain.event import EventRecord
from cag_events.domain.retention import kept_until
from cag_events.registrations.models import Registration
from cag_events.roleplays.models import (
    AllocationRun,
    Brief,
    ByHand,
    Debriefing,
    KeptApart,
    Look,
    Player,
    RoleSeat,
    RunSeat,
    SchoolGroup,
)

LOOKS_DAYS = 365


def delete_due(record: EventRecord, today: date) -> Counter[str]:
    """Delete what is due of an event, in a writing unit of its own: people's part with the registrations."""
    with transaction():
        counts = Counter[str]()
        kept = kept_until(record)
        if kept is not None and record.ends_at is not None and clock.now() >= record.ends_at:
            if today >= kept.registration:
                counts += _of_people(record.id)
            else:
                emptied = select(Registration.id).where(
                    Registration.event_id == record.id, Registration.name_sealed.is_(None)
                )
                counts["role_player"] = _gone(delete(Player).where(Player.registration_id.in_(emptied)))
    return +counts


def _of_people(event_id: int) -> Counter[str]:
    runs = select(AllocationRun.id).where(AllocationRun.event_id == event_id)
    return Counter(
        allocation_seat=_gone(delete(RunSeat).where(RunSeat.run_id.in_(runs))),
        role_seat=_gone(delete(RoleSeat).where(RoleSeat.event_id == event_id)),
        role_by_hand=_gone(delete(ByHand).where(ByHand.event_id == event_id)),
        role_apart=_gone(delete(KeptApart).where(KeptApart.event_id == event_id)),
        role_player=_gone(delete(Player).where(Player.event_id == event_id)),
        school_group=_gone(delete(SchoolGroup).where(SchoolGroup.event_id == event_id)),
    )


def delete_old(now: datetime) -> int:
    """Delete old debriefings and old notes of refused looks; asks first, so that each minute costs a look alone."""
    old = (Debriefing.keep_until <= now.date(), Look.at < now - timedelta(days=LOOKS_DAYS))
    if not db.session.scalar(select(or_(*(exists().where(one) for one in old)))):
        return 0
    with transaction():
        return _gone(delete(Debriefing).where(old[0])) + _gone(delete(Look).where(old[1]))


def erase(registration_id: int) -> None:
    """Delete all that the room keeps of one registration, within a writing unit."""
    _gone(delete(RunSeat).where(RunSeat.registration_id == registration_id))
    _gone(delete(RoleSeat).where(RoleSeat.registration_id == registration_id))
    _gone(delete(ByHand).where(ByHand.registration_id == registration_id))
    _gone(delete(KeptApart).where(or_(KeptApart.one_id == registration_id, KeptApart.other_id == registration_id)))
    _gone(delete(Player).where(Player.registration_id == registration_id))
    _gone(delete(SchoolGroup).where(SchoolGroup.leader_id == registration_id))


def copy(from_id: int, to_id: int, _days: int) -> None:
    """Give a copy of an event the same briefs, sealed anew."""
    with transaction():
        for row in db.session.scalars(select(Brief).where(Brief.event_id == from_id)).all():
            db.session.add(Brief(event_id=to_id, place=row.place, texts=row.texts, changed_at=clock.now()))


def _gone(statement: Executable) -> int:
    return count_rows_of(statement, synchronizes=False)
