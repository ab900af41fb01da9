"""Questions of events in programme files: they come back as they were, and faults are named by their place."""

from typing import Any

import pytest
from flask import Flask

from cag_events.domain.questions import Answer, Condition, Option, Question
from cag_events.events.queries import get_record_of
from cag_events.exchange.faults import BadFile
from cag_events.exchange.fields import jsonable
from cag_events.exchange.services import export, load
from tests.exchange.programmes import small, source

MEAL = {"key": "meal", "label": {"en": "Will you eat with us?"}, "answer": "yes_no", "required": True}
DISH = {
    "key": "dish",
    "label": {"sv": "Vad?", "en": "What?"},
    "answer": "choice",
    "sensitive": True,
    "decides": True,
    "segments": ["students"],
    "options": [{"key": "a", "label": {"en": "A"}}, {"key": "b", "label": {"en": "B"}}],
    "when": {"question": "meal", "answer": "yes"},
}
AGE = {"key": "age", "label": {"en": "Age"}, "answer": "number", "least": 5, "most": 99}


def asking(*questions: dict[str, Any]) -> dict[str, Any]:
    return small(registration={"mode": "open", "capacity": 30, "questions": list(questions)})


def faults(*questions: dict[str, Any]) -> list[str]:
    with pytest.raises(BadFile) as bad:
        load([source(asking(*questions))])
    return [fault.partition("registration.")[2] for fault in bad.value.faults]


def test_questions_are_loaded_and_exported_as_they_were_given(app_ctx: Flask) -> None:
    load([source(asking(MEAL, DISH, AGE))])

    assert get_record_of("talk").registration.questions == (
        Question(key="meal", label={"en": "Will you eat with us?"}, answer=Answer.YES_NO, required=True),
        Question(
            key="dish",
            label={"sv": "Vad?", "en": "What?"},
            answer=Answer.CHOICE,
            sensitive=True,
            decides=True,
            segments=("students",),
            options=(Option(key="a", label={"en": "A"}), Option(key="b", label={"en": "B"})),
            when=Condition(question="meal", answer="yes"),
        ),
        Question(key="age", label={"en": "Age"}, answer=Answer.NUMBER, least=5, most=99),
    )
    assert jsonable(export()["events"][0]["registration"]["questions"]) == [MEAL, DISH, AGE]


def test_questions_that_cannot_be_asked_are_named_by_their_place(app_ctx: Flask) -> None:
    assert faults(DISH, MEAL) == ["questions[0].when is wrong: It can only depend on a question that stands before it."]
    assert faults(MEAL, {**AGE, "key": "meal"}) == ["questions[1].key is wrong: Another question has this key already."]
    assert faults({**DISH, "key": "alone", "options": DISH["options"][:1], "when": {"question": "x", "answer": "y"}})[
        :1
    ] == ["questions[0].options is wrong: Give at least two answers to choose from."]
    assert faults({**AGE, "least": 9, "most": 3}) == [
        "questions[0].most is wrong: The greatest number must not be below the least."
    ]


def test_file_is_never_asked_for(app_ctx: Flask) -> None:
    assert "answer" in faults({**AGE, "answer": "file"})[0]
