"""The questions that an event asks those who register, beside the common ones."""

from dataclasses import dataclass, field
from enum import StrEnum

from cag_events.domain.texts import Texts


class Answer(StrEnum):
    """What an answer is. A file is never asked for."""

    TEXT = "text"
    NUMBER = "number"  # a whole one
    CHOICE = "choice"  # one of the options
    SEVERAL = "several"  # any of the options
    DATE = "date"
    YES_NO = "yes_no"


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
