"""Webinar: online, across time zones; the room's link never leaves the own join page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Mode
from cag_events.domain.joining import BEFORE, Channel, Entering
from cag_events.domain.reminding import before, thanks
from cag_events.domain.texts import Texts
from cag_events.kinds._fields import (
    SPOKEN,
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
from cag_events.kinds._shape import Language, PersonKey, Prose


@dataclass(frozen=True, kw_only=True)
class InterpretingChannel:
    """A channel in which the room is interpreted."""

    language: Language = ""
    how: Texts = field(default_factory=dict)  # how one finds it in the room


@dataclass(frozen=True, kw_only=True)
class CoHost:
    """Somebody of the team who may let people in, mute and record."""

    person: PersonKey = ""
    task: str = ""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What participants are told before they enter, and who runs it."""

    chat: str = ""  # open, moderated, off
    names: str = ""  # alias: tell participants to enter under another name; own: under their own
    note: Prose = field(default_factory=dict)  # what one should know before entering
    channels: tuple[InterpretingChannel, ...] = ()
    opens_minutes: int | None = None  # before the start; not said: 30
    closes_minutes: int | None = None  # after the end; not said: at the end
    skip_hint: bool = field(default=False, metadata={"usual": False})  # go to the room without a page before it
    questions: bool = field(default=False, metadata={"usual": False})  # are taken beforehand
    cohosts: tuple[CoHost, ...] = ()  # for the team
    technician: PersonKey = ""  # for the team
    dial_in: str = ""  # given in files; the talks room keeps it sealed


@dataclass(frozen=True, kw_only=True)
class Webinar:
    """What a webinar has beside the common fields."""

    webinar: Room = field(default_factory=Room)

    @property
    def takes_questions(self) -> bool:
        """Whether questions are sent in beforehand."""
        return self.webinar.questions

    @property
    def question_hours(self) -> int:
        """How many hours before the start questions are no longer taken."""
        return 0


class ChannelForm(RowForm):
    """A channel of the room."""

    needed = ("language",)
    language = ChoiceField(N_("Language"), words=SPOKEN)
    how = TextsField(N_("How one finds it in the room"))


class CoHostForm(RowForm):
    """A co-host."""

    needed = ("person",)
    person = PickField(N_("Who"), source="contacts")
    task = LineField(N_("Does what"))


class RoomForm(RowForm):
    """What participants are told before they enter."""

    chat = ChoiceField(
        N_("Chat"),
        words=(
            ("open", N_("Open to all")),
            ("moderated", N_("Read by a moderator first")),
            ("off", N_("Switched off")),
        ),
    )
    names = ChoiceField(
        N_("Names in the room"),
        words=(("alias", N_("Another name is fine")), ("own", N_("Under one's own name"))),
    )
    note = TextsField(N_("Good to know before entering"), prose=True)
    channels = RowsField(ChannelForm, N_("Interpreting channels"), blank=1, most=8)
    opens_minutes = NumberField(N_("The room opens, minutes before the start"), most=240)
    closes_minutes = NumberField(N_("The room closes, minutes after the end"), most=240)
    skip_hint = BooleanField(N_("Take people straight into the room, without a page before it"))
    questions = BooleanField(N_("Questions may be sent in beforehand"))
    cohosts = RowsField(CoHostForm, N_("Co-hosts, for the team"), blank=1, most=12)
    technician = PickField(N_("Technician, for the team"), source="contacts")


class WebinarForm(KindForm):
    """The webinar's part of the editor."""

    shape = Webinar
    webinar = FormField(RoomForm)


def is_online(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """It takes place online, in a room whose address is known."""
    if draft.record.mode is Mode.ONSITE:
        yield Refused("webinar.mode", N_("A webinar is online, or online and on site."), field="mode")
    elif not draft.has_online_room:
        yield Refused("webinar.room", N_("Give the address of the online room."), field="online_url")


def has_policy(draft: Draft, _now: datetime) -> Iterator[Refused]:
    """People want to know beforehand whether they are recorded, and under which name they enter."""
    if not draft.record.recording:
        yield Refused("webinar.recording", N_("Say whether it is recorded."), field="recording")
    if not draft.details.webinar.names:
        yield Refused("webinar.names", N_("Say under which name people enter the room."), field="kind-webinar-names")


def entering(details: Webinar) -> Entering:
    """Say what the join page needs to know."""
    room = details.webinar
    return Entering(
        minutes_before=BEFORE if room.opens_minutes is None else room.opens_minutes,
        minutes_after=room.closes_minutes or 0,
        names=room.names,
        chat=room.chat,
        note=room.note,
        channels=tuple(Channel(language=one.language, how=one.how) for one in room.channels),
        skips_hint=room.skip_hint,
    )


KIND = Kind(
    slug="webinar",
    label=N_("Webinar"),
    plural=N_("Webinars"),
    details=Webinar,
    form=WebinarForm,
    sample=Webinar(
        webinar=Room(
            chat="moderated",
            names="alias",
            note={"sv": "Kameran kan vara av.", "en": "Your camera may stay off."},
            channels=(InterpretingChannel(language="ru", how={"sv": "Välj Русский.", "en": "Choose Русский."}),),
            opens_minutes=20,
            closes_minutes=10,
            skip_hint=True,
            questions=True,
            cohosts=(CoHost(person="ada", task="Lets people in"),),
            technician="ada",
        )
    ),
    team_only=("webinar.cohosts", "webinar.technician"),
    file_only=("webinar.dial_in",),
    entering=entering,
    publish_rules=(is_online,),
    advice=(has_policy,),
    checklist=((-3, N_("Test the room, the sound and the interpreting channels")),),
    reminders=(before(days=1), before(hours=1), thanks(hours=3)),
    default_minutes=60,
    default_registration={"event_mode": "online", "mode": "open", "ask": ["segment", "language"]},
    schema_type="EducationEvent",
    icon="kind-webinar",
)
