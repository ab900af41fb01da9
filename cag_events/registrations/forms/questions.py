"""The fields of an event's own questions: made for the event, checked only where the question is asked at all."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask_babel import gettext as _
from wtforms import Field, StringField
from wtforms import Form as PlainForm
from wtforms.validators import StopValidation

from cag_events.domain.errors import N_
from cag_events.domain.event import EventView, Named
from cag_events.domain.questions import MOST_TEXT, Answer, Question, asked_of, bounds
from cag_events.domain.retention import kept_until
from cag_events.domain.texts import pick
from cag_events.registrations.answers import YES_NO_WORDS, label_of, reply_text
from cag_events.web import dates
from cag_events.web.forms import (
    DateField,
    Length,
    MultiCheckboxField,
    RadioField,
    SelectField,
    TextAreaField,
    WholeNumberField,
)
from cag_events.web.language import current_language

FEW: Final = 7  # options that are shown all at once; more become a list to open


class _Asked:
    """Ends the checks of a question that is not asked, or has no answer; without one, a required one is refused."""

    def __init__(self, *, is_required: bool) -> None:
        self.is_required = is_required
        self.field_flags = {"required": True} if is_required else {}

    def __call__(self, form: PlainForm, field: Field) -> None:
        is_asked = field.name not in form.not_asked  # type: ignore[attr-defined]  # of the forms of this room
        has_answer = any(str(text).strip() for text in field.raw_data or ())
        if is_asked and has_answer:
            return
        field.errors[:] = []  # type: ignore[index]  # a list while fields are checked
        if not is_asked and isinstance(field, StringField):
            field.data = str(field.data or "")[:MOST_TEXT]
        raise StopValidation(N_("Answer this question.") if is_asked and self.is_required else "")


def own_question_fields(view: EventView, segments: Sequence[Named], *, is_desk: bool) -> dict[str, Field]:
    """Return the fields of an event's own questions by their names, in order."""
    questions = view.registration.questions
    kept = kept_until(view)
    until = dates.day_text(kept.sensitive, weekday=False) if kept else ""
    made = {}
    for question in questions:
        about = {
            "label": pick(question.label, current_language()).text,
            "description": " ".join(_hints(question, questions, segments, until)),
            "validators": [_Asked(is_required=question.required and not is_desk)],
        }
        made[question.name] = _FIELDS[question.answer](question, about)
    return made


def _hints(question: Question, questions: Sequence[Question], segments: Sequence[Named], until: str) -> list[str]:
    """When it is asked, what it is for, what may be answered, and how long a sensitive answer is kept."""
    lang = current_language()
    hints = [words for words in (when_words(question, questions), for_words(question, segments)) if words]
    if hint := pick(question.hint, lang).text:
        hints.append(hint)
    if question.least is not None or question.most is not None:
        least, most = bounds(question)
        hints.append(_("A whole number from %(least)s to %(most)s.", least=least, most=most))
    if question.sensitive:
        hints.append(_("Only those who arrange it see your answer."))
        if until:
            hints.append(_("We delete it on %(date)s.", date=until))
    return hints


def when_words(question: Question, questions: Sequence[Question]) -> str:
    """Return on which answer to which question this one depends, empty where it does not."""
    if question.when is None:
        return ""
    on = next((one for one in questions if one.key == question.when.question), None)
    if on is None:
        return ""
    reply = reply_text(on, question.when.answer)
    return str(_("Only if you answer “%(answer)s” to “%(question)s”.", answer=reply, question=label_of(on)))


def for_words(question: Question, segments: Sequence[Named]) -> str:
    """Return for whom a question is, empty where it is for everybody."""
    names = [pick(one.name, current_language()).text for one in segments if one.key in question.segments]
    return str(_("Only for %(groups)s.", groups=", ".join(names))) if names else ""


