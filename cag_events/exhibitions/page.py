"""What the pages of a tour show, worked out from its rows: bars on a common scale, stops in words, visitors, fees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain import tours
from cag_events.domain.event import EventRecord
from cag_events.domain.texts import Picked, pick
from cag_events.domain.tours import Clash
from cag_events.domain.visitors import Tally
from cag_events.exhibitions.models import TourStop, TransportLeg
from cag_events.exhibitions.queries.tours import ARRIVED, LEFT, Tour
from cag_events.exhibitions.queries.visitors import names_of_segments, tallies_of
from cag_events.exhibitions.wording import COST_WORDS, STATUS_TONES, STATUS_WORDS

WIDTH = 1000  # of the scale that all bars of a tour share


class Bar(NamedTuple):
    """A span of days on the scale: where it begins, how wide it is."""

    x: float
    width: float


@dataclass(frozen=True, kw_only=True)
class Row:
    """A stop in the table of a tour."""

    stop: TourStop
    place: str
    city: str
    status: str
    tone: str
    custody: Bar
    public: Bar
    today: float | None
    arrived: int | None
    crates: int
    visitors: int | None
    event: EventRecord | None
    event_title: Picked | None
    differs: bool  # its exhibition's run is another than the stop's public days
    clash: Clash | None  # with the stop after it


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way of the crates, in words."""

    leg: TransportLeg
    title: str
    facts: str
    left: int
    arrived: int
    is_here: bool  # it ends at the stop whose page it is on


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What a stop costs: weeks by the tariff, and the host's part of it; None where nobody has said."""

    weeks: int
    total: int | None
    host: int | None
    currency: str


class Segments(NamedTuple):
    """Visitors of stops by segment: the names of the columns, a row for each stop, and the sums."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...], int], ...]
    total: int

    @property
    def columns(self) -> list[str | dict[str, object]]:
        """The heads of the columns, as the table wants them."""
        return [_("Stop"), *({"label": name, "numeric": True} for name in (*self.names, _("In all")))]


def rows_of(tour: Tour, today: date, lang: str) -> list[Row]:
    """Return the stops of a tour, on one scale."""
    tallies = tallies_of(list(tour.events.values()))
    clashes = {clash.earlier.key: clash for clash in tours.clashes(tour.plan, tour.transport)}
    first, days = _scale(tour, today)

    def bar(since: date, until: date) -> Bar:
        return Bar(round((since - first).days * WIDTH / days, 1), round(((until - since).days + 1) * WIDTH / days, 1))

    rows = []
    for stop in tour.stops:
        event = tour.events.get(stop.event_id or 0)
        leg = tour.leg_to(stop)
        counted = tallies.get(event.id) if event else None
        rows.append(
            Row(
                stop=stop,
                place=place_of(tour, stop, lang),
                city=city_of(tour, stop, lang),
                status=_(STATUS_WORDS[stop.status]),
                tone=STATUS_TONES[stop.status],
                custody=bar(stop.install_from, stop.until),
                public=bar(stop.opens_on, stop.closes_on),
                today=bar(today, today).x,
                arrived=tour.count_ticked(leg, ARRIVED) if leg else None,
                crates=len(tour.crates),
                visitors=counted.total if counted and counted.stretches else None,
                event=event,
                event_title=pick(event.title, lang) if event else None,
                differs=bool(
                    event and event.run_from and (event.run_from, event.run_to) != (stop.opens_on, stop.closes_on)
                ),
                clash=clashes.get(stop.key),
            )
        )
    return rows


def _scale(tour: Tour, today: date) -> tuple[date, int]:
    first = min([today, *(stop.install_from for stop in tour.stops)])
    last = max([today, *(stop.until for stop in tour.stops)])
    return first, (last - first).days + 1


def place_of(tour: Tour, stop: TourStop, lang: str) -> str:
    """Return the venue of a stop in words."""
    return pick(tour.venues[stop.venue_id].name, lang).text


def city_of(tour: Tour, stop: TourStop, lang: str) -> str:
    """Return the town of a stop in a language."""
    venue = tour.venues[stop.venue_id]
    return venue.city_names.get(lang) or venue.city


def segments_of(tour: Tour, lang: str) -> Segments:
    """Return the visitors of each stop by segment, as they were noted."""
    tallies: Mapping[int, Tally] = tallies_of(list(tour.events.values()))
    shown = [(stop, tallies[stop.event_id]) for stop in tour.stops if stop.event_id and stop.event_id in tallies]
    shown = [(stop, counted) for stop, counted in shown if counted.stretches]
    keys = sorted({segment for _stop, counted in shown for segment in counted.by_segment if segment})
    words = names_of_segments()
    names = tuple(pick(words.get(key, {"": key}), lang).text for key in keys)
    rows = tuple(
        (city_of(tour, stop, lang), tuple(counted.by_segment.get(key, 0) for key in keys), counted.total)
        for stop, counted in shown
    )
    return Segments(names, rows, sum(row[2] for row in rows))


def ways_of(tour: Tour, stop: TourStop, lang: str) -> list[Way]:
    """Return the ways to a stop and from it."""
    to = tour.leg_to(stop)
    legs = [*([to] if to else []), *tour.legs_from(stop)]
    return [_way(tour, leg, stop, lang) for leg in legs]


def _way(tour: Tour, leg: TransportLeg, stop: TourStop, lang: str) -> Way:
    by_id = {other.id: other for other in tour.stops}
    ends = [
        city_of(tour, by_id[one], lang) if one in by_id else _("the store")
        for one in (leg.from_stop_id, leg.to_stop_id)
    ]
    facts = [
        leg.carrier,
        _("cost: %(who)s", who=_(COST_WORDS[leg.cost_bearer])) if leg.cost_bearer in COST_WORDS else "",
    ]
    facts.append(ngettext("%(num)s day on the way", "%(num)s days on the way", leg.days))
    return Way(
        leg=leg,
        title=_("From %(start)s to %(end)s", start=ends[0], end=ends[1]),
        facts=", ".join(part for part in facts if part),
        left=tour.count_ticked(leg, LEFT),
        arrived=tour.count_ticked(leg, ARRIVED),
        is_here=leg.to_stop_id == stop.id,
    )


def fee_of(tour: Tour, stop: TourStop) -> Fee:
    """Return what a stop costs by the terms that were entered."""
    plan = next(one for one in tour.plan if one.key == stop.key)
    weeks = stop.fee_weeks if stop.fee_weeks is not None else tours.weeks_of(plan)
    tariff = tour.production.fee_per_week
    total = None if tariff is None else tariff * weeks
    host = None if total is None or stop.host_percent is None else round(total * stop.host_percent / 100)
    return Fee(weeks=weeks, total=total, host=host, currency=tour.production.currency)


def crate_choices(tour: Tour) -> list[SelectChoice]:
    """Return what a note can be about: all of the stop, or one crate."""
    crates = [SelectChoice(crate.number, f"{crate.number} {crate.content}".strip()) for crate in tour.crates]
    return [SelectChoice("", _("All of it")), *crates]


def amount(number: int, currency: str) -> str:
    """Return an amount of money in words of the reader's language."""
    return f"{format_decimal(number)} {currency}".strip()


def insured_for(works: Sequence[Mapping[str, int]]) -> int:
    """Return the sum of the insurance values of works."""
    return sum(int(work.get("insurance_value") or 0) for work in works)


def texts_due_on(tour: Tour, stop: TourStop) -> date:
    """Return the day on which the texts are due at the host."""
    return stop.opens_on - timedelta(days=tour.production.texts_days)
