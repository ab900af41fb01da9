"""Who would make a group that is chosen more balanced: pure, a suggestion for people, never a decision.

Parties count by their people: somebody who applies for three takes three seats, and three of their segment.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why somebody is suggested."""

    SEGMENT = "segment"  # too few of their segment have a seat
    FIRST_TIME = "first_time"  # too few who come for the first time have a seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who has a seat or applies for one; `segment` empty: not said."""

    key: str
    people: int = 1
    segment: str = ""
    first_time: bool | None = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """How many people of each segment, and how many first-timers, should have a seat; 0: nothing is aimed for."""

    segments: Mapping[str, int] = field(default_factory=dict)
    first_time: int = 0

    def __bool__(self) -> bool:
        return bool(self.first_time or any(self.segments.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """People by what the balance is about."""

    people: int = 0
    segments: Mapping[str, int] = field(default_factory=dict)
    first_time: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)

    def missing(self, aims: Aims) -> int:
        """Return how many people the aims lack: of every segment, and first-timers."""
        short = sum(max(0, aim - self.segments.get(segment, 0)) for segment, aim in aims.segments.items())
        return short + max(0, aims.first_time - self.first_time)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A party that would improve the balance, and what it would mend."""

    key: str
    reasons: tuple[Reason, ...]


def tally(parties: Iterable[Party]) -> Tally:
    """Count the people of parties."""
    segments, languages = Counter[str](), Counter[str]()
    people = first_time = 0
    for party in parties:
        people += party.people
        segments[party.segment] += party.people
        if party.language:
            languages[party.language] += party.people
        if party.first_time:
            first_time += party.people
    return Tally(people=people, segments=segments, first_time=first_time, languages=languages)


def suggest(applicants: Sequence[Party], chosen: Iterable[Party], aims: Aims, free: int) -> tuple[Suggestion, ...]:
    """Return who of the applicants, taken in this order, would improve the balance within the free seats.

    Each step takes the party that lacking people the aims gain most from for each of its seats, the earlier applicant
    where two are alike; it ends when nobody left improves anything.
    """
    seated, left, taken = list(chosen), list(applicants), []
    while left:
        now = tally(seated)
        gains = [(_gain(party, now, aims), party) for party in left if party.people <= free]
        best = max(gains, key=lambda pair: pair[0] / pair[1].people, default=None)
        if best is None or best[0] == 0:
            break
        party = best[1]
        taken.append(Suggestion(party.key, _reasons(party, now, aims)))
        seated.append(party)
        left.remove(party)
        free -= party.people
    return tuple(taken)


def _gain(party: Party, now: Tally, aims: Aims) -> int:
    """By how many people a party would mend what is missing."""
    return sum(
        min(party.people, short) for short in (_short_of_segment(party, now, aims), _short_of_first(party, now, aims))
    )


def _reasons(party: Party, now: Tally, aims: Aims) -> tuple[Reason, ...]:
    found = []
    if _short_of_segment(party, now, aims):
        found.append(Reason.SEGMENT)
    if _short_of_first(party, now, aims):
        found.append(Reason.FIRST_TIME)
    return tuple(found)


def _short_of_segment(party: Party, now: Tally, aims: Aims) -> int:
    return max(0, aims.segments.get(party.segment, 0) - now.segments.get(party.segment, 0))


def _short_of_first(party: Party, now: Tally, aims: Aims) -> int:
    return max(0, aims.first_time - now.first_time) if party.first_time else 0
