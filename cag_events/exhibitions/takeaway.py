"""Tables to take along: visitors by stop, day and segment; crates. Columns are in English, for other programs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cag_events.domain.event import EventRecord
from cag_events.domain.visitors import Figure, Source, tally
from cag_events.exhibitions.queries.tours import ARRIVED, LEFT, Tour
from cag_events.web.sheets import Cell

VISITOR_COLUMNS = (*("production", "stop", "event", "from", "to", "hour", "segment", "source", "people", "counts"),)
CRATE_COLUMNS = ("production", "crate", "content", "weight_kg", "size_cm", "from", "to", "left_at", "arrived_at")


def visitor_rows(tour: Tour, figures: Mapping[int, Sequence[Figure]]) -> Iterator[list[Cell]]:
    """Yield what was counted at the stops of a tour.

    `counts` is 1 where a figure is part of the sum: the sum of `people` of these rows is the number of visitors.
    """
    for stop in tour.stops:
        event = tour.events.get(stop.event_id or 0)
        if event is not None:
            begins: list[Cell] = [tour.production.key, stop.key]
            yield from rows_of_event(event, figures.get(event.id, ()), begins)


def rows_of_event(
    event: EventRecord, figures: Iterable[Figure], begins: Sequence[Cell] = ("", "")
) -> Iterator[list[Cell]]:
    """Yield what was counted at one exhibition; see visitor_rows()."""
    known = list(figures)
    counted = tally(known, event.run_from)
    starts = {(one.last, one.source): one.first for one in counted.stretches}
    for one in sorted(known, key=lambda one: (one.day, one.source is not Source.READING, one.hour or -1, one.segment)):
        first = starts.get((one.day, one.source))
        hour: Cell = "" if one.hour is None else one.hour
        yield [
            *begins,
            event.key,
            (first or one.day).isoformat(),
            one.day.isoformat(),
            hour,
            one.segment,
            one.source.value,
            one.people,
            int(first is not None),
        ]


def crate_rows(tour: Tour) -> Iterator[list[Cell]]:
    """Yield each crate on each way of a tour, with when it was ticked off at both ends."""
    names = {stop.id: stop.key for stop in tour.stops}
    for leg in tour.legs:
        for crate in tour.crates:
            ticks = [tour.ticks.get((leg.id, crate.id, end)) for end in (LEFT, ARRIVED)]
            yield [
                tour.production.key,
                crate.number,
                crate.content,
                crate.weight_kg if crate.weight_kg is not None else "",
                crate.size_cm,
                names.get(leg.from_stop_id or 0, "store"),
                names.get(leg.to_stop_id or 0, "store"),
                *(f"{tick.at:%Y-%m-%dT%H:%M:%SZ}" if tick else "" for tick in ticks),
            ]
    if not tour.legs:
        for crate in tour.crates:
            weight: Cell = crate.weight_kg if crate.weight_kg is not None else ""
            yield [tour.production.key, crate.number, crate.content, weight, crate.size_cm, "", "", "", ""]
