"""What was said after an event, as far as it may be told: fewer than five are not a number."""

from collections.abc import Mapping
from dataclasses import dataclass

from cag_events.domain.reminding import FEW

Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Figures of the three questions, as texts; empty where too few have answered."""

    asked: str
    answers: str
    knowledge_up: str
    will_act: str
    rating: str


def results_of(counts: Counts, asked: int, point: str = ".") -> Results | None:
    """Return the figures of an event's questions; None where nobody was asked. `point`: the sign before decimals."""
    if not asked:
        return None
    return Results(
        asked=few(asked),
        answers=few(counts.get("answers", {}).get("", 0)),
        knowledge_up=_share(counts.get("knowledge", {})),
        will_act=_share(counts.get("act", {})),
        rating=_mean(counts.get("rating", {})).replace(".", point),
    )


def few(number: int) -> str:
    """Return a number of people as it is told: none, fewer than five, or how many."""
    return str(number) if number == 0 or number >= FEW else f"<{FEW}"


def _share(values: Mapping[str, int]) -> str:
    total = sum(values.values())
    return f"{round(100 * values.get('yes', 0) / total)} %" if total >= FEW else ""


def _mean(values: Mapping[str, int]) -> str:
    total = sum(values.values())
    return f"{sum(int(value) * number for value, number in values.items()) / total:.1f}" if total >= FEW else ""
