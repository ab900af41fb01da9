"""Webinar: online, across time zones; the room's link never leaves the own join page."""

from dataclasses import dataclass, field

from cag_events.domain.errors import N_
from cag_events.kinds._form import KindForm
from cag_events.kinds._kind import Kind
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


class WebinarForm(KindForm):
    """The webinar's part of the editor."""


KIND = Kind(
    slug="webinar",
    label=N_("Webinar"),
    plural=N_("Webinars"),
    details=Webinar,
    form=WebinarForm,
    sample=Webinar(),
    team_only=("webinar.technician", "webinar.dial_in"),
    default_minutes=60,
)
