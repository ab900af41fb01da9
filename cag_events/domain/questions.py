"""The questions that an event asks those who register, beside the common ones: their shape, who is asked, what fits."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.texts import Texts

PREFIX: Final = "question_"  # of the form's fields and of the answers that are kept
MOST: Final = 50  # questions of one event
MOST_OPTIONS: Final = 50
MOST_TEXT: Final = 1_000  # characters of an answer
LARGEST: Final = 1_000_000


class Answer(StrEnum):
    """What an answer is. A file is never asked for."""

    TEXT = "text"
    NUMBER = "number"  # a whole one
    CHOICE = "choice"  # one of the options
    SEVERAL = "several"  # any of the options
    DATE = "date"
    YES_NO = "yes_no"


WITH_OPTIONS: Final = frozenset({Answer.CHOICE, Answer.SEVERAL})
YES_OR_NO: Final = ("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One of several answers."""

    key: str
    label: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A question is asked only of those who gave another this answer: an option's key, `yes` or `no`."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. The form's field is `question_<key>`.

    `segments`: asked of these alone, empty: of everybody. `sensitive`: told only to those with the event's care
    right, and deleted first. `decides`: a changed answer needs a new approval. `least`, `most`: of a number.
    """

    key: str
    label: Texts
    hint: Texts = field(default_factory=dict)
    answer: Answer = Answer.TEXT
    required: bool = False
    sensitive: bool = False
    decides: bool = False
    segments: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    when: Condition | None = None
    least: int | None = None
    most: int | None = None

    @property
    def name(self) -> str:
        """The name of its field, and of its answer among those that are kept."""
        return PREFIX + self.key

    @property
    def replies(self) -> tuple[str, ...]:
        """The answers that a condition may name; none where anything can be answered."""
        if self.answer is Answer.YES_NO:
            return YES_OR_NO
        return tuple(option.key for option in self.options) if self.answer in WITH_OPTIONS else ()


# ── who is asked, and whether an answer fits ──


def asked_of(questions: Sequence[Question], segment: str | None, answers: Mapping[str, Any]) -> tuple[Question, ...]:
    """Return the questions that somebody is asked, by their segment and the answers to earlier ones.

    A condition holds only where the earlier question is asked itself: an answer to one that is not counts for nothing.
    """
    asked: dict[str, Question] = {}
    for question in questions:
        if question.segments and segment not in question.segments:
            continue
        if question.when is not None:
            earlier = asked.get(question.when.question)
            if earlier is None or not _is_given(answers.get(earlier.name), question.when.answer):
                continue
        asked[question.key] = question
    return tuple(asked.values())


def _is_given(value: Any, reply: str) -> bool:
    return reply in value if isinstance(value, list | tuple) else value == reply


def settle(
    questions: Sequence[Question], segment: str | None, answers: Mapping[str, Any], *, may_skip: bool = False
) -> dict[str, Any]:
    """Return the answers that are kept: those of questions that are asked, in their form, beside all other fields.

    `may_skip`: an organizer types for somebody, and need not know everything. Raises Refused question.missing or
    question.answer with the field.
    """
    kept = {name: value for name, value in answers.items() if not name.startswith(PREFIX)}
    for question in asked_of(questions, segment, answers):
        value = answers.get(question.name)
        if value in (None, "", [], ()):
            if question.required and not may_skip:
                raise Refused("question.missing", N_("Answer this question."), field=question.name)
            continue
        kept[question.name] = _FITTING[question.answer](question, value)
    return kept


def _unfit(question: Question) -> Refused:
    return Refused("question.answer", N_("This answer does not fit the question."), field=question.name)


def _text(question: Question, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise _unfit(question)
    return value


def _number(question: Question, value: Any) -> int:
    least, most = bounds(question)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _unfit(question)
    return value


def _one(question: Question, value: Any) -> str:
    if not isinstance(value, str) or value not in question.replies:
        raise _unfit(question)
    return value


def _some(question: Question, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not set(value) <= set(question.replies):
        raise _unfit(question)
    return [reply for reply in question.replies if reply in value]


def _date(question: Question, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise _unfit(question) from None


_FITTING: Final[dict[Answer, Callable[[Question, Any], Any]]] = {
    Answer.TEXT: _text,
    Answer.NUMBER: _number,
    Answer.CHOICE: _one,
    Answer.SEVERAL: _some,
    Answer.DATE: _date,
    Answer.YES_NO: _one,
}


def bounds(question: Question) -> tuple[int, int]:
    """Return the least and the greatest number that may be answered."""
    return question.least or 0, LARGEST if question.most is None else question.most


def is_removed(name: str, questions: Collection[Question]) -> bool:
    """Tell whether an answer is to a question that is asked no more."""
    return name.startswith(PREFIX) and all(question.name != name for question in questions)


def is_sensitive(name: str, questions: Collection[Question]) -> bool:
    """Tell whether an answer is to a sensitive question; one whose question is gone is taken for such."""
    if not name.startswith(PREFIX):
        return False
    return all(question.sensitive for question in questions if question.name == name)


# ── whether questions can be asked ──


def faults_of(questions: Sequence[Question], segments: Collection[str] | None = None) -> Iterator[tuple[int, Refused]]:
    """Yield what is wrong with an event's questions: the place of the question, and a refusal that names its field.

    `segments`: the keys that there are, None where that is looked at elsewhere.
    """
    if len(questions) > MOST:
        yield MOST, Refused("question.many", N_("An event has at most %(most)s questions."), field="key", most=MOST)
    earlier: dict[str, Question] = {}
    for number, question in enumerate(questions):
        if question.key in earlier:
            yield number, Refused("question.twice", N_("Another question has this key already."), field="key")
        if not any(question.label.values()):
            yield number, Refused("question.label", N_("Write the question in at least one language."), field="label")
        for fault in (*_shape(question), *_condition(question, earlier)):
            yield number, fault
        if segments is not None and not set(question.segments) <= set(segments):
            yield number, Refused("question.segments", N_("Choose groups from the list."), field="segments")
        earlier.setdefault(question.key, question)


def _shape(question: Question) -> Iterator[Refused]:
    keys = [option.key for option in question.options]
    if question.answer in WITH_OPTIONS:
        if len(keys) < 2:
            yield Refused("question.options", N_("Give at least two answers to choose from."), field="options")
        if len(keys) > MOST_OPTIONS:
            yield Refused(
                "question.options", N_("At most %(most)s answers, please."), field="options", most=MOST_OPTIONS
            )
        if len(set(keys)) < len(keys):
            yield Refused("question.options", N_("Two of the answers have the same key."), field="options")
        if not all(any(option.label.values()) for option in question.options):
            yield Refused("question.options", N_("Each answer needs words."), field="options")
    elif keys:
        yield Refused("question.options", N_("Only a choice has answers to choose from."), field="options")
    least, most = bounds(question)
    if question.answer is not Answer.NUMBER and (question.least, question.most) != (None, None):
        yield Refused("question.bounds", N_("Only a number has a least and a greatest."), field="most")
    elif not 0 <= least <= most <= LARGEST:
        yield Refused("question.bounds", N_("The greatest number must not be below the least."), field="most")


def _condition(question: Question, earlier: Mapping[str, Question]) -> Iterator[Refused]:
    if question.when is None:
        return
    on = earlier.get(question.when.question)
    if on is None:
        text = N_("It can only depend on a question that stands before it.")
        yield Refused("question.when", text, field="when")
    elif question.when.answer not in on.replies:
        text = N_("The question that it depends on has no such answer.")
        yield Refused("question.when", text, field="when")
    elif question.segments and on.segments and not set(question.segments) & set(on.segments):
        text = N_("Nobody would be asked: the question that it depends on is for other groups.")
        yield Refused("question.when", text, field="segments")


# ── changing them ──


@dataclass(frozen=True, slots=True)
class Used:
    """How a question has been answered: by how many parties, and how many of them gave which reply."""

    parties: int
    replies: Mapping[str, int]


def put(questions: Sequence[Question], question: Question, used: Mapping[str, Used]) -> tuple[Question, ...]:
    """Return the questions with one in place of that with its key, or as the last. `used`: answers by key.

    Raises Refused where the result cannot be asked, or where answers that people have given would mean something else.
    """
    before = next((one for one in questions if one.key == question.key), None)
    after = (
        (*questions, question)
        if before is None
        else tuple(question if one.key == question.key else one for one in questions)
    )
    _require_kept(before, question, used.get(question.key))
    _require_right(after, {one.key: one for one in questions}, question.key)
    return after


def _require_kept(before: Question | None, after: Question, used: Used | None) -> None:
    """Refuse what would give another meaning to answers that people have given, or show them to more people."""
    if used is None or not used.parties:
        return
    if before is None:
        text = N_("A question that was removed had this key, and its answers are still kept. Choose another.")
        raise Refused("question.key_used", text, field="key")
    if before.answer is not after.answer:
        text = N_(
            "Answered already, by so many: %(num)s. Keep this type; ask what you need in a new question, and remove "
            "this one."
        )
        raise Refused("question.answered", text, field="answer", num=used.parties)
    for option in before.options:
        if used.replies.get(option.key) and option.key not in after.replies:
            text = N_("Chosen already, by so many: %(num)s. Keep “%(answer)s”; you may change its words.")
            label = next(iter(option.label.values()), option.key)
            raise Refused("question.chosen", text, field="options", num=used.replies[option.key], answer=label)
    if before.sensitive and not after.sensitive:
        text = N_("People have answered in confidence. It stays sensitive.")
        raise Refused("question.confidence", text, field="sensitive")


def _require_right(after: Sequence[Question], before: Mapping[str, Question], key: str) -> None:
    """Refuse questions that cannot be asked; at the field where it is the one that is changed."""
    for number, fault in faults_of(after):
        culprit = after[number] if number < len(after) else None
        if culprit is None or culprit.key == key:
            raise fault
        text = N_("“%(question)s” depends on this one, and could not be asked any more.")
        label = next(iter(before[culprit.key].label.values()), culprit.key)
        raise Refused("question.depended_on", text, field="answer", question=label)


def remove(questions: Sequence[Question], key: str) -> tuple[Question, ...]:
    """Return the questions without one. Raises NotFound, Refused question.depended_on."""
    _get(questions, key)
    after = tuple(question for question in questions if question.key != key)
    _require_right(after, {one.key: one for one in questions}, key)
    return after


def move(questions: Sequence[Question], key: str, step: int) -> tuple[Question, ...]:
    """Return the questions with one some places further down, or up. Raises NotFound, Refused question.order."""
    place = questions.index(_get(questions, key))
    after = list(questions)
    after.insert(min(max(place + step, 0), len(questions) - 1), after.pop(place))
    if any(True for _fault in faults_of(after)):
        text = N_("It cannot stand there: a question comes after the one that it depends on.")
        raise Refused("question.order", text)
    return tuple(after)


def _get(questions: Sequence[Question], key: str) -> Question:
    for question in questions:
        if question.key == key:
            return question
    raise NotFound(key)
