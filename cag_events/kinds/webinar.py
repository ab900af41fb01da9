"""Webinar: online, across time zones; the room's link never leaves the own join page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import Mode
from cag_events.kinds._fields import ChoiceField, FormField, LineField, PickField, RowForm, TextsField
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Draft, Kind
from cag_events.kinds._shape import PersonKey, Prose


@dataclass(frozen=True, kw_only=True)
class Room:
    """What participants are told before they enter, and who runs it."""

    chat: str = ""  # open, moderated, off
    names: str = ""  # alias: tell participants to enter under another name; own: under their own
    note: Prose = field(default_factory=dict)  # what one should know before entering
    technician: PersonKey = ""  # for the team
    dial_in: str = ""  # for the team


@dataclass(frozen=True, kw_only=True)
class Webinar:
    """What a webinar has beside the common fields."""

    webinar: Room = field(default_factory=Room)


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
    technician = PickField(N_("Technician, for the team"), source="contacts")
    dial_in = LineField(N_("Dial-in number, for the team"))


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
            technician="ada",
            dial_in="08-000 00 00",
        )
    ),
    team_only=("webinar.technician", "webinar.dial_in"),
    publish_rules=(is_online,),
    advice=(has_policy,),
    checklist=((-3, N_("Test the room, the sound and the interpreting channels")),),
    reminders=(timedelta(days=1), timedelta(hours=1)),
    default_minutes=60,
    default_registration={"event_mode": "online", "mode": "open", "ask": ["segment", "language"]},
    schema_type="EducationEvent",
    icon="kind-webinar",
)
