"""Asking to speak, saying yes or no, the order, and what the chair does while people speak."""

from dataclasses import asdict, dataclass

from sqlalchemy import select

from cag_events import clock, outbox
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.hearing import HOLDING, OWN, Slot, may_move
from cag_events.domain.seats import Status
from cag_events.events import records
from cag_events.events.queries import get_record, lock_event
from cag_events.hearings.models import SpeakingSlot
from cag_events.hearings.queries import find_slot_of, get_slot, list_slots
from cag_events.hearings.rules import places_of, speaking_obstacle
from cag_events.permissions import Actor, Permission, require
from cag_events.registrations.models import Registration
from cag_events.registrations.services.seats import require_key


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to say, and how. `called`: by which name the chair calls them; `proxy`: who speaks for them.

    `consents`: the published record may name them.
    """

    called: str
    topic: str
    organisation: str = ""
    proxy: str = ""
    language: str = ""
    needs_interpreting: bool = False
    consents: bool = False


def ask(registration_id: int, wish: Wish) -> None:
    """Ask to speak, or change what one asked for; whoever was told no, or took it back, asks anew.

    Raises NotFound, Refused speaking.seat, .none, .closed, .over. Notes speaking.asked.
    """
    with transaction():
        registration = _lock(registration_id)
        if registration.status is not Status.CONFIRMED:
            raise Refused("speaking.seat", N_("Only those who have a seat can ask to speak."))
        if obstacle := speaking_obstacle(get_record(registration.event_id), clock.now()):
            raise obstacle
        row = find_slot_of(registration_id)
        if row is None:
            row = SpeakingSlot(
                event_id=registration.event_id,
                registration_id=registration_id,
                status=Slot.ASKED,
                asked_at=clock.now(),
                language="",
            )
            db.session.add(row)
        elif row.status in {Slot.WITHDRAWN, Slot.DECLINED}:
            row.status, row.asked_at, row.position = Slot.ASKED, clock.now(), None
        elif row.status not in OWN:
            raise Refused("speaking.over", N_("You have been called already."))
        for name, value in asdict(wish).items():
            setattr(row, name, value)
        db.session.flush()
        require_key(lock_event(registration.event_id))
        outbox.note("speaking.asked", slot_id=row.id)


def withdraw_slot(registration_id: int) -> None:
    """Take back that one wants to speak. Twice does nothing more. Raises NotFound, Refused speaking.over."""
    with transaction():
        _lock(registration_id)
        row = find_slot_of(registration_id)
        if row is None or row.status in {Slot.WITHDRAWN, Slot.DECLINED}:
            return
        if row.status not in OWN:
            raise Refused("speaking.over", N_("You have been called already."))
        row.status, row.position = Slot.WITHDRAWN, None
        db.session.flush()


def leave(registration_id: int) -> None:
    """Free the place of somebody whose registration does not count any more; what was spoken stays spoken."""
    with transaction():
        row = find_slot_of(registration_id)
        if row is not None and row.status in OWN:
            row.status, row.position = Slot.WITHDRAWN, None
            db.session.flush()


def set_consent(registration_id: int, *, consents: bool) -> None:
    """Say whether the record may name one; a name that is public goes at once. Raises NotFound."""
    with transaction():
        _lock(registration_id)
        row = find_slot_of(registration_id)
        if row is None:
            raise NotFound(registration_id)
        row.consents = consents
        if not consents and row.shown_name:
            row.shown_name = row.shown_organisation = row.shown_topic = ""
            records.raise_version()
        db.session.flush()


def decide(event_id: int, row_id: str, *, approve: bool, by: Actor) -> None:
    """Say yes, which gives the last place in the order, or no.

    Raises NotFound, NotAllowed, Refused speaking.full, .moved. Notes speaking.decided.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        row = get_slot(event_id, row_id)
        wanted = Slot.APPROVED if approve else Slot.DECLINED
        if row.status is wanted:
            return
        if row.status not in {Slot.ASKED, Slot.APPROVED, Slot.DECLINED}:
            raise _moved()
        if approve:
            there = list_slots(event_id, *HOLDING)
            if len(there) >= places_of(get_record(event_id)):
                raise Refused(
                    "speaking.full",
                    N_("Every speaking slot is taken. Say no to somebody, or change the agenda."),
                )
            row.position = _last(there) + 1
        else:
            row.position = None
        row.status, row.decided_at = wanted, clock.now()
        row.decisions += 1
        db.session.flush()
        outbox.note("speaking.decided", slot_id=row.id)


