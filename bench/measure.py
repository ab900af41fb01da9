"""Takes two or more things in turn, so that what the machine does meanwhile hits them alike; the median counts."""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TextIO

ROUNDS = 5


@dataclass(frozen=True)
class Figure:
    """What one thing cost in the median round: CPU milliseconds and wall seconds a call."""

    cpu_ms: float
    wall_s: float

    @property
    def rate(self) -> float:
        """Calls a second."""
        return 1 / self.wall_s


def after_each(
    things: Mapping[str, tuple[Callable[[], object], Callable[[], object]]], times: int
) -> dict[str, Figure]:
    """Call each (before, thing) so many times a round and count only what `thing` costs; the median of all calls."""
    return rounds({name: lambda pair=pair: _each(*pair, times) for name, pair in things.items()})


def rounds(things: Mapping[str, Callable[[], Figure]]) -> dict[str, Figure]:
    """Return the median of what the rounds of each thing gave, taken in turn, every other time in reverse order."""
    taken: dict[str, list[Figure]] = {name: [] for name in things}
    for number in range(ROUNDS):
        for name in list(things) if number % 2 == 0 else list(reversed(things)):
            gc.collect()
            taken[name].append(things[name]())
    return {name: median(figures) for name, figures in taken.items()}


def median(figures: list[Figure]) -> Figure:
    """Return the median of both numbers."""
    return Figure(statistics.median(f.cpu_ms for f in figures), statistics.median(f.wall_s for f in figures))


def timed(thing: Callable[[], object], seconds: float) -> Figure:
    """Call a thing for about so many seconds."""
    number = 0
    cpu, begin = time.process_time(), time.perf_counter()
    while True:
        thing()
        number += 1
        wall = time.perf_counter() - begin
        if wall >= seconds:
            return Figure((time.process_time() - cpu) * 1000 / number, wall / number)


def calls(thing: Callable[[], object], number: int) -> Figure:
    """Call a thing so often."""
    cpu, begin = time.process_time(), time.perf_counter()
    for _ in range(number):
        thing()
    return Figure((time.process_time() - cpu) * 1000 / number, (time.perf_counter() - begin) / number)


def _each(before: Callable[[], object], thing: Callable[[], object], times: int) -> Figure:
    figures = []
    for _ in range(times):
        before()
        cpu, begin = time.process_time(), time.perf_counter()
        thing()
        figures.append(Figure((time.process_time() - cpu) * 1000, time.perf_counter() - begin))
    return median(figures)


@dataclass(frozen=True)
class Row:
    """A line of the result: which aim, what, ours, the limit, how they compare, what is wanted, whether it is met."""

    aim: str
    what: str
    ours: str
    limit: str = ""
    ratio: str = ""
    wanted: str = ""
    is_met: bool | None = None


@dataclass
class Report:
    """Prints rows as they come and remembers them for the last lines."""

    rows: list[Row] = field(default_factory=list)
    shown_on: TextIO = field(default_factory=lambda: sys.stdout)

    def print(self, text: str) -> None:
        """Print a line at once."""
        print(text, file=self.shown_on, flush=True)

    def title(self, text: str) -> None:
        """Begin a part."""
        self.print(f"\n{text}")
        self.print("  " + _line(Row("aim", "what", "ours", "limit, same run", "ratio", "wanted")))

    def say(self, aim: str, what: str, ours: str, limit: str = "", **more: Any) -> None:
        """Print a row."""
        row = Row(aim, what, ours, limit, **more)
        self.rows.append(row)
        self.print("  " + _line(row))

    def verdicts(self) -> None:
        """Print for each aim whether it is met, with the figures that decide."""
        self.print("\naims")
        for aim in (*(f"G{number}" for number in range(1, 11)), "flat", "R1", "R2"):
            judged = [row for row in self.rows if row.aim == aim and row.is_met is not None]
            missed = [row for row in judged if not row.is_met]
            if not judged:
                self.print(f"  {aim:<4} not measured in this run")
                continue
            told = missed or judged
            words = "; ".join(f"{row.what}: {row.ratio or row.ours} (wanted {row.wanted})" for row in told)
            self.print(f"  {aim:<4} {'not yet' if missed else 'met':<8} {words}")


def _line(row: Row) -> str:
    mark = {True: "met", False: "NOT YET", None: ""}[row.is_met]
    cells = (
        (row.aim, 4),
        (row.what, 46),
        (row.ours, 27),
        (row.limit, 27),
        (row.ratio, 9),
        (row.wanted, 13),
        (mark, 7),
    )
    return "  ".join(text.ljust(width) for text, width in cells).rstrip()


def told(figure: Figure) -> str:
    """Return a figure in words: a rate and CPU milliseconds a request."""
    return f"{figure.rate:,.0f}/s {figure.cpu_ms:.2f} ms CPU"
