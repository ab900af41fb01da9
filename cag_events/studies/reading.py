"""The readings of an event as somebody may have them: what is let out to them, and which files they may fetch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from cag_events.domain.disclosure import RANK
from cag_events.domain.event import Circle, EventView
from cag_events.kinds import read_details
from cag_events.kinds.study_session import FOR_ALL, StudySession, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Something to read, with the meeting that it is for (None: there is none) and the address of its file."""

    text: Text
    day: date | None
    url: str
    is_held_back: bool = False  # its file is for those who are registered


def readings_of(view: EventView, address: Callable[[str], str], files: frozenset[str]) -> Iterator[Reading]:
    """Yield the readings that a viewer may see, by meeting; `address` of a file by its name, `files` that there are."""
    details = read_details(view.kind, view.details)
    if not isinstance(details, StudySession):
        return
    for text in sorted(details.study.readings, key=lambda one: one.meeting):
        part = view.occurrences[text.meeting - 1] if 1 <= text.meeting <= len(view.occurrences) else None
        is_there = text.file in files
        yield Reading(
            text=text,
            day=part.starts_wall.date() if part else None,
            url=address(text.file) if is_there and _may_have(text, view) else "",
            is_held_back=is_there and not _may_have(text, view),
        )


def may_fetch(view: EventView, name: str) -> bool:
    """Tell whether a viewer may have a file of the event: one of the readings that they see names it."""
    details = read_details(view.kind, view.details)
    return isinstance(details, StudySession) and any(
        text.file == name and _may_have(text, view) for text in details.study.readings
    )


def _may_have(text: Text, view: EventView) -> bool:
    return text.access == FOR_ALL or RANK[view.circle] >= RANK[Circle.REGISTERED]
