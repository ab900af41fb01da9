"""The online room: open in its window alone, and what must be read first."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.event import Interpreting, Safety
from cag_events.domain.joining import Channel, Entering, has_to_tell, next_opening, open_part
from tests.kinds.drafts import NOW, part, record

MINUTE = timedelta(minutes=1)
FIRST, SECOND = part(number=1), part("2026-12-03T20:00", number=2)


def test_open_part_opens_thirty_minutes_before_and_closes_at_the_end() -> None:
    usual = Entering()

    assert open_part([FIRST], FIRST.starts_at - 31 * MINUTE, usual) is None
    assert open_part([FIRST], FIRST.starts_at - 30 * MINUTE, usual) == FIRST
    assert open_part([FIRST], FIRST.ends_at - MINUTE, usual) == FIRST
    assert open_part([FIRST], FIRST.ends_at, usual) is None


def test_open_part_keeps_to_the_window_that_was_set() -> None:
    own = Entering(minutes_before=5, minutes_after=15)

    assert open_part([FIRST], FIRST.starts_at - 6 * MINUTE, own) is None
    assert open_part([FIRST], FIRST.ends_at + 14 * MINUTE, own) == FIRST
    assert open_part([FIRST], FIRST.ends_at + 15 * MINUTE, own) is None


def test_open_part_prefers_the_date_that_goes_on_where_two_are_open() -> None:
    late = Entering(minutes_before=60, minutes_after=60)

    assert open_part([FIRST, SECOND], FIRST.ends_at - MINUTE, late) == FIRST
    assert open_part([FIRST, SECOND], SECOND.starts_at, late) == SECOND


@given(st.integers(-600, 600), st.integers(0, 240), st.integers(0, 240))
def test_open_part_and_next_opening_never_contradict(offset: int, before: int, after: int) -> None:
    at, entering = FIRST.starts_at + offset * MINUTE, Entering(minutes_before=before, minutes_after=after)

    found, opens = open_part([FIRST], at, entering), next_opening([FIRST], at, entering)

    assert not (found is not None and opens is not None)
    assert (opens is not None) == (at < entering.opens_at(FIRST))


def test_has_to_tell_is_asked_for_by_whatever_has_been_said() -> None:
    def tells(entering: Entering | None = None, **values: object) -> bool:
        return has_to_tell(entering or Entering(), disclose(record("webinar", **values), STRANGER, NOW))

    assert not tells()
    assert not tells(recording="never")
    assert tells(recording="edited")
    assert tells(safety=Safety.CAREFUL)
    assert tells(interpreting=(Interpreting(to="ru", how="simultaneous"),))
    assert tells(Entering(names="alias"))
    assert tells(Entering(chat="off"))
    assert tells(Entering(channels=(Channel(language="ru"),)))
    assert not tells(Entering(names="alias", skips_hint=True), recording="full")
