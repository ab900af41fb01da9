"""What people write about food and rooms, counted without their names; pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cag_events.domain.texts import fold

_SHORTEST_NAME = 3
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_EDGES = " .,;:!?-–"
HIDDEN = "…"


@dataclass(frozen=True, slots=True)
class Counted:
    """A wish as the first who wrote it spelt it, and how many wrote the same."""

    text: str
    number: int


def count_wishes(wishes: Iterable[str]) -> list[Counted]:
    """Count wishes that are the same but for case, accents, spaces and a full stop; the most frequent first."""
    numbers: Counter[str] = Counter()
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for wish in wishes:
        text = " ".join(wish.split()).strip(_EDGES)
        if not text:
            continue
        same = fold(text)
        numbers[same] += 1
        spelt[same][text] += 1
    found = [Counted(spelt[same].most_common(1)[0][0], number) for same, number in numbers.items()]
    return sorted(found, key=lambda one: (-one.number, fold(one.text)))


def without_names(text: str, names: Iterable[str]) -> str:
    """Return a wish without the names of those who sent it, should they stand in it."""
    own = {fold(word) for name in names for word in _WORD.findall(name) if len(word) >= _SHORTEST_NAME}
    return _WORD.sub(lambda found: HIDDEN if fold(found[0]) in own else found[0], text)
