"""Lecture: one or few speakers, questions, often a recording; may count as a cultural programme."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import RegistrationMode, Visibility
from cag_events.kinds._fields import BooleanField, ChoiceField, FormField, LineField, PickField, RowForm
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits, has_role
from cag_events.kinds._shape import PersonKey


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How a lecture is held."""

    questions: str = ""  # advance, floor or both: how the audience asks
    culture_programme: bool = field(default=False, metadata={"usual": False})  # as study associations count
    host_contact: PersonKey = ""  # for the team
    fee_note: str = ""  # fee and travel, for the team


@dataclass(frozen=True, kw_only=True)
class Lecture:
    """What a lecture has beside the common fields."""

    lecture: Talk = Talk()


@dataclass(frozen=True)
class CultureTerms:
    """From when a study association counts a lecture as a cultural programme, and what it asks."""

    valid_from: date
    minutes: int


CULTURE_TERMS = (CultureTerms(valid_from=date(2015, 1, 1), minutes=30),)  # the newest last; check them each year


class TalkForm(RowForm):
    """How the lecture is held."""

    questions = ChoiceField(
        N_("How the audience asks questions"),
        words=(
            ("floor", N_("From the floor")),
            ("advance", N_("Sent in beforehand")),
            ("both", N_("From the floor and beforehand")),
        ),
    )
    culture_programme = BooleanField(N_("Counts as a cultural programme"))
    host_contact = PickField(N_("Contact at the host, for the team"), source="contacts")
    fee_note = LineField(N_("Fee and travel, for the team"))


class LectureForm(KindForm):
    """The lecture's part of the editor."""

    shape = Lecture
    lecture = FormField(TalkForm)


def is_culture_programme(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A cultural programme is announced, open to all, and of some length."""
    if not draft.details.lecture.culture_programme:
        return
    record = draft.record
    if record.visibility is not Visibility.PUBLIC or record.registration.mode in (
        RegistrationMode.INVITE,
        RegistrationMode.MEMBERS,
    ):
        yield Refused("lecture.not_open", N_("A cultural programme is public and open to all."), field="visibility")
    on = (record.starts_at or datetime(2026, 1, 1, tzinfo=UTC)).date()
    terms = [terms for terms in CULTURE_TERMS if terms.valid_from <= on]
    least = timedelta(minutes=terms[-1].minutes if terms else 0)
    if any(part.ends_at - part.starts_at < least for part in record.occurrences):
        yield Refused(
            "lecture.short",
            N_("A cultural programme lasts at least %(least)s minutes."),
            field="occurrences",
            least=int(least / timedelta(minutes=1)),
        )


def has_speaker(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A lecture is better known by its speaker."""
    if not has_role(draft.record, "speaker", "panelist"):
        yield Refused("lecture.speaker", N_("Name at least one speaker."), field="people")


KIND = Kind(
    slug="lecture",
    label=N_("Lecture"),
    plural=N_("Lectures"),
    details=Lecture,
    form=LectureForm,
    sample=Lecture(lecture=Talk(questions="both", culture_programme=True, host_contact="ada", fee_note="2 000 SEK")),
    team_only=("lecture.host_contact", "lecture.fee_note"),
    publish_rules=(agenda_fits, is_culture_programme),
    advice=(has_speaker,),
    checklist=((-14, N_("Ask the speaker for slides and for a yes to being recorded")),),
    reminders=(timedelta(days=1),),
    has_agenda=True,
    schema_type="EducationEvent",
    icon="kind-lecture",
)
