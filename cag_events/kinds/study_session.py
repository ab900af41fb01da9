"""Study session: a single evening or a study circle, with a leader, a plan and study hours of 45 minutes."""

from dataclasses import dataclass, field

from cag_events.domain.errors import N_
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
from cag_events.kinds._shape import Link, PartnerKey, PersonKey, Prose


@dataclass(frozen=True, kw_only=True)
class Text:
    """Something to read before a meeting; meetings are numbered from 1."""

    meeting: int = 1
    title: str = ""
    pages: str = ""
    link: Link = ""


@dataclass(frozen=True, kw_only=True)
class Study:
    """How a study session is led and counted."""

    form: str = ""  # studiecirkel, single, annan
    association: PartnerKey = ""
    leader: PersonKey = ""
    leader_approval: str = ""  # the association's number, for the team
    study_hours_per_meeting: int | None = None
    break_minutes: int | None = None
    min_age: int | None = None
    plan: Prose = field(default_factory=dict)
    readings: tuple[Text, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StudySession:
    """What a study session has beside the common fields."""

    study: Study = field(default_factory=Study)


class StudySessionForm(KindForm):
    """The study session's part of the editor."""


KIND = Kind(
    slug="study_session",
    label=N_("Study session"),
    plural=N_("Study sessions"),
    details=StudySession,
    form=StudySessionForm,
    sample=StudySession(),
    team_only=("study.leader_approval",),
    default_minutes=135,
)
