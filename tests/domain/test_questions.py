"""Which questions are asked of whom, what is kept of the answers, and which questions can be asked at all."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cag_events.domain.errors import Refused
from cag_events.domain.questions import (
    MOST,
    MOST_TEXT,
    Answer,
    Condition,
    Option,
    Question,
    asked_of,
    faults_of,
    is_sensitive,
    move,
    remove,
    settle,
)

SEGMENTS = ("students", "schools")
OPTIONS = (Option(key="a", label={"en": "A"}), Option(key="b", label={"en": "B"}))


def question(key: str = "one", **values: Any) -> Question:
    """A question; `on` is the question and the answer that it depends on."""
    on = values.pop("on", None)
    when = Condition(question=on[0], answer=on[1]) if on else None
    if values.get("answer") in (Answer.CHOICE, Answer.SEVERAL):
        values.setdefault("options", OPTIONS)
    return Question(key=key, label={"en": key}, when=when, **values)


def settled(
    questions: Sequence[Question], who: str | None, answers: dict[str, Any]
) -> tuple[dict[str, Any] | None, str | None]:
    """What is kept, or the field that is refused."""
    try:
        return settle(questions, who, answers), None
    except Refused as refused:
        return None, refused.field


MEAL = question("meal", answer=Answer.YES_NO)
DISH = question("dish", answer=Answer.CHOICE, on=("meal", "yes"))
SAUCE = question("sauce", on=("dish", "a"))


@st.composite
def forms(draw: st.DrawFn) -> tuple[Question, ...]:
    """Questions that can be asked: each condition names an earlier question and one of its answers."""
    made: list[Question] = []
    for number in range(draw(st.integers(0, 6))):
        answer = draw(st.sampled_from(list(Answer)))
        replies = [(one.key, reply) for one in made for reply in one.replies]
        on = draw(st.sampled_from([None, *replies]))
        segments = draw(st.sampled_from([(), ("students",), SEGMENTS]))
        made.append(
            question(
                f"q{number}",
                answer=answer,
                on=on,
                segments=segments,
                required=draw(st.booleans()),
                sensitive=draw(st.booleans()),
            )
        )
    return tuple(made)


ANSWERS = st.dictionaries(
    st.sampled_from([f"question_q{number}" for number in range(8)]),
    st.sampled_from(
        ["yes", "no", "a", "b", ["a"], ["a", "b"], ["c"], 3, -1, 10**9, "2026-02-28", "2026-02-30", "", None]
    ),
)
WHO = st.sampled_from([None, "students", "schools", "other"])


@given(forms(), WHO, ANSWERS)
def test_question_is_asked_only_where_its_segment_and_its_condition_hold(
    questions: tuple[Question, ...], who: str | None, answers: dict[str, Any]
) -> None:
    asked = {one.key for one in asked_of(questions, who, answers)}

    for one in questions:
        wanted = not one.segments or who in one.segments
        if one.when is not None:
            value = answers.get(f"question_{one.when.question}")
            said = one.when.answer in value if isinstance(value, list) else one.when.answer == value
            wanted = wanted and said and one.when.question in asked
        assert (one.key in asked) is wanted


@given(forms(), WHO, ANSWERS)
def test_what_is_kept_settles_to_itself_and_holds_answers_to_asked_questions_only(
    questions: tuple[Question, ...], who: str | None, answers: dict[str, Any]
) -> None:
    kept, field = settled(questions, who, {**answers, "organisation": "House"})
    if kept is None:
        assert field in {one.name for one in asked_of(questions, who, answers)}
        return
    asked = asked_of(questions, who, kept)

    assert settle(questions, who, kept) == kept
    assert kept.pop("organisation") == "House"
    assert set(kept) <= {one.name for one in asked}
    assert {one.name for one in asked if one.required} <= set(kept)


@given(forms(), st.data())
def test_moving_a_question_keeps_all_and_never_breaks_a_condition(
    questions: tuple[Question, ...], data: st.DataObject
) -> None:
    questions = tuple(one for one in questions if not list(faults_of([one])) or one.when)
    if not questions or list(faults_of(questions)):
        return
    one = data.draw(st.sampled_from(questions))
    try:
        moved = move(questions, one.key, data.draw(st.sampled_from([-1, 1])))
    except Refused:
        return

    assert sorted(q.key for q in moved) == sorted(q.key for q in questions)
    assert list(faults_of(moved)) == []


def test_answer_to_a_question_that_is_not_asked_opens_no_other() -> None:
    answers = {"question_meal": "no", "question_dish": "a", "question_sauce": "hot"}

    assert asked_of([MEAL, DISH, SAUCE], None, answers) == (MEAL,)
    assert settle([MEAL, DISH, SAUCE], None, answers) == {"question_meal": "no"}
    assert settle([MEAL, DISH, SAUCE], None, {**answers, "question_meal": "yes"}) == {
        **answers,
        "question_meal": "yes",
    }


@pytest.mark.parametrize(
    ("asked", "value", "kept"),
    [
        (question(), "x" * MOST_TEXT, "x" * MOST_TEXT),
        (question(), "x" * (MOST_TEXT + 1), None),
        (question(), 3, None),
        (question(answer=Answer.NUMBER, least=5, most=9), 5, 5),
        (question(answer=Answer.NUMBER, least=5, most=9), 9, 9),
        (question(answer=Answer.NUMBER, least=5, most=9), 4, None),
        (question(answer=Answer.NUMBER, least=5, most=9), 10, None),
        (question(answer=Answer.NUMBER), True, None),
        (question(answer=Answer.NUMBER), "7", None),
        (question(answer=Answer.CHOICE), "a", "a"),
        (question(answer=Answer.CHOICE), "c", None),
        (question(answer=Answer.CHOICE), ["a"], None),
        (question(answer=Answer.SEVERAL), ["b", "a"], ["a", "b"]),
        (question(answer=Answer.SEVERAL), ["a", "c"], None),
        (question(answer=Answer.SEVERAL), "a", None),
        (question(answer=Answer.DATE), "2028-02-29", "2028-02-29"),
        (question(answer=Answer.DATE), "2026-02-30", None),
        (question(answer=Answer.YES_NO), "no", "no"),
        (question(answer=Answer.YES_NO), "maybe", None),
    ],
)
def test_answer_is_kept_only_in_the_form_of_its_question(asked: Question, value: Any, kept: Any) -> None:
    found, field = settled([asked], None, {asked.name: value})

    assert (found and found[asked.name], field) == (kept, asked.name if kept is None else None)


def test_required_question_is_left_out_only_by_organizers() -> None:
    asked = question(required=True)

    with pytest.raises(Refused) as refused:
        settle([asked], None, {})
    assert (refused.value.code, refused.value.field) == ("question.missing", "question_one")
    assert settle([asked], None, {}, may_skip=True) == {}


@pytest.mark.parametrize(
    ("questions", "fault"),
    [
        ([question(), question()], "1 key"),
        ([Question(key="x", label={})], "0 label"),
        ([question(answer=Answer.CHOICE, options=OPTIONS[:1])], "0 options"),
        ([question(answer=Answer.SEVERAL, options=(OPTIONS[0], OPTIONS[0]))], "0 options"),
        ([question(options=OPTIONS)], "0 options"),
        ([question(answer=Answer.CHOICE, options=(OPTIONS[0], Option(key="c", label={})))], "0 options"),
        ([question(least=3)], "0 most"),
        ([question(answer=Answer.NUMBER, least=4, most=3)], "0 most"),
        ([question("dish", on=("meal", "yes")), MEAL], "0 when"),
        ([question(on=("one", "yes"), answer=Answer.YES_NO)], "0 when"),
        ([MEAL, question(on=("meal", "a"))], "1 when"),
        ([question("free"), question(on=("free", "x"))], "1 when"),
        (
            [
                question("first", answer=Answer.YES_NO, segments=("students",)),
                question(on=("first", "yes"), segments=("schools",)),
            ],
            "1 segments",
        ),
    ],
)
def test_questions_that_cannot_be_asked_are_told_with_place_and_field(questions: list[Question], fault: str) -> None:
    assert [f"{number} {refused.field}" for number, refused in faults_of(questions)] == [fault]


def test_question_for_a_segment_that_is_gone_is_told() -> None:
    asked = [question(segments=("students",))]

    assert list(faults_of(asked, ["students"])) == []
    assert [refused.code for _number, refused in faults_of(asked, ["schools"])] == ["question.segments"]


def test_fifty_questions_are_enough() -> None:
    many = [question(f"q{number}") for number in range(MOST + 1)]

    assert list(faults_of(many[:MOST])) == []
    assert [refused.code for _number, refused in faults_of(many)] == ["question.many"]


def test_question_that_others_depend_on_stays_where_it_is_and_is_not_removed() -> None:
    with pytest.raises(Refused) as removed:
        remove([MEAL, DISH], "meal")
    with pytest.raises(Refused) as moved:
        move([MEAL, DISH], "meal", 1)

    assert (removed.value.code, moved.value.code) == ("question.depended_on", "question.order")
    assert remove([MEAL, DISH], "dish") == (MEAL,)


def test_answer_to_a_removed_question_counts_as_sensitive() -> None:
    asked = [question("open"), question("secret", sensitive=True)]
    names = ("question_open", "question_secret", "question_gone", "organisation")

    assert [name for name in names if is_sensitive(name, asked)] == ["question_secret", "question_gone"]
