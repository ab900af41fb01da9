"""Plans tours: stops with their days and transport, agreed only when the crates can be there, moved with the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, new_row_id, transaction
from cag_events.domain import tours
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.lifecycle import Status
from cag_events.domain.slugs import first_free
from cag_events.domain.tours import Chain, Clash, StopStatus
from cag_events.events import records
from cag_events.events.drafts import fields_of
from cag_events.events.models import Event, Venue
from cag_events.events.queries import lock_event
from cag_events.events.services import edit_event
from cag_events.exhibitions.models import Production, TourOverride, TourStop, TransportLeg
from cag_events.exhibitions.queries.tours import Tour, as_plan, get_tour_of, list_tours
from cag_events.exhibitions.services.productions import lock_production
from cag_events.kinds import KINDS, read_details, write_details
from cag_events.kinds._shape import shifted
from cag_events.permissions import Actor, Permission, require


@dataclass(frozen=True, kw_only=True)
class LegFields:
    """A way of the crates. `from_stop`: the key of the stop it comes from, None for the store."""

    from_stop: str | None = None
    carrier: str = ""
    cost_bearer: str = ""
    days: int = 1
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class StopFields:
    """A stop as its editor knows it. `leg`: the way there; `home`: the way back to the store, where there is one."""

    venue: str
    event: str | None = None
    install_from: date
    opens_on: date
    closes_on: date
    until: date
    crew: str = ""
    host_contact: str = ""
    fee_weeks: int | None = None
    host_percent: int | None = None
    fee_note: str = ""
    evaluation: str = ""
    leg: LegFields | None = None
    home: LegFields | None = None


PLAIN = (
    *("install_from", "opens_on", "closes_on", "until", "crew", "host_contact"),
    *("fee_weeks", "host_percent", "fee_note", "evaluation"),
)


def save_stop(production_id: int, row_id: str | None, fields: StopFields, *, by: Actor, reason: str = "") -> TourStop:
    """Make or change a stop with the ways to and from it.

    Raises NotFound, NotAllowed, Refused stop.… with the field; stop.clash for one that hosts count on and that the
    crates cannot reach, unless there is a reason.
    """
    with transaction():
        require(by, Permission.EVENT_EDIT)
        lock_production(production_id)
        venue = db.session.scalar(select(Venue).where(Venue.key == fields.venue, ~Venue.virtual))
        if venue is None:
            raise Refused("stop.venue", N_("Choose a venue from the list."), field="venue")
        stop = _find(production_id, row_id) if row_id else _new(production_id, venue)
        stop.venue_id, stop.event_id = venue.id, _event_id(fields.event, stop)
        for name in PLAIN:
            setattr(stop, name, getattr(fields, name))
        tours.require_dates(as_plan(stop))
        db.session.add(stop)
        db.session.flush()
        _save_legs(stop, fields)
        _require_crates(_tour(production_id), [stop.key], reason, by)
        records.raise_version()
    return stop


def remove_stop(row_id: str, *, by: Actor) -> None:
    """Remove a stop that no host counts on. Raises NotFound, NotAllowed, Refused stop.binding."""
    with transaction():
        require(by, Permission.EVENT_EDIT)
        stop = _locked(row_id)
        if stop.status in tours.BINDING:
            raise Refused("stop.binding", N_("It is agreed with the host. Take that back first."))
        db.session.delete(stop)
        db.session.flush()
        records.raise_version()


def set_status(row_id: str, wanted: StopStatus, *, by: Actor, reason: str = "") -> None:
    """Let a stop go on, or one step back.

    Raises NotFound, NotAllowed, Refused stop.move; stop.clash where it would be agreed and the crates cannot be there,
    unless there is a reason, which is kept.
    """
    with transaction():
        require(by, Permission.EVENT_EDIT)
        stop = _locked(row_id)
        tours.require_move(stop.status, wanted)
        is_new = stop.status not in tours.BINDING
        stop.status = wanted
        db.session.flush()
        if is_new:
            _require_crates(_tour(stop.production_id), [stop.key], reason, by)
        records.raise_version()


def preview_move(tour: Tour, stop: TourStop, days: int, step: int = 1) -> Chain:
    """Return what moving a stop would do; nothing is written. Raises Refused stop.started."""
    return tours.chain(tour.plan, stop.key, days, tour.transport, step=step)


def move_stop(row_id: str, days: int, *, step: int = 1, with_events: bool = True, reason: str = "", by: Actor) -> Chain:
    """Move a stop by so many days, later ones as far as there is no slack; `with_events`: their exhibitions too.

    Raises NotFound, NotAllowed, Refused stop.started, stop.clash where a stop that hosts count on would be without
    crates, unless there is a reason; what edit_event() raises. Notes what edit_event() does.
    """
    with transaction():
        require(by, Permission.EVENT_EDIT)
        stop = _locked(row_id)
        tour = _tour(stop.production_id)
        chain = preview_move(tour, stop, days, step)
        for shift in chain.shifts:
            row = tour.stop(shift.before.key)
            for name in ("install_from", "opens_on", "closes_on", "until"):
                setattr(row, name, getattr(shift.after, name))
        db.session.flush()
        _require_crates(tour, [shift.before.key for shift in chain.shifts], reason, by)
        if with_events:
            for shift in chain.shifts:
                _move_event(tour.stop(shift.before.key).event_id, shift.days, by)
        records.raise_version()
    return chain


def _move_event(event_id: int | None, days: int, by: Actor) -> None:
    """Move an exhibition that has not begun: its run, all other dates of its details, its parts."""
    event = lock_event(event_id) if event_id else None
    if event is None or event.status is Status.CANCELLED:
        return
    fields = fields_of(event)
    details = shifted(read_details(event.kind, fields.details), days)
    by_days = timedelta(days=days)
    parts = tuple(
        replace(one, starts_wall=one.starts_wall + by_days, ends_wall=one.ends_wall + by_days)
        for one in fields.occurrences
    )
    moved = replace(fields, details=write_details(event.kind, details), occurrences=parts)
    edit_event(event.id, moved, version=event.version, by=by)


def _require_crates(tour: Tour, keys: Sequence[str], reason: str, by: Actor) -> None:
    """Check that the crates can be at these stops; keep the reason for those where they cannot."""
    plan = {stop.key: stop for stop in tour.plan}
    for key in keys:
        overridden = tours.require_crates(plan[key], plan.values(), tour.transport, is_overridden=bool(reason.strip()))
        if overridden:
            _keep_reason(tour.stop(key), overridden, reason, by)


def _keep_reason(stop: TourStop, overridden: Sequence[Clash], reason: str, by: Actor) -> None:
    missing = max(clash.missing for clash in overridden)
    db.session.add(
        TourOverride(
            stop_id=stop.id,
            at=clock.now(),
            account_id=by.account_id,
            missing_days=missing,
            reason=reason.strip()[:300],
        )
    )
    db.session.flush()


def _tour(production_id: int) -> Tour:
    return list_tours(Production.id == production_id)[0]


def _locked(row_id: str) -> TourStop:
    """Return a stop, its whole tour locked. Raises NotFound."""
    tour, stop = get_tour_of(row_id)
    lock_production(tour.production.id)
    return _find(tour.production.id, stop.row_id)


def _find(production_id: int, row_id: str) -> TourStop:
    query = select(TourStop).where(TourStop.production_id == production_id, TourStop.row_id == row_id)
    stop = db.session.scalar(query.execution_options(populate_existing=True))
    if stop is None:
        raise NotFound(row_id)
    return stop


def _new(production_id: int, venue: Venue) -> TourStop:
    taken = set(db.session.scalars(select(TourStop.key).where(TourStop.production_id == production_id)))
    return TourStop(
        row_id=new_row_id(),
        production_id=production_id,
        key=first_free(venue.city or venue.key, taken),
        status=StopStatus.ASKED,
    )


def _event_id(key: str | None, stop: TourStop) -> int | None:
    """Return the id of the exhibition that a stop is. Raises Refused stop.event for none, or one that is another's."""
    if not key:
        return None
    event = db.session.scalar(select(Event).where(Event.key == key))
    if event is None or not KINDS[event.kind].has_run:
        raise Refused("stop.event", N_("Choose an exhibition from the list."), field="event")
    other = db.session.scalar(select(TourStop.row_id).where(TourStop.event_id == event.id))
    if other is not None and other != stop.row_id:
        raise Refused("stop.event", N_("This exhibition is another stop already."), field="event")
    return event.id


