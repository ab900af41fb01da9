"""Lecture: one or few speakers, questions, often a recording; may count as a cultural programme."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cag_events.domain.culture import is_open_to_all
from cag_events.domain.errors import N_, Refused
from cag_events.domain.reminding import before, thanks
from cag_events.kinds._fields import (
    BooleanField,
    ChoiceField,
    FormField,
    LineField,
    NumberField,
    PickField,
    RowForm,
    RowsField,
    TextsField,
)
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._rules import agenda_fits, has_role
from cag_events.kinds._shape import PartnerKey, PersonKey, Prose


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """What the page tells of a speaker beside name and title, if they may be named at all."""

    who: PersonKey = ""
    bio: Prose = field(default_factory=dict)
    pronouns: str = ""
    photo_consent: str = ""  # yes, no, ask; for the team


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How a lecture is held."""

    questions: str = ""  # advance, floor or both: how the audience asks
    question_hours: int | None = None  # before the start, until when questions are taken; none said: until the start
    speakers: tuple[Speaker, ...] = ()
    culture_programme: bool = field(default=False, metadata={"usual": False})  # as study associations count
    association: PartnerKey = ""  # with which it is a cultural programme
    host_contact: PersonKey = ""  # for the team
    fee_note: str = ""  # fee and travel, for the team


@dataclass(frozen=True, kw_only=True)
class Lecture:
    """What a lecture has beside the common fields."""

    lecture: Talk = Talk()

    @property
    def takes_questions(self) -> bool:
        """Whether questions are sent in beforehand."""
        return self.lecture.questions in ("advance", "both")

    @property
    def question_hours(self) -> int:
        """How many hours before the start questions are no longer taken."""
        return self.lecture.question_hours or 0

    @property
    def culture(self) -> str | None:
        """The association with which it is a cultural programme, empty where none is named; None where it is none."""
        return self.lecture.association if self.lecture.culture_programme else None


class SpeakerForm(RowForm):
    """A speaker."""

    needed = ("who",)
    who = PickField(N_("Who"), source="people")
    pronouns = LineField(N_("Pronouns"), most=40)
    bio = TextsField(N_("About the speaker"), prose=True)
    photo_consent = ChoiceField(
        N_("May be photographed, for the team"),
        words=(("yes", N_("Yes")), ("ask", N_("Ask each time")), ("no", N_("No"))),
    )


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
    question_hours = NumberField(N_("Hours before the start until which questions are taken"), most=720)
    speakers = RowsField(SpeakerForm, N_("About the speakers"), blank=1, most=12)
    culture_programme = BooleanField(N_("Counts as a cultural programme"))
    association = PickField(N_("With which study association"), source="partners")
    host_contact = PickField(N_("Contact at the host, for the team"), source="contacts")
    fee_note = LineField(N_("Fee and travel, for the team"))


class LectureForm(KindForm):
    """The lecture's part of the editor."""

    shape = Lecture
    lecture = FormField(TalkForm)


def is_for_all(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """A cultural programme is open to all; how long it is and how many come, the association's terms say."""
    if draft.details.lecture.culture_programme and not is_open_to_all(draft.record):
        yield Refused("lecture.not_open", N_("A cultural programme is public and open to all."), field="visibility")


def tells_of_its_own(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """Whoever is presented as a speaker takes part."""
    known = {person.key for person in draft.record.people}
    strangers = [one.who for one in draft.details.lecture.speakers if one.who not in known]
    if strangers:
        yield Refused(
            "lecture.strangers",
            N_("You tell about speakers who are not among those who take part: %(who)s."),
            field="people",
            who=", ".join(strangers),
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
    sample=Lecture(
        lecture=Talk(
            questions="both",
            question_hours=4,
            speakers=(
                Speaker(
                    who="ada",
                    bio={"sv": "Skriver om vatten.", "en": "Writes about water."},
                    pronouns="hon",
                    photo_consent="ask",
                ),
            ),
            culture_programme=True,
            association="abf",
            host_contact="ada",
            fee_note="2 000 SEK",
        )
    ),
    team_only=("lecture.host_contact", "lecture.fee_note", "lecture.speakers[].photo_consent"),
    publish_rules=(agenda_fits, is_for_all, tells_of_its_own),
    advice=(has_speaker,),
    checklist=((-14, N_("Ask the speaker for slides and for a yes to being recorded")),),
    reminders=(before(days=1), thanks()),
    has_agenda=True,
    schema_type="EducationEvent",
    icon="kind-lecture",
)
