"""The list of registrations as rows of a table; sensitive answers are for those with the care right alone."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from cag_events.domain.event import EventRecord
from cag_events.domain.questions import Answer, Question
from cag_events.registrations.answers import answer_text, answers_of, label_of
from cag_events.registrations.models import Registration

COLUMNS = (
    "code",
    "name",
    "email",
    "segment",
    "party",
    "mode",
    "status",
    "registered_at",
    "checked_in_at",
    "organisation",
)
LAST: Final = "consent_contact"
QUESTIONS = {
    "first_time": "first_time",
    "how_heard": "how_heard",
    "language": "language",
    "id_name": "id_name",
    "role_wish": "wish",
    "photo": "consent_photo",
}


def header(record: EventRecord, *, cares: bool = False) -> list[str]:
    """Return the names of the columns: the fixed ones, one per question of the event, and the consent to mails.

    `cares`: whether the reader has the event's care right; without it there are no columns for needs, diet and
    sensitive questions. The event's own questions are called by their words in the reader's language.
    """
    return [column.label for column in _columns(record, cares=cares)]


def rows(
    registrations: Iterable[Registration], record: EventRecord, segments: dict[int, str], *, cares: bool = False
) -> Iterator[list[str | int]]:
    """Yield a row of cells for each registration; `segments`: keys by id."""
    columns = _columns(record, cares=cares)
    questions = {question.name: question for question in record.registration.questions}
    for registration in registrations:
        answers = answers_of(registration)
        cells = _cells(registration, answers, segments)
        yield [
            _answer(questions[column.name], answers) if column.name in questions else cells[column.name]
            for column in columns
        ]


class _Column(NamedTuple):
    name: str
    label: str


def _columns(record: EventRecord, *, cares: bool) -> list[_Column]:
    ask, questions = record.registration.ask, record.registration.questions
    common = [name for key, name in QUESTIONS.items() if key in ask]
    cared = [name for name in ("needs", "diet") if cares and name in ask]
    columns = [_Column(name, name) for name in (*COLUMNS, *common, *cared)]
    taken = {*(column.label for column in columns), LAST}
    for question in questions:
        if question.sensitive and not cares:
            continue
        label = label_of(question)
        columns.append(_Column(question.name, f"{label} ({question.key})" if label in taken else label))
        taken.add(label)
    return [*columns, _Column(LAST, LAST)]


def _answer(question: Question, answers: Mapping[str, Any]) -> str | int:
    """An answer as a cell: numbers and days as machines read them, choices in words."""
    value = answers.get(question.name)
    if value is None:
        return ""
    if isinstance(value, int) or question.answer is Answer.DATE:
        return value if isinstance(value, int) else str(value)
    return answer_text(question, value)


def _cells(registration: Registration, answers: Mapping[str, Any], segments: dict[int, str]) -> dict[str, str | int]:
    return {
        "code": registration.code,
        "name": registration.name or "",
        "email": registration.email or "",
        "segment": segments.get(registration.segment_id or 0, ""),
        "party": registration.party,
        "mode": registration.mode.value,
        "status": registration.status.value,
        "registered_at": _instant(registration.registered_at),
        "checked_in_at": _instant(registration.checked_in_at),
        "organisation": str(answers.get("organisation", "")),
        "first_time": {True: "yes", False: "no", None: ""}[registration.first_time],
        "how_heard": str(answers.get("how_heard", "")),
        "language": str(answers.get("language", "")),
        "id_name": str(answers.get("id_name", "")),
        "wish": ", ".join(answers.get("wish", [])),
        "needs": str(answers.get("needs", "")),
        "diet": str(answers.get("diet", "")),
        "consent_photo": "yes" if registration.consent_photo else "no",
        "consent_contact": "yes" if registration.consent_contact else "no",
    }


def _instant(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""
