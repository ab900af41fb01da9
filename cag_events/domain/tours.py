"""Tours of an exhibition: how a stop goes on, whether the crates can be there, what moves after a stop that is moved.

Dates are days. A stop holds the crates from the day its installation may begin until the last day of its take-down,
its custody; the public sees it on fewer days. Transport of n days that leaves on a day arrives n days later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from cag_events.domain.errors import N_, Refused


class StopStatus(StrEnum):
    """How far a stop has come."""

    ASKED = "asked"
    RESERVED = "reserved"
    AGREED = "agreed"
    INSTALLED = "installed"
    OPEN = "open"
    CLOSED = "closed"
    RETURNED = "returned"


ORDER = tuple(StopStatus)
MOVES: dict[StopStatus, frozenset[StopStatus]] = {
    StopStatus.ASKED: frozenset({StopStatus.RESERVED, StopStatus.AGREED}),
    StopStatus.RESERVED: frozenset({StopStatus.AGREED, StopStatus.ASKED}),
    StopStatus.AGREED: frozenset({StopStatus.INSTALLED, StopStatus.RESERVED}),
    StopStatus.INSTALLED: frozenset({StopStatus.OPEN, StopStatus.AGREED}),
    StopStatus.OPEN: frozenset({StopStatus.CLOSED, StopStatus.INSTALLED}),
    StopStatus.CLOSED: frozenset({StopStatus.RETURNED, StopStatus.OPEN}),
    StopStatus.RETURNED: frozenset({StopStatus.CLOSED}),
}
BINDING = frozenset(ORDER[ORDER.index(StopStatus.AGREED) :])  # the host counts on it
STARTED = frozenset(ORDER[ORDER.index(StopStatus.INSTALLED) :])  # the crates have been there


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One showing of a production. `install_from` and `until`: first and last day on which it holds the crates."""

    key: str
    status: StopStatus
    install_from: date
    opens_on: date
    closes_on: date
    until: date

    def moved(self, days: int) -> "Stop":
        """Return the stop with all its dates so many days later."""
        by = timedelta(days=days)
        return replace(
            self,
            install_from=self.install_from + by,
            opens_on=self.opens_on + by,
            closes_on=self.closes_on + by,
            until=self.until + by,
        )


Days = Callable[[str, str], int]  # days of transport from a stop to another, by their keys


@dataclass(frozen=True, slots=True)
class Clash:
    """Two stops that cannot both have the crates: `missing` days lie between them too few."""

    earlier: Stop
    later: Stop
    transport: int
    missing: int


@dataclass(frozen=True, slots=True)
class Shift:
    """A stop that moves: as it is, as it will be, and by how many days."""

    before: Stop
    after: Stop
    days: int


@dataclass(frozen=True, slots=True)
class Chain:
    """What moving a stop does: the stops that move, the moved one first, and what still clashes afterwards."""

    shifts: tuple[Shift, ...]
    clashes: tuple[Clash, ...]


def require_dates(stop: Stop) -> None:
    """Raise Refused stop.dates with the field, where its days are not in their order."""
    if stop.opens_on < stop.install_from:
        raise Refused("stop.dates", N_("It opens before the installation begins."), field="opens_on")
    if stop.closes_on < stop.opens_on:
        raise Refused("stop.dates", N_("The last day is before the first."), field="closes_on")
    if stop.until < stop.closes_on:
        raise Refused("stop.dates", N_("The take-down ends before the last day."), field="until")


def in_order(stops: Iterable[Stop]) -> list[Stop]:
    """Return stops in the order in which they hold the crates."""
    return sorted(stops, key=lambda stop: (stop.install_from, stop.until, stop.key))


def shortfall(earlier: Stop, later: Stop, transport: int) -> int:
    """Return how many days are missing for the crates to come from one stop to the other; 0 where they can."""
    arrives = earlier.until + timedelta(days=transport)
    return max(0, (arrives - later.install_from).days)


def clashes(stops: Iterable[Stop], transport: Days) -> list[Clash]:
    """Return the pairs of stops that follow each other and between which the crates cannot come in time."""
    return [
        Clash(earlier, later, days, missing)
        for earlier, later in pairwise(in_order(stops))
        if (missing := shortfall(earlier, later, days := transport(earlier.key, later.key)))
    ]


def clashes_of(stop: Stop, others: Iterable[Stop], transport: Days) -> list[Clash]:
    """Return the clashes of one stop with the binding stops before and after it."""
    binding = [other for other in others if other.status in BINDING and other.key != stop.key]
    return [clash for clash in clashes([*binding, stop], transport) if stop in (clash.earlier, clash.later)]


def require_move(current: StopStatus, wanted: StopStatus) -> None:
    """Raise Refused stop.move where a stop cannot go from one status to the other."""
    if wanted not in MOVES[current]:
        raise Refused("stop.move", N_("From here the stop cannot get this status."), field="status")


def require_crates(stop: Stop, others: Iterable[Stop], transport: Days, *, is_overridden: bool = False) -> list[Clash]:
    """Return what is overridden for a stop that hosts count on: nothing, or the clashes that a reason was given for.

    A stop that is no more than asked for or reserved clashes with nothing. Raises Refused stop.clash where the crates
    cannot be there in time, or not leave in time for the next stop.
    """
    if stop.status not in BINDING:
        return []
    found = clashes_of(stop, others, transport)
    if found and not is_overridden:
        first = found[0]
        if first.later == stop:
            text = N_("The crates cannot be here in time: %(missing)s days are missing after the stop before.")
        else:
            text = N_("The crates cannot leave in time: %(missing)s days are missing before the next stop.")
        raise Refused("stop.clash", text, field="reason", missing=first.missing)
    return found


def chain(stops: Sequence[Stop], key: str, days: int, transport: Days, *, step: int = 1) -> Chain:
    """Return what moves when a stop moves by so many days: the later ones, as far as there is no slack.

    A later stop moves only by what is missing, in whole steps (7: it keeps its weekday). Stops that have begun stay,
    and so do all before the moved one: what then clashes is told. Raises Refused stop.started for one that has begun.
    """
    ordered = in_order(stops)
    at = next(number for number, stop in enumerate(ordered) if stop.key == key)
    if ordered[at].status in STARTED and days:
        raise Refused("stop.started", N_("The stop has begun: it can no longer be moved."), field="days")
    shifts, result = [], list(ordered[:at])
    moved = ordered[at].moved(days)
    if days:
        shifts.append(Shift(ordered[at], moved, days))
    result.append(moved)
    for stop in ordered[at + 1 :]:
        missing = shortfall(result[-1], stop, transport(result[-1].key, stop.key))
        by = -(-missing // step) * step if stop.status not in STARTED else 0
        after = stop.moved(by)
        if by:
            shifts.append(Shift(stop, after, by))
        result.append(after)
    return Chain(tuple(shifts), tuple(clashes(result, transport)))


def free_spans(stops: Iterable[Stop], transport: Days, *, least: int = 7) -> list[tuple[date, date]]:
    """Return the spans of at least so many days between stops in which the crates could stand somewhere else.

    The transport to and from there is not in them: it depends on where that is; the known way between the two is.
    """
    found = []
    for earlier, later in pairwise(in_order(stops)):
        first = earlier.until + timedelta(days=1)
        last = later.install_from - timedelta(days=1 + transport(earlier.key, later.key))
        if (last - first).days + 1 >= least:
            found.append((first, last))
    return found


def weeks_of(stop: Stop) -> int:
    """Return the weeks for which a fee is due: those that were begun of the days the public can come."""
    return -(-((stop.closes_on - stop.opens_on).days + 1) // 7)
