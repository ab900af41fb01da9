"""Tours and hours of venues as programme files have them: read from the tables, stored within the unit of a load."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import delete, select

from cag_events.db import db, new_row_id
from cag_events.domain.tours import StopStatus
from cag_events.events.models import Event, Venue, VenueHours
from cag_events.exhibitions.models import (
    ConditionNote,
    Crate,
    CrateTick,
    Production,
    TourOverride,
    TourStop,
    TransportLeg,
)
from cag_events.exhibitions.queries.tours import ARRIVED, LEFT, Tour, list_tours

NOON = time(12, tzinfo=UTC)  # files say the day of a tick, not the hour
DAYS = {"install_from": "install_from", "opens": "opens_on", "closes": "closes_on", "until": "until"}
PLAIN = ("crew", "host_contact", "fee_weeks", "host_percent", "fee_note", "evaluation")


def read_tours(production_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return `crates` and `stops` of productions by their ids."""
    found = list_tours(Production.id.in_(list(production_ids)))
    ids = [stop.id for tour in found for stop in tour.stops]
    query = select(ConditionNote).where(ConditionNote.stop_id.in_(ids)).order_by(ConditionNote.on_day, ConditionNote.id)
    notes = list(db.session.scalars(query))
    overrides = list(
        db.session.scalars(select(TourOverride).where(TourOverride.stop_id.in_(ids)).order_by(TourOverride.id))
    )
    return {
        tour.production.id: {
            "crates": [
                {
                    "number": crate.number,
                    "content": crate.content,
                    "weight_kg": crate.weight_kg,
                    "size_cm": crate.size_cm,
                }
                for crate in tour.crates
            ],
            "stops": [_stop(tour, stop, notes, overrides) for stop in tour.stops],
        }
        for tour in found
    }


def _stop(
    tour: Tour, stop: TourStop, notes: Sequence[ConditionNote], overrides: Sequence[TourOverride]
) -> dict[str, Any]:
    numbers = {crate.id: crate.number for crate in tour.crates}
    leg = tour.leg_to(stop)
    home = next((one for one in tour.legs_from(stop) if one.to_stop_id is None), None)
    keys = {other.id: other.key for other in tour.stops}
    event = tour.events.get(stop.event_id or 0)
    return {
        "key": stop.key,
        "venue": tour.venues[stop.venue_id].key,
        "event": event.key if event else None,
        "status": stop.status,
        **{name: getattr(stop, column) for name, column in DAYS.items()},
        **{name: getattr(stop, name) for name in PLAIN},
        "leg": {"from": keys.get(leg.from_stop_id or 0), **_way(tour, leg)} if leg else None,
        "home": _way(tour, home) if home else None,
        "notes": [
            {"date": one.on_day, "moment": one.moment, "crate": numbers.get(one.crate_id or 0), "text": one.text}
            for one in notes
            if one.stop_id == stop.id
        ],
        "overrides": [
            {"date": one.at.date(), "missing_days": one.missing_days, "reason": one.reason}
            for one in overrides
            if one.stop_id == stop.id
        ],
    }


def _way(tour: Tour, leg: TransportLeg) -> dict[str, Any]:
    return {
        "carrier": leg.carrier,
        "cost_bearer": leg.cost_bearer,
        "days": leg.days,
        "note": leg.note,
        **{
            end: [
                {"crate": crate.number, "date": tick.at.date()}
                for crate in tour.crates
                if (tick := tour.ticks.get((leg.id, crate.id, end)))
            ]
            for end in (LEFT, ARRIVED)
        },
    }


def store_tour(production_id: int, given: Mapping[str, Any]) -> None:
    """Store `crates` and `stops` of a production: rows that stay keep who ticked and noted; the others go."""
    if "crates" in given:
        _store_crates(production_id, given["crates"] or ())
    if "stops" in given:
        _store_stops(production_id, given["stops"] or ())
    db.session.flush()


def _store_crates(production_id: int, given: Sequence[Mapping[str, Any]]) -> None:
    known = {row.number: row for row in db.session.scalars(select(Crate).where(Crate.production_id == production_id))}
    for number in set(known) - {one["number"] for one in given}:
        db.session.delete(known[number])
    for position, one in enumerate(given):
        row = known.get(one["number"]) or Crate(production_id=production_id, number=one["number"])
        row.content, row.weight_kg = one.get("content") or "", one.get("weight_kg")
        row.size_cm, row.position = one.get("size_cm") or "", position
        db.session.add(row)
    db.session.flush()


