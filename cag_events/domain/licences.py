"""Licences to show a film: one may cover several events; how many showings it still allows, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one event says of a licence and takes of it; limits that are not said are None. `days`: of its showings."""

    event_id: int
    showings: int | None
    valid_until: date | None
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a licence stands with all events that use it: the strictest of what they say counts."""

    allowed: int | None
    used: int
    valid_until: date | None
    too_late: tuple[date, ...]  # showings after its end

    @property
    def excess(self) -> int:
        """How many showings are too many."""
        return max(self.used - self.allowed, 0) if self.allowed is not None else 0


def standing(uses: Iterable[Use]) -> Standing:
    """Add up the showings of all events under one licence."""
    every = list(uses)
    allowed = min((one.showings for one in every if one.showings is not None), default=None)
    until = min((one.valid_until for one in every if one.valid_until is not None), default=None)
    days = sorted(day for one in every for day in one.days)
    late = tuple(day for day in days if until is not None and day > until)
    return Standing(allowed, len(days), until, late)