def _text(_question: Question, about: dict[str, Any]) -> Field:
    about["validators"].append(Length(max=MOST_TEXT))
    return TextAreaField(**about, render_kw={"rows": 2, "autocomplete": "off"})


def _number(question: Question, about: dict[str, Any]) -> Field:
    least, most = bounds(question)
    return WholeNumberField(**about, least=least, most=most, render_kw={"autocomplete": "off"})


def _choice(question: Question, about: dict[str, Any]) -> Field:
    choices = [(option.key, pick(option.label, current_language()).text) for option in question.options]
    if len(choices) > FEW:
        return SelectField(**about, choices=[("", _("– choose –")), *choices])
    return RadioField(**about, choices=_with_none(choices, question))


def _several(question: Question, about: dict[str, Any]) -> Field:
    choices = [(option.key, pick(option.label, current_language()).text) for option in question.options]
    return MultiCheckboxField(**about, choices=choices)


def _date(_question: Question, about: dict[str, Any]) -> Field:
    return DateField(**about, render_kw={"autocomplete": "off"})


def _yes_no(question: Question, about: dict[str, Any]) -> Field:
    return RadioField(**about, choices=_with_none([(key, _(word)) for key, word in YES_NO_WORDS.items()], question))


def _with_none(choices: list[tuple[str, str]], question: Question) -> list[tuple[str, str]]:
    """A way back to no answer, which radio buttons do not have by themselves."""
    return choices if question.required else [*choices, ("", _("No answer"))]


_FIELDS: Final[dict[Answer, Callable[[Question, dict[str, Any]], Field]]] = {
    Answer.TEXT: _text,
    Answer.NUMBER: _number,
    Answer.CHOICE: _choice,
    Answer.SEVERAL: _several,
    Answer.DATE: _date,
    Answer.YES_NO: _yes_no,
}


class Asking:
    """What forms with an event's own questions do: find which are asked, read their answers, show those kept."""

    asked: Any
    not_asked: frozenset[str] = frozenset()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the questions that are asked; the others may hold anything."""
        questions = self._questions
        typed = self._typed_answers()
        asked = {question.name for question in asked_of(questions, self._segment(), typed)}
        self.not_asked = frozenset(question.name for question in questions if question.name not in asked)
        return bool(super().validate(extra_validators))  # type: ignore[misc]  # before the form among the bases

    @property
    def question_answers(self) -> dict[str, Any]:
        """The answers to the questions that are asked, as they are kept."""
        typed = self._typed_answers()
        asked = asked_of(self._questions, self._segment(), typed)
        return {one.name: typed[one.name] for one in asked if typed.get(one.name) not in (None, "", [])}

    @property
    def own_questions(self) -> list[tuple[Question, Field]]:
        """The event's own questions with their fields, in order."""
        return [(one, self[one.name]) for one in self._questions]  # type: ignore[index]  # of the form

    @property
    def has_conditions(self) -> bool:
        """Whether some are asked of some people only."""
        return any(one.when or one.segments for one in self._questions)

    @property
    def has_sensitive(self) -> bool:
        """Whether some are for few eyes, and deleted first."""
        return any(one.sensitive for one in self._questions)

    @property
    def _questions(self) -> tuple[Question, ...]:
        questions: tuple[Question, ...] = self.asked.view.registration.questions
        return questions

    def _segment(self) -> str | None:
        field: Field | None = getattr(self, "segment", None)
        return str(field.data or "") or None if field is not None else None

    def _typed_answers(self) -> dict[str, Any]:
        return {one.name: _kept(self[one.name].data) for one in self._questions}  # type: ignore[index]


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def shown_answers(questions: Sequence[Question], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers as the fields of a form want them: days as dates, and nothing that a field could not show."""
    shown = dict(answers)
    for question in questions:
        if question.answer is Answer.DATE and question.name in shown:
            try:
                shown[question.name] = date.fromisoformat(str(shown[question.name]))
            except ValueError:
                del shown[question.name]
    return shown