def _store_stops(production_id: int, given: Sequence[Mapping[str, Any]]) -> None:
    venues = _ids(Venue, (one["venue"] for one in given))
    events = _ids(Event, (one.get("event") for one in given))
    known = {
        row.key: row for row in db.session.scalars(select(TourStop).where(TourStop.production_id == production_id))
    }
    for key in set(known) - {one["key"] for one in given}:
        db.session.delete(known[key])
    for row in known.values():
        row.event_id = None  # so that two stops may swap theirs
    db.session.flush()
    rows: dict[str, TourStop] = {}
    for one in given:
        row = known.get(one["key"]) or TourStop(row_id=new_row_id(), production_id=production_id, key=one["key"])
        row.venue_id, row.event_id = venues[one["venue"]], events.get(one.get("event") or "")
        row.status = StopStatus(one.get("status") or StopStatus.ASKED)
        for name, column in DAYS.items():
            setattr(row, column, one[name])
        for name in PLAIN:
            usual = None if name in ("fee_weeks", "host_percent") else ""
            setattr(row, name, one.get(name) if one.get(name) is not None else usual)
        db.session.add(row)
        rows[one["key"]] = row
    db.session.flush()
    crates = {
        row.number: row.id for row in db.session.scalars(select(Crate).where(Crate.production_id == production_id))
    }
    for one in given:
        stop = rows[one["key"]]
        leg, home = one.get("leg"), one.get("home")
        came = rows.get((leg or {}).get("from") or "")
        _store_leg(production_id, came.id if came else None, stop.id, leg, crates)
        _store_leg(production_id, stop.id, None, home, crates)
        _store_notes(stop.id, one.get("notes") or (), crates)
        _store_overrides(stop.id, one.get("overrides") or ())


def _store_leg(
    production_id: int, start: int | None, end: int | None, given: Mapping[str, Any] | None, crates: Mapping[str, int]
) -> None:
    query = select(TransportLeg).where(TransportLeg.production_id == production_id)
    query = (
        query.where(TransportLeg.to_stop_id == end)
        if end
        else query.where(TransportLeg.to_stop_id.is_(None), TransportLeg.from_stop_id == start)
    )
    row = db.session.scalar(query)
    if given is None:
        if row is not None:
            db.session.delete(row)
            db.session.flush()
        return
    row = row or TransportLeg(production_id=production_id)
    row.from_stop_id, row.to_stop_id, row.days = start, end, given.get("days", 1)
    row.carrier, row.cost_bearer = given.get("carrier") or "", given.get("cost_bearer") or ""
    row.note = given.get("note") or ""
    db.session.add(row)
    db.session.flush()
    known = {
        (one.crate_id, one.end): one for one in db.session.scalars(select(CrateTick).where(CrateTick.leg_id == row.id))
    }
    wanted = {(crates[one["crate"]], at): one["date"] for at in (LEFT, ARRIVED) for one in given.get(at) or ()}
    for place in set(known) - set(wanted):
        db.session.delete(known[place])
    for (crate_id, at), day in wanted.items():
        tick = known.get((crate_id, at))
        if tick is None:
            db.session.add(CrateTick(leg_id=row.id, crate_id=crate_id, end=at, at=_noon(day)))
        elif tick.at.date() != day:
            tick.at = _noon(day)
    db.session.flush()


def _store_notes(stop_id: int, given: Sequence[Mapping[str, Any]], crates: Mapping[str, int]) -> None:
    wanted = [(one["date"], one["moment"], crates.get(one.get("crate") or ""), one["text"]) for one in given]
    for row in db.session.scalars(select(ConditionNote).where(ConditionNote.stop_id == stop_id)):
        same = (row.on_day, row.moment, row.crate_id, row.text)
        if same in wanted:
            wanted.remove(same)
        else:
            db.session.delete(row)
    for day, moment, crate_id, text in wanted:
        db.session.add(ConditionNote(stop_id=stop_id, crate_id=crate_id, moment=moment, text=text, on_day=day))
    db.session.flush()


def _store_overrides(stop_id: int, given: Sequence[Mapping[str, Any]]) -> None:
    """Add reasons that are not there yet: what was overridden stays on record."""
    known = {
        (row.at.date(), row.reason)
        for row in db.session.scalars(select(TourOverride).where(TourOverride.stop_id == stop_id))
    }
    for one in given:
        if (one["date"], one["reason"]) not in known:
            missing = one.get("missing_days") or 0
            db.session.add(
                TourOverride(stop_id=stop_id, at=_noon(one["date"]), missing_days=missing, reason=one["reason"])
            )
    db.session.flush()


def read_hours() -> dict[int, dict[str, Any]]:
    """Return the hours of venues by their ids."""
    return {row.venue_id: dict(row.hours) for row in db.session.scalars(select(VenueHours)) if row.hours}


def store_hours(venue_id: int, given: Mapping[str, Any]) -> None:
    """Store the hours of a venue, as JSON values; none removes them."""
    db.session.execute(delete(VenueHours).where(VenueHours.venue_id == venue_id))
    if given:
        db.session.add(VenueHours(venue_id=venue_id, hours=dict(given)))
    db.session.flush()


def _ids(model: Any, keys: Iterable[str | None]) -> dict[str, int]:
    wanted = sorted({key for key in keys if key})
    return {row.key: row.id for row in db.session.execute(select(model.key, model.id).where(model.key.in_(wanted)))}


def _noon(day: date) -> datetime:
    return datetime.combine(day, NOON)
