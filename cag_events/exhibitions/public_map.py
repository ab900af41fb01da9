"""The tour of an exhibition on its public page: the stops that everybody may know of, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import cos, radians
from typing import Final

from flask import url_for

from cag_events.domain import tours
from cag_events.domain.disclosure import STRANGER, Viewer, disclose
from cag_events.domain.event import Circle, EventView, VenueRef, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events.extensions import Block
from cag_events.events.records import venue_ref
from cag_events.exhibitions.models import TourStop
from cag_events.exhibitions.queries.tours import Tour, find_tour_of_event
from cag_events.web.language import current_language

WIDTH: Final = 640.0
MARGIN: Final = 48.0
LOWEST, HIGHEST = 180.0, 420.0  # of the drawing, so that a tour along one line is no stripe
SHOWN: Final = frozenset({Status.PUBLISHED, Status.POSTPONED})
STEPS: Final = (1, 2, 5, 10, 20, 30)  # degrees between lines of the grid


@dataclass(frozen=True, kw_only=True)
class PublicStop:
    """A stop as everybody may see it. `at`: its point in the drawing, where that may be shown."""

    number: int = 0
    city: str
    place: str
    first: date
    last: date
    url: str
    is_here: bool
    is_over: bool
    coordinates: tuple[float, float] | None  # latitude, longitude
    at: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Map:
    """A drawing of points: its size, the way between them, lines of latitude and longitude."""

    width: float
    height: float
    way: str
    meridians: tuple[tuple[float, str], ...]
    parallels: tuple[tuple[float, str], ...]


def block_of(view: EventView, now: datetime) -> Block | None:
    """Return the tour that an exhibition belongs to, where it has another stop that its reader may know of."""
    found = find_tour_of_event(view.id)
    if found is None or found[1].status not in tours.BINDING:
        return None
    tour, _here = found
    stops = known_stops(tour, view, now)
    if len(stops) < 2:
        return None
    drawn, chart = draw(stops)
    values = {"title": dict(tour.production.title), "stops": drawn, "map": chart}
    return Block("exhibitions/_tour.html", values)


def known_stops(tour: Tour, view: EventView, now: datetime) -> list[PublicStop]:
    """Return the stops of a tour that the reader of one of them may know of, in their order."""
    viewer = Viewer(circle=view.circle) if view.circle in (Circle.MEMBERS, Circle.TEAM) else STRANGER
    found: list[PublicStop] = []
    for stop in tour.stops:
        if stop.status in tours.BINDING and (shown := _shown(tour, stop, viewer, view, now)):
            found.append(replace(shown, number=len(found) + 1))
    return found


def _shown(tour: Tour, stop: TourStop, viewer: Viewer, view: EventView, now: datetime) -> PublicStop | None:
    """What may be known of a stop: what its exhibition's own page would tell, else the town and the house."""
    lang, first, last, url = current_language(), stop.opens_on, stop.closes_on, ""
    venue: VenueRef | None = venue_ref(tour.venues[stop.venue_id])
    if stop.event_id is not None:
        record = tour.events.get(stop.event_id)
        seen = (Visibility.PUBLIC, Visibility.MEMBERS) if viewer.circle is not Circle.PUBLIC else (Visibility.PUBLIC,)
        is_own = stop.event_id == view.id
        if record is None or record.status not in SHOWN or (record.visibility not in seen and not is_own):
            return None
        other = view if is_own else disclose(record, viewer, now)
        if other.neutral:
            return None
        venue, first, last = other.venue, other.run_from or first, other.run_to or last
        url = "" if is_own else url_for("site.event", key=other.key)
    if venue is None or venue.virtual:
        return None
    has_point = venue.lat is not None and venue.lon is not None
    return PublicStop(
        city=venue.city_in(lang),
        place=venue.name.get(lang) or next(iter(venue.name.values()), ""),
        first=first,
        last=last,
        url=url,
        is_here=stop.event_id == view.id,
        is_over=last < now.date(),
        coordinates=(venue.lat, venue.lon) if has_point else None,  # type: ignore[arg-type]  # both are there
    )


def draw(stops: Sequence[PublicStop]) -> tuple[list[PublicStop], Map | None]:
    """Return the stops with their points in a drawing, and the drawing; none with fewer than two points."""
    points = [stop.coordinates for stop in stops if stop.coordinates]
    if len(set(points)) < 2:
        return list(stops), None
    south, north = min(p[0] for p in points), max(p[0] for p in points)
    west, east = min(p[1] for p in points), max(p[1] for p in points)
    squeeze = cos(radians((south + north) / 2)) or 1.0
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * squeeze, 0.5)
    scale = min(scale, (HIGHEST - 2 * MARGIN) / max(north - south, 0.1))
    height = max(LOWEST, (north - south) * scale + 2 * MARGIN)
    middle = (south + north) / 2, (west + east) / 2

    def x_of(lon: float) -> float:
        return round(WIDTH / 2 + (lon - middle[1]) * squeeze * scale, 1)

    def y_of(lat: float) -> float:
        return round(height / 2 - (lat - middle[0]) * scale, 1)

    drawn = [
        replace(stop, at=(x_of(stop.coordinates[1]), y_of(stop.coordinates[0]))) if stop.coordinates else stop
        for stop in stops
    ]
    step = next((s for s in STEPS if WIDTH / (squeeze * scale) / s <= 7), STEPS[-1])
    way = " ".join(f"{'L' if n else 'M'}{x} {y}" for n, (x, y) in enumerate(one.at for one in drawn if one.at))
    return drawn, Map(
        width=WIDTH,
        height=round(height, 1),
        way=way,
        meridians=tuple((x, f"{lon}°") for lon in range(-180, 181, step) if 0 < (x := x_of(lon)) < WIDTH),
        parallels=tuple((y, f"{lat}°") for lat in range(-90, 91, step) if 0 < (y := y_of(lat)) < height),
    )
