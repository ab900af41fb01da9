"""The shape of a hearing's record, as it is stored and as programme files have it; of commitments in files."""

from dataclasses import dataclass, field
from datetime import date

from cag_events.domain.texts import Texts
from cag_events.kinds._shape import Key, Language, Link, Prose


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered to one of the hearing's questions; `question` is its number, from 1, 0: the subject itself."""

    question: int = 0
    text: Prose = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the team writes of a hearing, and where minutes, film and transcript are."""

    summary: Prose = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    minutes: Link = ""
    video: Link = ""
    transcript: Link = ""
    reply: Prose = field(default_factory=dict)  # of the authority
    replied_by: Texts = field(default_factory=dict)
    replied_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ClearedSubmission:
    """A submission that everybody may read, as files carry it; `text` under its language."""

    key: Key = ""
    text: Prose = field(default_factory=dict)
    name: str = ""
    organisation: str = ""
    language: Language = ""
    shown_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class RecordInFiles(Record):
    """The record in programme files: as it is published, else as the team has it. `published`: since when."""

    published: date | None = None
    submissions: tuple[ClearedSubmission, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CommitmentInFiles:
    """A commitment in programme files."""

    key: Key = ""
    promised_by: Texts = field(default_factory=dict)
    what: Prose = field(default_factory=dict)
    due: date | None = None
    status: str = "open"
    evidence: Prose = field(default_factory=dict)
    evidence_link: Link = ""
    reply: Prose = field(default_factory=dict)
    replied: date | None = None
    updated: date | None = None
    public: bool = False
