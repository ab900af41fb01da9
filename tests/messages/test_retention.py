"""What organizers wrote to those who come is deleted with the registrations; that it was sent stays as a number."""

import pytest
from flask import Flask

from cag_events import clock, retention
from cag_events.domain.noticing import HOLD, News, State
from cag_events.messages.retention import holding
from cag_events.messages.services.holding import drop, send_due
from cag_events.messages.services.writing import write
from tests.factories import at, make_event
from tests.messages.given import edited, join, make_house, moved_to, notices, team, the_notice


@pytest.fixture(autouse=True)
def _house(any_ctx: Flask) -> None:
    del any_ctx
    make_house()


def test_words_of_organizers_are_deleted_with_the_registrations_and_the_numbers_stay(tmp_path) -> None:
    event = make_event(starts="2026-12-03T18:00", minutes=90)
    join(event)
    write(event.id, {"en": "About Anna"}, {"en": "Anna is ill."}, {}, by=team())
    edited(event, occurrences=moved_to(event, "2026-12-03T19:00"))
    held = next(one for one in notices(event) if one.what is News.MOVED)
    drop(held.id, "Anna has phoned them", by=team())
    send_due(clock.now() + HOLD)

    left = []
    for wall in ("2027-01-01T23:59", "2027-01-02T00:00"):
        with clock.fixed(at(wall)):
            retention.run(tmp_path)
        left.append([(one.what, one.state, one.told, bool(one.body or one.reason)) for one in notices(event)])

    assert left[0] == [(News.WRITTEN, State.SENT, 1, True), (News.MOVED, State.DROPPED, None, True)]
    assert left[1] == [(*row[:3], False) for row in left[0]]
    assert holding() == frozenset()


def test_holding_names_nobody_where_nothing_was_written_or_it_waits() -> None:
    silent, waiting, free = make_event(), make_event(), make_event()
    for event in (silent, waiting):
        join(event)
    edited(silent, occurrences=moved_to(silent, "2026-12-26T18:00"))
    send_due(the_notice(silent).due_at)
    write(waiting.id, {"en": "Shoes"}, {"en": "Bring shoes."}, {}, by=team())

    assert holding() == frozenset()
    assert notices(free) == []
