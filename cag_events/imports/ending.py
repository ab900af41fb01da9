"""A rule for repeating that knows when to stop looking."""

from datetime import datetime
from typing import Any

from dateutil.rrule import rrule


class Over(Exception):
    """A rule has looked beyond its end."""


class Ending(rrule):
    """A rule that looks no further than its end; dateutil's own looks at every day until the year 9999 for one that
    never hits, as a 30 February.

    It asks for `_bynweekday` whenever it comes to another month or year, at each step that is not a day's or a week's.
    """

    _looks = 0
    _most = 0
    _by: Any = None

    @classmethod
    def until(cls, rule: Any, last: datetime) -> "Ending":
        """Return a rule with an end."""
        made = cls(
            rule._freq,
            dtstart=rule._dtstart,
            interval=rule._interval,
            wkst=rule._wkst,
            until=last,
            **rule._original_rule,
        )
        made._most = (max(last.year, rule._dtstart.year) - rule._dtstart.year + 2) * 13
        return made

    @property
    def _bynweekday(self) -> Any:
        self._looks += 1
        if self._most and self._looks > self._most:
            raise Over
        return self._by

    @_bynweekday.setter
    def _bynweekday(self, value: Any) -> None:
        self._by = value
