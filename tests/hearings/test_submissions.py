"""Submissions: taken once, cleared before anybody else reads them, never made wider by anybody but their submitter."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.disclosure import STRANGER
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.hearing import Audience, Level, reach_of
from cag_events.domain.lifecycle import Status
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.hearings import services
from cag_events.hearings.models import Submission
from cag_events.hearings.queries import find_submission, list_shown, list_submissions
from cag_events.hearings.services import Change, NewSubmission
from cag_events.permissions import SYSTEM, Actor, Role
from tests.hearings.given import make_hearing, seat, written

ORGANIZER, EDITOR = Actor(role=Role.ORGANIZER), Actor(role=Role.EDITOR)
NEW = NewSubmission(text="Text", level=Level.PUBLIC, name="Namn", language="sv", page_language="sv", key="k1")


def one() -> Submission:
    """The only submission, as it is now."""
    db.session.expire_all()
    return db.session.scalars(select(Submission)).one()


def test_submit_takes_a_form_once_and_gives_the_same_link(any_ctx: Flask) -> None:
    event = make_hearing()

    first = services.submit(event.id, NEW, viewer=STRANGER)
    again = services.submit(event.id, NEW, viewer=STRANGER)

    assert first == again
    assert [row.text for row in list_submissions(event.id)] == ["Text"]
    assert find_submission(first) is not None
    assert find_submission(first[::-1]) is None


def test_submit_keeps_text_and_name_sealed(app_ctx: Flask) -> None:
    services.submit(make_hearing().id, NEW, viewer=STRANGER)

    row = db.session.execute(text("SELECT * FROM submission")).mappings().one()

    assert [name for name, value in row.items() if value in ("Text", "Namn")] == []
    assert one().text == "Text"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"starts": "2026-11-23T13:00"}, "submission.closed"),  # less than three days before
        ({"status": Status.CANCELLED}, "submission.closed"),
        ({"details": {"submissions": {"welcome": False}}}, "submission.closed"),
        ({"details": {"submissions": {"welcome": True, "most_chars": 3}}}, "submission.long"),
    ],
)
def test_submit_refuses_what_is_late_or_long(app_ctx: Flask, values: dict[str, object], code: str) -> None:
    event = make_hearing(**values)

    with pytest.raises(Refused) as refused:
        services.submit(event.id, NEW, viewer=STRANGER)

    assert refused.value.code == code


def test_clear_shows_a_public_one_from_its_day_on_and_nothing_of_the_others(app_ctx: Flask) -> None:
    event = make_hearing()
    for level in Level:
        written(event.id, level, level.value, clear=True)

    shown = list_shown(get_record(event.id))

    today = clock.now().date()
    assert [(row.text, row.name, row.organisation, row.shown_from) for row in shown] == [
        ("public", "Namn public", "Org public", today + timedelta(days=2)),
        ("anonymous", "", "", today + timedelta(days=2)),
    ]


def test_clear_is_for_those_who_see_attendees(app_ctx: Flask) -> None:
    event = make_hearing()
    row_id = written(event.id, Level.PUBLIC, "a").row_id

    for do in (
        lambda by: services.clear_submission(event.id, row_id, by=by),
        lambda by: services.narrow_submission(event.id, row_id, Level.WITHHELD, by=by),
    ):
        with pytest.raises(NotAllowed):
            do(EDITOR)
        do(ORGANIZER)


def test_narrow_holds_at_once_and_cannot_be_undone_by_the_team(app_ctx: Flask) -> None:
    event = make_hearing()
    row_id = written(event.id, Level.PUBLIC, "a", clear=True).row_id

    services.narrow_submission(event.id, row_id, Level.ANONYMOUS, by=ORGANIZER)
    assert [(row.text, row.name) for row in list_shown(get_record(event.id))] == [("a", "")]
    for level in (Level.PUBLIC, Level.PANEL):  # everybody would learn the name, the panel would learn the name
        with pytest.raises(Refused) as refused:
            services.narrow_submission(event.id, row_id, level, by=ORGANIZER)
        assert refused.value.code == "submission.wider"
    services.narrow_submission(event.id, row_id, Level.WITHHELD, by=ORGANIZER)

    assert list_shown(get_record(event.id)) == []
    with pytest.raises(Refused):
        services.narrow_submission(event.id, row_id, Level.ANONYMOUS, by=ORGANIZER)


def test_change_by_the_submitter_waits_to_be_cleared_anew_unless_it_narrows(app_ctx: Flask) -> None:
    event = make_hearing()
    row = written(event.id, Level.ANONYMOUS, "a", clear=True)
    change = {"text": "a", "name": "Namn a", "organisation": "Org a", "language": "sv"}

    services.change_submission(row.id, Change(**{**change, "level": Level.PUBLIC}))
    assert (one().cleared_at, list_shown(get_record(event.id))) == (None, [])

    services.clear_submission(event.id, one().row_id, by=SYSTEM)
    services.change_submission(row.id, Change(**{**change, "level": Level.ANONYMOUS}))
    assert [(row.text, row.name) for row in list_shown(get_record(event.id))] == [("a", "")]

    services.change_submission(row.id, Change(**{**change, "text": "b", "level": Level.ANONYMOUS}))
    assert (one().cleared_at, list_shown(get_record(event.id))) == (None, [])


def test_change_refuses_other_words_once_they_are_public_but_lets_them_be_taken_back(app_ctx: Flask) -> None:
    event = make_hearing()
    row = written(event.id, Level.PUBLIC, "a", clear=True)

    with clock.fixed(clock.now() + timedelta(days=3)):
        with pytest.raises(Refused) as refused:
            services.change_submission(row.id, Change(text="b", level=Level.PUBLIC, name="Namn a"))
        services.withdraw_submission(row.id)

    assert refused.value.code == "submission.public"
    assert list_submissions(event.id) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chosen=st.sampled_from(Level),
    steps=st.lists(st.sampled_from([*Level, "clear"]), max_size=5),
)
def test_no_step_of_the_team_lets_anybody_see_more_than_was_chosen(
    app_ctx: Flask, chosen: Level, steps: list[str]
) -> None:
    event_id = db.session.scalar(select(Event.id)) or make_hearing().id
    row = written(event_id, chosen, "text")
    before = reach_of(row.chosen, row.narrowed)
    for step in steps:
        try:
            if step == "clear":
                services.clear_submission(event_id, row.row_id, by=SYSTEM)
            else:
                services.narrow_submission(event_id, row.row_id, Level(step), by=SYSTEM)
        except Refused:
            continue
        now = db.session.get_one(Submission, row.id, populate_existing=True)
        reach = reach_of(now.chosen, now.narrowed)
        assert now.chosen is chosen
        assert reach.is_within(before)
        assert (now.shown_text is not None) <= (reach.text is Audience.PUBLIC and now.cleared_at is not None)
        assert (now.shown_name != "") <= (reach.name is Audience.PUBLIC)
        before = reach
    services.withdraw_submission(row.id)


@pytest.mark.parametrize(
    "values",
    [
        {"shown_text": "a", "shown_from": clock.now().date(), "cleared_at": None},
        {"shown_text": "a", "shown_from": clock.now().date(), "chosen": Level.PANEL},
        {"shown_text": "a", "shown_from": clock.now().date(), "narrowed": Level.WITHHELD},
        {"shown_text": "a", "shown_from": clock.now().date(), "chosen": Level.ANONYMOUS, "shown_name": "Namn"},
        {"shown_name": "Namn"},
    ],
)
def test_database_refuses_to_show_more_than_was_chosen(any_ctx: Flask, values: dict[str, object]) -> None:
    written(make_hearing().id, Level.PUBLIC, "a")

    with pytest.raises(IntegrityError), transaction():
        db.session.execute(update(Submission).values(**{"cleared_at": clock.now(), **values}))


def test_submit_by_somebody_registered_is_one_submission(app_ctx: Flask) -> None:
    event = make_hearing()
    registration = seat(event.id)

    tokens = [
        services.submit(
            event.id,
            NewSubmission(text=words, level=Level.PANEL, page_language="sv"),
            viewer=STRANGER,
            registration_id=registration.id,
        )
        for words in ("första", "andra")
    ]

    assert tokens[0] == tokens[1]
    assert one().text == "första"
