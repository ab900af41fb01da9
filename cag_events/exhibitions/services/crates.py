"""Ticks crates off where they leave and where they arrive, and keeps what is noted of their condition."""

from datetime import date

from sqlalchemy import delete, select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.exhibitions.models import ConditionNote, Crate, CrateTick
from cag_events.exhibitions.queries.tours import ARRIVED, LEFT, Tour, get_tour_of
from cag_events.exhibitions.services.productions import lock_production
from cag_events.permissions import Actor, Permission, require

MOMENTS = {"arrival": N_("On arrival"), "run": N_("During the run"), "return": N_("When packed")}


def tick_crate(row_id: str, leg_id: int, number: str, end: str, *, is_there: bool, by: Actor) -> None:
    """Tick a crate off at an end of a way to or from a stop, or take that back; twice is the same as once.

    Raises NotFound, NotAllowed.
    """
    with transaction():
        require(by, Permission.EVENT_EDIT)
        tour, stop = get_tour_of(row_id)
        lock_production(tour.production.id)
        crate = _crate(tour, number)
        legs = {leg.id for leg in tour.legs if stop.id in (leg.to_stop_id, leg.from_stop_id)}
        if end not in (LEFT, ARRIVED) or crate is None or leg_id not in legs:
            raise NotFound(number)
        same = (CrateTick.leg_id == leg_id, CrateTick.crate_id == crate.id, CrateTick.end == end)
        if not is_there:
            db.session.execute(delete(CrateTick).where(*same))
        elif db.session.scalar(select(CrateTick.id).where(*same)) is None:
            tick = CrateTick(leg_id=leg_id, crate_id=crate.id, end=end, at=clock.now(), account_id=by.account_id)
            db.session.add(tick)
        db.session.flush()


def add_note(row_id: str, *, moment: str, text: str, number: str = "", on_day: date, by: Actor) -> None:
    """Note in what state a crate, or all, is at a stop. Raises NotFound, NotAllowed, Refused note.text, .moment."""
    with transaction():
        require(by, Permission.EVENT_EDIT)
        tour, stop = get_tour_of(row_id)
        if moment not in MOMENTS:
            raise Refused("note.moment", N_("Choose when it was."), field="moment")
        if not text.strip():
            raise Refused("note.text", N_("Write what you saw, or “no damage”."), field="text")
        crate = _crate(tour, number)
        db.session.add(
            ConditionNote(
                stop_id=stop.id,
                crate_id=crate.id if crate else None,
                moment=moment,
                text=text.strip(),
                on_day=on_day,
                account_id=by.account_id,
            )
        )
        db.session.flush()


def remove_note(row_id: str, note_id: int, *, by: Actor) -> None:
    """Remove a note. Raises NotFound, NotAllowed."""
    with transaction():
        require(by, Permission.EVENT_EDIT)
        _tour, stop = get_tour_of(row_id)
        note = db.session.get(ConditionNote, note_id)
        if note is None or note.stop_id != stop.id:
            raise NotFound(note_id)
        db.session.delete(note)
        db.session.flush()


def _crate(tour: Tour, number: str) -> Crate | None:
    return next((crate for crate in tour.crates if crate.number == number), None)
