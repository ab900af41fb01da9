"""The pages on which organizers write an event's own questions."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.db import db, transaction
from cag_events.domain.errors import Refused
from cag_events.domain.questions import Answer, Condition, Option, Question
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services import duplicate_event
from cag_events.permissions import Role
from cag_events.registrations.services import questions as services
from cag_events.registrations.services import withdraw
from tests.factories import csrf_token, make_event, make_segment, post, sign_in
from tests.registrations.wishes import Apart, made, organizer

MEAL = {"key": "meal", "label": {"en": "Will you eat with us?"}, "answer": "yes_no"}
DISH = {
    "key": "dish",
    "label": {"en": "Which dish?"},
    "answer": "choice",
    "options": [{"key": "fish", "label": {"en": "Fish"}}, {"key": "beans", "label": {"en": "Beans"}}],
    "when": {"question": "meal", "answer": "yes"},
}


@pytest.fixture
def event(app: Flask):
    app.test_client_class = Apart
    with app.app_context():
        make_segment("students")
        yield make_event(key="meal-event", questions=[MEAL, DISH])


def questions_of(event: Event) -> tuple[Question, ...]:
    return get_record(event.id).registration.questions


def address(end: str = "") -> str:
    return f"/en/organise/events/meal-event/registrations/questions{end}"


def typed(**values: Any) -> dict[str, Any]:
    return {"do": "save", "answer": "text", "when": "", **values}


def saved(client: FlaskClient, end: str, **values: Any) -> Any:
    page = client.get(address(end)).text
    shown = page.partition('name="shown"')[2].partition('value="')[2].partition('"')[0]
    return post(client, address(end), typed(shown=shown, **values))


def test_new_question_is_last_and_gets_a_key_from_its_words(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)

    answer = saved(client, "/new", **{"label-en": "Where do you travel from?", "hint-en": "For the bus."})

    last = questions_of(event)[-1]
    assert (answer.status_code, answer.location) == (303, "/en/organise/events/meal-event/registrations/questions")
    assert last == Question(
        key="where-do-you-travel", label={"en": "Where do you travel from?"}, hint={"en": "For the bus."}
    )


def test_new_choice_takes_its_rows_and_condition(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)
    values = {
        "label-sv": "Vilken dryck?",
        "answer": "several",
        "options-0-label-sv": "Te",
        "options-2-label-sv": "Kaffe",
        "required": "y",
        "sensitive": "y",
        "segments": "students",
        "when": "dish:beans",
    }

    saved(client, "/new", **values)

    assert questions_of(event)[-1] == Question(
        key="vilken-dryck",
        label={"sv": "Vilken dryck?"},
        answer=Answer.SEVERAL,
        required=True,
        sensitive=True,
        segments=("students",),
        options=(Option(key="te", label={"sv": "Te"}), Option(key="kaffe", label={"sv": "Kaffe"})),
        when=Condition(question="dish", answer="beans"),
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Write the question in at least one language."),
        ({"label-en": "A", "answer": "choice", "options-0-label-en": "One"}, "Give at least two answers"),
        ({"label-en": "A", "answer": "number", "least": "9", "most": "3"}, "must not be below the least"),
        ({"label-en": "A", "answer": "number", "least": "-1"}, "Enter a whole number from 0"),
        ({"label-en": "A", "key": "meal"}, "Another question has this key already."),
        ({"label-en": "A", "when": "dish:soup"}, "Not a valid choice"),
        ({"label-en": "A", "answer": "file"}, "Not a valid choice"),
    ],
)
def test_question_that_cannot_be_asked_is_refused_with_all_that_was_typed(
    event: Event, client: FlaskClient, values: dict[str, str], words: str
) -> None:
    sign_in(client, Role.ORGANIZER)

    answer = saved(client, "/new", **{"hint-en": "Typed before", **values})

    assert (answer.status_code, len(questions_of(event))) == (422, 2)
    assert words in answer.text
    assert "Typed before" in answer.text


def test_more_rows_are_shown_and_one_is_removed_without_saving(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)

    more = saved(client, "/new", **{"do": "add-options", "label-en": "Kept", "options-0-label-en": "One"})
    fewer = saved(
        client,
        "/new",
        **{"do": "remove-options-0", "options-0-label-en": "Gone", "options-1-label-en": "Stays", "answer": "choice"},
    )

    assert (more.status_code, fewer.status_code, len(questions_of(event))) == (200, 200, 2)
    assert ('value="Kept"' in more.text, more.text.count("remove-options-")) == (True, 4)
    assert ("Gone" in fewer.text, 'value="Stays"' in fewer.text) == (False, True)


def test_words_change_and_keys_stay_when_a_question_is_saved(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)
    values = {
        "label-en": "Which of them?",
        "answer": "choice",
        "options-0-key": "fish",
        "options-0-label-en": "Herring",
        "options-1-key": "beans",
        "options-1-label-en": "Beans",
        "when": "meal:yes",
        "key": "another",
    }

    answer = saved(client, "/dish", **values)

    dish = questions_of(event)[1]
    assert answer.status_code == 303
    assert (dish.key, dish.label) == ("dish", {"en": "Which of them?"})
    assert [(one.key, one.label) for one in dish.options] == [("fish", {"en": "Herring"}), ("beans", {"en": "Beans"})]


def test_question_that_somebody_else_changed_meanwhile_is_not_overwritten(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)
    page = client.get(address("/meal")).text
    shown = page.partition('name="shown"')[2].partition('value="')[2].partition('"')[0]
    meal = questions_of(event)[0]
    other = Question(key="meal", label={"en": "Will you stay for supper?"}, answer=Answer.YES_NO)
    services.save_question(event.id, meal, other, by=organizer())

    answer = post(client, address("/meal"), typed(shown=shown, answer="yes_no", **{"label-en": "Mine"}))

    assert (answer.status_code, questions_of(event)[0]) == (422, other)
    assert "Somebody else has changed this question" in answer.text
    assert "Mine" in answer.text


def test_questions_change_places_but_never_before_what_they_depend_on(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)
    saved(client, "/new", **{"label-en": "Age"})

    post(client, address("/age/move"), {"to": "up"}, address())
    moved = [one.key for one in questions_of(event)]
    refused = post(client, address("/dish/move"), {"to": "up"}, address())
    first = post(client, address("/dish/move"), {"to": "up"}, address())

    assert moved == ["meal", "age", "dish"]
    assert (refused.status_code, first.status_code) == (303, 303)
    assert [one.key for one in questions_of(event)] == ["meal", "dish", "age"]
    assert "It cannot stand there" in client.get(address()).text


def test_question_that_another_depends_on_stays_until_that_one_is_gone(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)

    post(client, address("/meal/remove"), {})
    refused = [one.key for one in questions_of(event)]
    said = client.get(address()).text
    post(client, address("/dish/remove"), {})
    post(client, address("/meal/remove"), {})

    assert (refused, questions_of(event)) == (["meal", "dish"], ())
    assert "“Which dish?” depends on this one" in said


def test_type_reply_and_secrecy_stay_once_somebody_has_answered(event: Event) -> None:
    dish = {**DISH, "sensitive": True, "when": None}
    with transaction():
        db.session.get_one(Event, event.id).questions = [dish]
        records.refresh([event.id])
    withdraw(made(event, 1, answers={"question_dish": "fish"}).registration_id)
    before, soup = questions_of(event)[0], Option(key="soup", label={"en": "Soup"})

    def refusal(**changes: Any) -> str:
        values = {name: getattr(before, name) for name in before.__dataclass_fields__}
        try:
            services.save_question(event.id, before, Question(**{**values, **changes}), by=organizer())
        except Refused as refused:
            return f"{refused.field}: {refused.code}"
        return ""

    assert refusal(answer=Answer.TEXT, options=()) == "answer: question.answered"
    assert refusal(options=(before.options[1], soup)) == "options: question.chosen"
    assert refusal(sensitive=False) == "sensitive: question.confidence"
    assert refusal(options=(before.options[0], soup)) == ""


def test_key_of_a_removed_question_is_not_given_again_while_its_answers_are_kept(event: Event) -> None:
    made(event, 1, answers={"question_meal": "no"})
    services.remove_question(event.id, "dish", by=organizer())
    services.remove_question(event.id, "meal", by=organizer())

    with pytest.raises(Refused) as refused:
        services.add_question(event.id, Question(key="meal", label={"en": "Another meal?"}), by=organizer())
    key = services.add_question(event.id, Question(key="", label={"en": "Meal"}), by=organizer())

    assert (refused.value.code, key) == ("question.key_used", "meal-2")


def test_copy_of_an_event_asks_the_same(event: Event) -> None:
    copy = duplicate_event(event.id, days=7, by=organizer())

    assert questions_of(copy) == questions_of(event)


def test_questions_are_for_those_who_edit_events(event: Event, client: FlaskClient) -> None:
    answers = {}
    for role in (Role.EDITOR, Role.REPORTER, Role.MEMBER):
        sign_in(client, role)
        sent = client.post(address("/dish/remove"), data={"csrf_token": csrf_token(client, "/en/events/meal-event")})
        answers[role] = (client.get(address()).status_code, sent.status_code)

    assert answers == {Role.EDITOR: (200, 303), Role.REPORTER: (403, 403), Role.MEMBER: (403, 403)}
    assert [one.key for one in questions_of(event)] == ["meal"]


def test_unknown_question_is_not_found(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)

    assert [client.get(address(end)).status_code for end in ("/none", "/none/remove")] == [404, 404]
    assert post(client, address("/none/move"), {"to": "up"}, address()).status_code == 404
