"""What people answered, in words: label and answer of each question, and which of them few may see."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec
from flask_babel import gettext as _

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord
from cag_events.domain.questions import PREFIX, Answer, Question, is_sensitive
from cag_events.domain.texts import pick
from cag_events.registrations.models import Registration
from cag_events.registrations.wording import FIELD
from cag_events.web import dates
from cag_events.web.language import current_language

CARED: Final = frozenset({"needs", "diet"})  # told only to those with the care right, beside sensitive questions
YES_NO_WORDS: Final = {"yes": N_("Yes"), "no": N_("No")}


class Told(NamedTuple):
    """An answer in words. `name`: of its field; `is_kept_back`: for those with the care right alone."""

    name: str
    label: str
    text: str
    is_kept_back: bool


def answers_of(registration: Registration) -> dict[str, Any]:
    """Return what somebody answered, by the names of the fields."""
    found: dict[str, Any] = msgspec.json.decode(registration.answers) if registration.answers else {}
    return found


def is_kept_back(name: str, questions: Sequence[Question]) -> bool:
    """Tell whether an answer is only for those with the event's care right."""
    return name in CARED or is_sensitive(name, questions)


def asks_sensitive(record: EventRecord) -> bool:
    """Tell whether an event asks for anything that is only for those with the care right."""
    seats = record.registration
    return not CARED.isdisjoint(seats.ask) or any(question.sensitive for question in seats.questions)


def told(answers: Mapping[str, Any], questions: Sequence[Question]) -> list[Told]:
    """Return all answers in words: the common ones as they came, then the event's own questions in order."""
    known = {question.name: question for question in questions}
    order = [*(name for name in answers if name not in known), *(name for name in known if name in answers)]
    return [
        Told(
            name,
            field_word(name, questions),
            _common_text(name, answers[name]) or answer_text(known.get(name), answers[name]),
            is_kept_back(name, questions),
        )
        for name in order
    ]


def _common_text(name: str, value: Any) -> str:
    """An answer to a common question that is kept as a code, in words; empty for all others."""
    return dates.language_name(str(value)) if name == "language" else ""


def label_of(question: Question) -> str:
    """Return a question in the reader's language."""
    return pick(question.label, current_language()).text


def field_word(name: str, questions: Sequence[Question]) -> str:
    """Return what a field of a registration is called; an event's own question is called by its words."""
    for question in questions:
        if question.name == name:
            return label_of(question)
    if name.startswith(PREFIX):
        return str(_("A question that is asked no more"))
    return str(_(FIELD.get(name, name)))


def reply_text(question: Question, reply: str) -> str:
    """Return one of the answers that can be chosen in words."""
    if question.answer is Answer.YES_NO and reply in YES_NO_WORDS:
        return str(_(YES_NO_WORDS[reply]))
    option = next((one for one in question.options if one.key == reply), None)
    return pick(option.label, current_language()).text if option else reply


def answer_text(question: Question | None, value: Any) -> str:
    """Return an answer in words; one that fits its question no more is shown as it was given."""
    if isinstance(value, list):
        return "; ".join(reply_text(question, str(one)) if question else str(one) for one in value)
    if question is None:
        return str(value)
    if question.answer is Answer.DATE:
        try:
            return dates.day_text(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    return reply_text(question, str(value))
