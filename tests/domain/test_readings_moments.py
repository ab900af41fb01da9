"""When more of a kind's details is told: the moments that a kept answer must not outlive."""

from datetime import UTC, datetime

from cag_events.domain.readings import NEVER, let_out, let_out_at


def test_let_out_at_names_each_moment_at_which_more_is_given():
    details = {
        "reading": [{"title": "A", "available_from": "2026-12-01"}, {"title": "B"}],
        "nested": {"rows": ({"title": "C", "available_from": "2026-12-05"}, {"title": "D", "available_days": 3})},
        "number": 4,
    }

    moments = list(let_out_at(details, (), "Europe/Stockholm"))

    first, second = datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 4, 23, tzinfo=UTC)
    assert moments == [first, second, NEVER]
    given = [
        len(let_out(details, (), "Europe/Stockholm", at, is_registered=True)["reading"])
        for at in (first.replace(minute=59, hour=22), first)
    ]
    assert given == [1, 2]
