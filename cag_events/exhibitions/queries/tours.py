"""Reads productions and their tours."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain import tours
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.events import records
from cag_events.events.models import EventRecordRow, Venue
from cag_events.exhibitions.models import (
    ConditionNote,
    Crate,
    CrateTick,
    Production,
    TourOverride,
    TourStop,
    TransportLeg,
)

LEFT, ARRIVED = "left", "arrived"  # the ends of a leg


@dataclass(frozen=True, kw_only=True)
class Tour:
    """A production with its stops in the order in which they hold the crates, and all that belongs to them."""

    production: Production
    stops: Sequence[TourStop]
    legs: Sequence[TransportLeg]
    crates: Sequence[Crate]
    venues: Mapping[int, Venue]
    events: Mapping[int, EventRecord]
    ticks: Mapping[tuple[int, int, str], CrateTick]  # by leg, crate, end

    @property
    def plan(self) -> list[tours.Stop]:
        """The stops as the rules know them."""
        return [as_plan(stop) for stop in self.stops]

    def stop(self, key: str) -> TourStop:
        """Return the stop with a key."""
        return next(stop for stop in self.stops if stop.key == key)

    def leg_to(self, stop: TourStop) -> TransportLeg | None:
        """Return the leg that brings the crates to a stop."""
        return next((leg for leg in self.legs if leg.to_stop_id == stop.id), None)

    def legs_from(self, stop: TourStop) -> list[TransportLeg]:
        """Return the legs that take the crates from a stop, home last."""
        return sorted(
            (leg for leg in self.legs if leg.from_stop_id == stop.id), key=lambda leg: (leg.to_stop_id is None, leg.id)
        )

    def transport(self, earlier: str, later: str) -> int:
        """Return the days of transport between two stops: straight, or by way of the store, else the usual days."""
        ids = {stop.key: stop.id for stop in self.stops}
        usual = self.production.usual_days
        to = next((leg for leg in self.legs if leg.to_stop_id == ids[later]), None)
        if to is None:
            return usual
        if to.from_stop_id == ids[earlier]:
            return to.days
        if to.from_stop_id is not None:
            return usual
        home = next((leg for leg in self.legs if leg.to_stop_id is None and leg.from_stop_id == ids[earlier]), None)
        return to.days + (home.days if home else usual)

    def is_ticked(self, leg: TransportLeg, end: str) -> bool:
        """Tell whether every crate is ticked off at an end of a leg."""
        return bool(self.crates) and all((leg.id, crate.id, end) in self.ticks for crate in self.crates)

    def count_ticked(self, leg: TransportLeg, end: str) -> int:
        """Return how many crates are ticked off at an end of a leg."""
        return sum((leg.id, crate.id, end) in self.ticks for crate in self.crates)


def as_plan(stop: TourStop) -> tours.Stop:
    """Return a stop as the rules know it."""
    return tours.Stop(
        key=stop.key,
        status=stop.status,
        install_from=stop.install_from,
        opens_on=stop.opens_on,
        closes_on=stop.closes_on,
        until=stop.until,
    )


def list_tours(*conditions: Any) -> list[Tour]:
    """Return productions, in their order, with their tours; a few statements, however many there are."""
    query = select(Production).where(*conditions).order_by(Production.position, Production.id)
    productions = list(db.session.scalars(query))
    ids = [production.id for production in productions]
    stops, legs, crates = (_by_production(model, ids) for model in (TourStop, TransportLeg, Crate))
    venue_ids = {stop.venue_id for rows in stops.values() for stop in rows}
    event_ids = {stop.event_id for rows in stops.values() for stop in rows} - {None}
    venues = {row.id: row for row in db.session.scalars(select(Venue).where(Venue.id.in_(venue_ids)))}
    events = _records(event_ids)
    query_of_ticks = select(CrateTick).join(TransportLeg, TransportLeg.id == CrateTick.leg_id)
    ticks = {
        (tick.leg_id, tick.crate_id, tick.end): tick
        for tick in db.session.scalars(query_of_ticks.where(TransportLeg.production_id.in_(ids)))
    }
    return [
        Tour(
            production=production,
            stops=sorted(stops[production.id], key=lambda stop: (stop.install_from, stop.until, stop.key)),
            legs=legs[production.id],
            crates=sorted(crates[production.id], key=lambda crate: (crate.position, crate.id)),
            venues=venues,
            events=events,
            ticks=ticks,
        )
        for production in productions
    ]


def get_tour(key: str) -> Tour:
    """Return a production with its tour. Raises NotFound."""
    found = list_tours(Production.key == key)
    if not found:
        raise NotFound(key)
    return found[0]


def get_tour_of(row_id: str) -> tuple[Tour, TourStop]:
    """Return the tour that a stop belongs to, and the stop. Raises NotFound."""
    production_id = db.session.scalar(select(TourStop.production_id).where(TourStop.row_id == row_id))
    if production_id is None:
        raise NotFound(row_id)
    tour = list_tours(Production.id == production_id)[0]
    return tour, next(stop for stop in tour.stops if stop.row_id == row_id)


def find_tour_of_event(event_id: int) -> tuple[Tour, TourStop] | None:
    """Return the tour that an exhibition is a stop of."""
    row_id = db.session.scalar(select(TourStop.row_id).where(TourStop.event_id == event_id))
    return get_tour_of(row_id) if row_id else None


def stops_of_events(event_ids: Sequence[int]) -> list[tuple[Tour, TourStop]]:
    """Return the stops that these exhibitions are, with their tours."""
    wanted = set(event_ids)
    chosen = select(TourStop.production_id).where(TourStop.event_id.in_(wanted))
    return [
        (tour, stop) for tour in list_tours(Production.id.in_(chosen)) for stop in tour.stops if stop.event_id in wanted
    ]


def list_notes(stop_id: int) -> list[tuple[ConditionNote, str, str]]:
    """Return what was noted of a stop's condition, the newest first, with the crate's number and who wrote it."""
    query = (
        select(ConditionNote, func.coalesce(Crate.number, ""), func.coalesce(Account.name, ""))
        .outerjoin(Crate, Crate.id == ConditionNote.crate_id)
        .outerjoin(Account, Account.id == ConditionNote.account_id)
        .where(ConditionNote.stop_id == stop_id)
        .order_by(ConditionNote.on_day.desc(), ConditionNote.id.desc())
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def stops_with_note(moment: str, stop_ids: Iterable[int]) -> set[int]:
    """Return the stops of which something was noted at a moment."""
    query = select(ConditionNote.stop_id).where(
        ConditionNote.stop_id.in_(list(stop_ids)), ConditionNote.moment == moment
    )
    return set(db.session.scalars(query))


def list_overrides(stop_id: int) -> list[tuple[TourOverride, str]]:
    """Return when and why a stop was agreed or moved against the rule, the newest first, and by whom."""
    query = (
        select(TourOverride, func.coalesce(Account.name, ""))
        .outerjoin(Account, Account.id == TourOverride.account_id)
        .where(TourOverride.stop_id == stop_id)
        .order_by(TourOverride.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def names_of_accounts(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of accounts by their ids."""
    query = select(Account.id, Account.name).where(Account.id.in_({one for one in ids if one is not None}))
    return {row.id: row.name for row in db.session.execute(query)}


def _by_production(model: Any, ids: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.session.scalars(select(model).where(model.production_id.in_(ids)).order_by(model.id)):
        found[row.production_id].append(row)
    return found


def _records(event_ids: Iterable[int | None]) -> dict[int, EventRecord]:
    query = select(EventRecordRow.event_id, EventRecordRow.body).where(EventRecordRow.event_id.in_(list(event_ids)))
    return {row.event_id: records.decode(row.body) for row in db.session.execute(query)}
