"""The words of the room, marked for translation."""

from cag_events.domain.errors import N_
from cag_events.domain.hearing import Level, Promise, Slot

LEVELS: dict[Level, str] = {
    Level.PUBLIC: N_("Public, with my name"),
    Level.ANONYMOUS: N_("Public, without my name"),
    Level.PANEL: N_("For the panel alone, with my name"),
    Level.WITHHELD: N_("For the record-keeper alone"),
}
LEVEL_HINTS: dict[Level, str] = {
    Level.PUBLIC: N_("Everybody may read the text and who wrote it, once the organizer has cleared it."),
    Level.ANONYMOUS: N_("Everybody may read the text. Your name is told to nobody, not to the panel either."),
    Level.PANEL: N_("The panel reads the text and your name. Nothing of it is published."),
    Level.WITHHELD: N_("The organizer keeps it with the papers and shows it to nobody."),
}
LEVEL_WORDS: dict[Level, str] = {
    Level.PUBLIC: N_("Public with name"),
    Level.ANONYMOUS: N_("Public without name"),
    Level.PANEL: N_("Panel alone"),
    Level.WITHHELD: N_("Withheld"),
}
SLOTS: dict[Slot, str] = {
    Slot.ASKED: N_("Asks to speak"),
    Slot.APPROVED: N_("Approved"),
    Slot.DECLINED: N_("Declined"),
    Slot.CALLED: N_("Called"),
    Slot.SPOKEN: N_("Has spoken"),
    Slot.ABSENT: N_("Absent"),
    Slot.WITHDRAWN: N_("Taken back"),
}
PROMISES: dict[Promise, str] = {
    Promise.OPEN: N_("Open"),
    Promise.KEPT: N_("Kept"),
    Promise.PARTLY: N_("Partly kept"),
    Promise.BROKEN: N_("Broken"),
    Promise.WITHDRAWN: N_("Withdrawn by who promised"),
}
PROMISE_TONES: dict[Promise, str] = {
    Promise.OPEN: "neutral",
    Promise.KEPT: "ok",
    Promise.PARTLY: "accent",
    Promise.BROKEN: "error",
    Promise.WITHDRAWN: "neutral",
}