def _save_legs(stop: TourStop, fields: StopFields) -> None:
    """Keep the ways to a stop and home from it; a way that is the same keeps what was ticked off."""
    rows = list(db.session.scalars(select(TransportLeg).where(TransportLeg.production_id == stop.production_id)))
    ids = {
        row.key: row.id
        for row in db.session.scalars(select(TourStop).where(TourStop.production_id == stop.production_id))
    }
    to = next((leg for leg in rows if leg.to_stop_id == stop.id), None)
    home = next((leg for leg in rows if leg.from_stop_id == stop.id and leg.to_stop_id is None), None)
    if fields.leg and fields.leg.from_stop and (fields.leg.from_stop not in ids or fields.leg.from_stop == stop.key):
        raise Refused("stop.leg", N_("Choose where the crates come from."), field="leg_from")
    for leg, wanted, ends in (
        (to, fields.leg, (ids.get((fields.leg and fields.leg.from_stop) or ""), stop.id)),
        (home, fields.home, (stop.id, None)),
    ):
        if wanted is None:
            if leg is not None:
                db.session.delete(leg)
            continue
        row = leg or TransportLeg(production_id=stop.production_id)
        row.from_stop_id, row.to_stop_id = ends
        row.carrier, row.cost_bearer = wanted.carrier, wanted.cost_bearer
        row.days, row.note = wanted.days, wanted.note
        db.session.add(row)
    db.session.flush()