def move(event_id: int, row_id: str, *, up: bool, by: Actor) -> None:
    """Let somebody speak one place earlier or later. At the end of the order nothing happens.

    Raises NotFound, NotAllowed.
    """
    with transaction():
        lock_event(event_id)
        require(by, Permission.ATTENDEES_EDIT)
        order = list_slots(event_id, Slot.APPROVED)
        place = next((number for number, row in enumerate(order) if row.row_id == row_id), None)
        if place is None:
            raise NotFound(row_id)
        other = place - 1 if up else place + 1
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
        for number, row in enumerate(order, start=1):
            row.position = number
        db.session.flush()


def chair(event_id: int, row_id: str, action: str) -> None:
    """Do what the chair of an event's hearing asks for; who holds the chair's link may.

    `call` somebody, `start` and `stop` the clock, say that somebody is `absent`, put somebody `back` into the order,
    `next`: stop who speaks and call the one after. Raises NotFound, Refused speaking.moved, .called, .clock.
    """
    with transaction():
        lock_event(event_id)
        row = get_slot(event_id, row_id)
        now = clock.now()
        if action == "call":
            _call(event_id, row)
        elif action == "start" and row.status is Slot.CALLED:
            row.started_at = row.started_at or now
        elif action in {"stop", "next"} and row.status is Slot.CALLED:
            if row.started_at is None:
                raise Refused("speaking.clock", N_("Start the clock first, or say that they are absent."))
            row.status, row.ended_at = Slot.SPOKEN, now
            db.session.flush()
            waiting = list_slots(event_id, Slot.APPROVED)
            if action == "next" and waiting:
                _call(event_id, waiting[0])
        elif action == "absent" and may_move(row.status, Slot.ABSENT):
            row.status, row.started_at, row.ended_at = Slot.ABSENT, None, None
        elif action == "back" and row.status in {Slot.CALLED, Slot.SPOKEN, Slot.ABSENT}:
            _put_back(event_id, row)
        else:
            raise _moved()
        db.session.flush()


def _call(event_id: int, row: SpeakingSlot) -> None:
    if not may_move(row.status, Slot.CALLED):
        raise _moved()
    if list_slots(event_id, Slot.CALLED):
        raise Refused(
            "speaking.called", N_("Somebody is called already. Stop them first, or say that they are absent.")
        )
    row.status, row.called_at, row.started_at, row.ended_at = Slot.CALLED, clock.now(), None, None
    db.session.flush()


def _put_back(event_id: int, row: SpeakingSlot) -> None:
    """First in the order again where somebody was called by mistake, else last."""
    waiting = list_slots(event_id, Slot.APPROVED)
    was_called = row.status is Slot.CALLED
    if row.shown_name:
        row.shown_name = row.shown_organisation = row.shown_topic = ""
        records.raise_version()
    row.status, row.called_at, row.started_at, row.ended_at = Slot.APPROVED, None, None, None
    for number, one in enumerate([row, *waiting] if was_called else [*waiting, row], start=1):
        one.position = number


def _last(rows: list[SpeakingSlot]) -> int:
    return max((row.position or 0 for row in rows), default=0)


def _moved() -> Refused:
    return Refused("speaking.moved", N_("Somebody else was quicker: look at how it stands now."))


def _lock(registration_id: int) -> Registration:
    """The registration, its event locked. Raises NotFound."""
    event_id = db.session.scalar(select(Registration.event_id).where(Registration.id == registration_id))
    if event_id is None:
        raise NotFound(registration_id)
    lock_event(event_id)
    return db.session.get_one(Registration, registration_id, populate_existing=True)
