"""Three questions: counted once, by nobody in particular, closed after a month, told only where there are enough."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.reminding import thanks
from cag_events.messages.models import SurveyCount, ThanksSent
from cag_events.messages.queries.reminders import count_survey
from cag_events.messages.results import results_of
from cag_events.messages.services.reminding import thank_due
from cag_events.messages.services.survey import answer_survey, survey_token
from cag_events.registrations.models import Registration
from cag_events.registrations.services.retention import delete_due
from tests.factories import at, make_event, post
from tests.messages.given import edited, join, mailed

END = at("2026-12-03T19:30")


def asked(number: int = 1) -> tuple[object, list[Registration]]:
    """An event that is over and whose people have been asked."""
    event = make_event(starts="2026-12-03T18:00", capacity=20)
    edited(event, reminders=(thanks(hours=1),))
    rows = [join(event, one) for one in range(number)]
    with clock.fixed(END + timedelta(hours=1)):
        thank_due(clock.now())
        mailed()
    return event, rows


def test_an_answer_is_counted_once_and_kept_apart_from_who_gave_it(any_ctx: Flask) -> None:
    event, (row,) = asked()
    token = survey_token(row.row_id)
    with clock.fixed(END + timedelta(hours=2)):
        answer_survey(token, {"knowledge": "yes", "act": "", "rating": "4"})
        with pytest.raises(Refused) as again:
            answer_survey(token, {"rating": "1"})

    assert again.value.code == "survey.answered"
    assert count_survey(event.id) == {"answers": {"": 1}, "knowledge": {"yes": 1}, "rating": {"4": 1}}
    assert [column.name for column in inspect(SurveyCount).columns] == ["event_id", "question", "value", "number"]
    mark = db.session.scalars(select(ThanksSent)).one()
    assert (mark.is_answered, [one.name for one in inspect(ThanksSent).columns if "answered" in one.name]) == (
        True,
        ["is_answered"],
    )


@pytest.mark.parametrize(
    ("said", "code"), [({}, "survey.empty"), ({"rating": "6"}, "survey.value"), ({"other": "yes"}, "survey.value")]
)
def test_what_is_no_answer_is_refused(app_ctx: Flask, said: dict[str, str], code: str) -> None:
    event, (row,) = asked()
    with clock.fixed(END + timedelta(hours=2)), pytest.raises(Refused) as refused:
        answer_survey(survey_token(row.row_id), said)

    assert (refused.value.code, count_survey(event.id)) == (code, {})


def test_questions_close_after_thirty_days(app_ctx: Flask) -> None:
    _event, (row,) = asked()

    with clock.fixed(END + timedelta(days=30)), pytest.raises(Refused) as refused:
        answer_survey(survey_token(row.row_id), {"rating": "5"})

    assert refused.value.code == "survey.closed"


def test_only_who_has_not_answered_is_asked_once_more_after_four_days(any_ctx: Flask) -> None:
    _event, (first, _second) = asked(2)
    with clock.fixed(END + timedelta(days=1)):
        answer_survey(survey_token(first.row_id), {"rating": "5"})
    with clock.fixed(END + timedelta(days=4)):
        early = thank_due(clock.now())
    with clock.fixed(END + timedelta(days=4, hours=1)):
        done = [thank_due(clock.now()) for _time in range(2)]
        to = [mail.to for mail in mailed("registration.thanked")][2:]

    assert (early, done, to) == (0, [1, 0], ["p1@example.org"])


@pytest.mark.parametrize("number", [0, 1, 4])
def test_fewer_than_five_answers_are_no_number(number: int) -> None:
    counts = {"answers": {"": number}, "knowledge": {"yes": number}, "rating": {"5": number}} if number else {}
    found = results_of(counts, 12)

    assert found is not None
    assert (found.answers, found.knowledge_up, found.rating) == ("<5" if number else "0", "", "")


def test_five_answers_are_shares_and_a_mean() -> None:
    found = results_of(
        {"answers": {"": 6}, "knowledge": {"yes": 4, "no": 1}, "act": {"yes": 3}, "rating": {"5": 3, "2": 2}}, 9, ","
    )

    assert found is not None
    assert (found.knowledge_up, found.will_act, found.rating, found.asked) == ("80 %", "", "3,8", "9")


def test_marks_go_with_the_registration_and_the_counts_stay(any_ctx: Flask) -> None:
    event, (row,) = asked()
    token = survey_token(row.row_id)
    with clock.fixed(END + timedelta(hours=2)):
        answer_survey(token, {"rating": "4"})
    with clock.fixed(END + timedelta(days=31)):
        delete_due(event.id)
        with pytest.raises(NotFound):
            answer_survey(token, {"rating": "4"})

    assert (db.session.scalars(select(ThanksSent)).all(), count_survey(event.id)["rating"]) == ([], {"4": 1})


def test_page_answers_nothing_by_being_opened_and_works_with_a_press(client, app) -> None:
    with app.app_context():
        event, (row,) = asked()
        token, event_id = survey_token(row.row_id), event.id
    path = f"/en/thanks/{token}"
    with clock.fixed(END + timedelta(hours=2)):
        opened = client.get(path)
        with app.app_context():
            before = count_survey(event_id)
        wrong = post(client, path, {}, page=path)
        sent = post(client, path, {"knowledge": "yes", "act": "no", "rating": "5"}, page=path)
        after = client.get(path).text

    assert (opened.status_code, before, wrong.status_code, sent.status_code) == (200, {}, 422, 303)
    assert "Your answers are counted" in after
    with app.app_context():
        assert count_survey(event_id)["act"] == {"no": 1}


@pytest.mark.parametrize("token", ["A" * 43, "B" * 22 + "." + "C" * 43, "."])
def test_a_link_that_is_not_ours_is_unknown(client, token: str) -> None:
    assert client.get(f"/en/thanks/{token}").status_code == 404
