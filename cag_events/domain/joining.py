"""The online room: when it is open, and what those who enter are told first. Its address is not known here."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cag_events.domain.event import EventView, OccurrenceRecord, Safety
from cag_events.domain.texts import Texts

BEFORE = 30  # minutes before the start, unless set otherwise
RECORDED = frozenset({"full", "edited"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel in which the room is interpreted; `how` one finds it there, in words."""

    language: str
    how: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """What a kind's details say of entering the room. `skips_hint`: those who come are sent on without a page."""

    minutes_before: int = BEFORE
    minutes_after: int = 0
    names: str = ""  # alias, own
    chat: str = ""  # open, moderated, off
    note: Texts = field(default_factory=dict)
    channels: tuple[Channel, ...] = ()
    skips_hint: bool = False

    def opens_at(self, part: OccurrenceRecord) -> datetime:
        """Return when the room of a date opens."""
        return part.starts_at - timedelta(minutes=self.minutes_before)

    def closes_at(self, part: OccurrenceRecord) -> datetime:
        """Return the first instant at which the room of a date is closed again."""
        return part.ends_at + timedelta(minutes=self.minutes_after)


def open_part(parts: Collection[OccurrenceRecord], at: datetime, entering: Entering) -> OccurrenceRecord | None:
    """Return the date whose room is open at an instant; of two the one that goes on or is nearest."""
    open_ones = [one for one in _held(parts) if entering.opens_at(one) <= at < entering.closes_at(one)]
    return min(
        open_ones, key=lambda one: (not one.starts_at <= at < one.ends_at, abs(one.starts_at - at)), default=None
    )


def next_opening(parts: Collection[OccurrenceRecord], at: datetime, entering: Entering) -> datetime | None:
    """Return when the room opens next."""
    return min((entering.opens_at(one) for one in _held(parts) if entering.opens_at(one) > at), default=None)


def _held(parts: Collection[OccurrenceRecord]) -> list[OccurrenceRecord]:
    """The dates that are not called off: the room of one that is stays shut."""
    return [one for one in parts if not one.is_cancelled]


def has_to_tell(entering: Entering, view: EventView) -> bool:
    """Tell whether those who enter must read something first: names, chat, recording, channels, protection."""
    if entering.skips_hint:
        return False
    said = (entering.names, entering.chat, entering.note, entering.channels, view.interpreting)
    return any(said) or view.recording in RECORDED or view.safety is not Safety.OPEN
