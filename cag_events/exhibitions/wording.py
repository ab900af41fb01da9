"""Words for what the exhibitions room keeps, and the tone that they are shown in."""

from cag_events.domain.errors import N_
from cag_events.domain.tours import StopStatus
from cag_events.domain.visitors import Source

STATUS_WORDS = {
    StopStatus.ASKED: N_("asked"),
    StopStatus.RESERVED: N_("reserved"),
    StopStatus.AGREED: N_("agreed"),
    StopStatus.INSTALLED: N_("installed"),
    StopStatus.OPEN: N_("open"),
    StopStatus.CLOSED: N_("closed"),
    StopStatus.RETURNED: N_("returned"),
}
STATUS_TONES = {
    StopStatus.ASKED: "neutral",
    StopStatus.RESERVED: "warn",
    StopStatus.AGREED: "accent",
    StopStatus.INSTALLED: "accent",
    StopStatus.OPEN: "ok",
    StopStatus.CLOSED: "neutral",
    StopStatus.RETURNED: "neutral",
}
STATUS_ACTIONS = {
    StopStatus.ASKED: N_("Back to asked"),
    StopStatus.RESERVED: N_("Reserved"),
    StopStatus.AGREED: N_("Agreed"),
    StopStatus.INSTALLED: N_("Installed"),
    StopStatus.OPEN: N_("It is open"),
    StopStatus.CLOSED: N_("It has closed"),
    StopStatus.RETURNED: N_("All crates are back"),
}
COST_WORDS = {"us": N_("we pay"), "host": N_("the host pays"), "shared": N_("shared")}
SOURCE_WORDS = {
    Source.READING: N_("reading of the counter"),
    Source.DAY: N_("typed for the day"),
    Source.TAP: N_("counted with the phone"),
}
