"""The head count: a counter of its own, each press once, never below zero, by a link or in the workspace."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.events.queries import get_record
from cag_events.events.services import end_pass, make_pass
from cag_events.events.services.passes import list_passes
from cag_events.permissions import Role
from cag_events.registrations.models import WalkIn
from cag_events.registrations.queries import count_by
from cag_events.talks import services
from cag_events.talks.queries import heads_of
from cag_events.talks.services import Step
from tests.factories import at, make_event, make_segment, post, sign_in
from tests.making import Make
from tests.page import page
from tests.talks.talking import editor, organizer


def part_of(event_id: int) -> int:
    return get_record(event_id).occurrences[0].id


def step(occurrence_id: int, change: int = 1, name: str = "a", segment: str = "") -> Step:
    return Step(occurrence_id=occurrence_id, segment=segment, change=change, id=name)


def test_count_adds_each_press_once_by_segment_and_not_below_zero(any_ctx: Flask) -> None:
    event, by = make_event(), organizer()
    part = part_of(event.id)
    make_segment("students")

    for one in (step(part), step(part), step(part, 5, "b"), step(part, 2, "c", "students"), step(part, -9, "d")):
        services.count_heads(event.id, one, by=by)

    assert heads_of([event.id]) == {part: {"": 0, "students": 2}}


def test_count_leaves_registrations_and_walk_ins_alone(app_ctx: Flask) -> None:
    event = make_event()

    services.count_heads(event.id, step(part_of(event.id), 30), by=organizer())

    assert (count_by(event.id).checked_in, db.session.scalars(select(WalkIn)).all()) == (0, [])


def test_count_refuses_others_occurrences_strangers_and_too_much_at_once(app_ctx: Flask) -> None:
    event, other = make_event(), make_event()

    with pytest.raises(NotFound):
        services.count_heads(event.id, step(part_of(other.id)), by=organizer())
    with pytest.raises(NotAllowed):
        services.count_heads(event.id, step(part_of(event.id)), by=editor())
    with pytest.raises(Refused):
        services.count_heads(event.id, step(part_of(event.id), 101), by=organizer())
    services.count_heads(event.id, step(part_of(event.id), 100), by=organizer())


def test_phone_counts_by_a_link_until_it_is_ended(make: Make, app: Flask, client: FlaskClient) -> None:
    event = make.event(key="film")
    with app.app_context():
        token = make_pass(event.id, "heads", "Foajén", by=organizer())
        part = get_record(event.id).occurrences[0].id

    path = f"/en/heads/{token}"
    with clock.fixed(at("2026-12-03T18:05")):
        values = {"occurrence": str(part), "segment": "", "change": "5", "step": "x"}
        answers = [post(client, path, values).status_code for _ in range(2)]
        shown = page(client, path)
        with app.app_context():
            end_pass(event.id, list_passes(event.id)[0].row_id, by=organizer())

    assert answers == [303, 303]
    assert "In the room 5" in shown.main
    assert client.get(path).status_code == 404


def test_link_for_heads_opens_no_questions(make: Make, app: Flask, client: FlaskClient) -> None:
    event = make.event(key="film", details={"lecture": {"questions": "both"}})
    with app.app_context():
        token = make_pass(event.id, "heads", "Foajén", by=organizer())

    assert client.get(f"/en/heads/{token}").status_code == 200
    assert client.get(f"/en/moderator/{token}").status_code == 404


def test_set_heads_writes_down_a_note_and_refuses_what_is_no_number(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    event = make.event(key="film")
    make.segment("students")
    sign_in(client, Role.ORGANIZER)
    path = "/en/organise/events/film/heads"
    part = page(client, path).one("input", name="occurrence", type="hidden").get("value")

    wrong = post(client, path, {"occurrence": part, "people-students": "many"})
    right = post(client, path, {"occurrence": part, "people-students": "12", "people-": "3"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "many" in wrong.text
    with app.app_context():
        assert list(heads_of([event.id]).values()) == [{"students": 12, "": 3}]
    assert client.get(f"{path}.csv").text.splitlines()[1:] == [
        '"2026-12-03T18:00","Europe/Stockholm","Group students","12"',
        '"2026-12-03T18:00","Europe/Stockholm","Not said","3"',
    ]


def test_counter_shows_the_date_that_goes_on(make: Make, app: Flask, client: FlaskClient) -> None:
    event = make.event(key="film", dates=["2026-12-03T18:00", "2026-12-10T18:00"])
    with app.app_context():
        token = make_pass(event.id, "heads", "Foajén", by=organizer())

    with clock.fixed(at("2026-12-10T17:30")):
        late = page(client, f"/en/heads/{token}")
    with clock.fixed(at("2026-12-03T18:00") - timedelta(days=3)):
        early = page(client, f"/en/heads/{token}")

    def current(shown: object) -> str:
        links = shown.all("a", class_="chip")  # type: ignore[attr-defined]
        return "".join(str(link.get("href"))[-1:] for link in links if link.get("aria-current"))

    assert (current(early), current(late)) == ("1", "2")
