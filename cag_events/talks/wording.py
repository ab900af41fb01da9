"""Words for what the talks room shows."""

from typing import Final

from cag_events.domain.errors import N_
from cag_events.domain.recordings import Consent, State
from cag_events.talks.models import Mark

MARKS: Final = {
    Mark.NEW: N_("New"),
    Mark.CHOSEN: N_("Chosen"),
    Mark.ANSWERED: N_("Answered"),
    Mark.HIDDEN: N_("Hidden"),
}
STATES: Final = {
    State.PLANNED: N_("Planned"),
    State.RECORDED: N_("Recorded"),
    State.EDITING: N_("Being edited"),
    State.PUBLISHED: N_("On the page"),
    State.WITHDRAWN: N_("Taken off the page"),
}
CONSENTS: Final = {
    Consent.UNKNOWN: N_("Not asked yet"),
    Consent.ASKED: N_("Asked"),
    Consent.YES: N_("Has said yes"),
    Consent.NO: N_("Has said no"),
    Consent.CUT: N_("Is not in it"),
}
CHECKS: Final = {
    "minutes": N_("Length"),
    "present": N_("People in the room"),
    "open": N_("Open to all"),
    "announced": N_("Announced beforehand"),
}
NAMES: Final = {
    "alias": N_("Enter under another name if you like: others see what you call yourself."),
    "own": N_("Please enter under your own name; others see it."),
}
CHAT: Final = {
    "open": N_("Open to all who are there."),
    "moderated": N_("Read by a moderator before it is shown."),
    "off": N_("Switched off."),
}
RECORDING: Final = {
    "full": N_("The event is recorded and published. Who does not want to be in it keeps camera and microphone off."),
    "edited": N_("The event is recorded; an edited version is published. Questions from the audience are cut out."),
    "never": N_("The event is not recorded. Please do not record it either."),
}
HOW: Final = {
    "simultaneous": N_("interpreted to %(language)s"),
    "consecutive": N_("interpreted to %(language)s"),
    "whisper": N_("interpreted to %(language)s"),
    "sign": N_("interpreted to %(language)s"),
    "captions": N_("captions in %(language)s"),
}
