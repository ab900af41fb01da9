"""Figures typed for a day, and presses that a phone sends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from wtforms import Field

from cag_events.domain.errors import N_
from cag_events.exhibitions.services.visitors import MOST_TAPS, Tap
from cag_events.web.forms import DateField, Form, Required, WholeNumberField

LATEST: Final = 36 * 3600  # seconds


class DayForm(Form):
    """How many came on a day, by segment."""

    day = DateField(N_("Day"), [Required()])
    other = WholeNumberField(N_("Visitors, no group noted"), most=100_000)

    @property
    def groups(self) -> list[Field]:
        """The fields of the segments."""
        return [field for name, field in self._fields.items() if name.startswith("group-")]

    def read(self) -> dict[str, int | None]:
        """Return people by the segment's key."""
        return {
            "": self.other.data,
            **{field.short_name.removeprefix("group-"): field.data for field in self.groups},
        }


def day_form(segments: Sequence[tuple[str, str]]) -> DayForm:
    """Return the form for an event with these segments (key, name)."""
    return _class(tuple(segments))()


@lru_cache(maxsize=64)
def _class(segments: tuple[tuple[str, str], ...]) -> type[DayForm]:
    fields: dict[str, Any] = {f"group-{key}": WholeNumberField(name, most=100_000) for key, name in segments}
    return type("DayFormOfEvent", (DayForm,), fields)


class _Sent(msgspec.Struct):
    """A press as the phone says it: its id, one more or one less, the segment, how many seconds ago."""

    id: str
    change: int = 1
    segment: str = ""
    ago: float = 0


_DECODER = msgspec.json.Decoder(list[_Sent])


def read_taps(text: str, now: datetime) -> list[Tap]:
    """Return the presses that a phone sent as JSON; none for what is no such list."""
    try:
        sent = _DECODER.decode(text[:200_000])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return []
    return [
        Tap(
            client_id=one.id[:40],
            change=1 if one.change > 0 else -1,
            segment=one.segment[:100],
            at=now - timedelta(seconds=min(max(one.ago, 0), LATEST)),
        )
        for one in sent[:MOST_TAPS]
    ]
