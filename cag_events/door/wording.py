"""What the door says, in the reader's language: for pages without scripts, and for the phone that says it by itself."""

from flask_babel import gettext, ngettext

from cag_events.domain.doors import Outcome, Press, State
from cag_events.domain.errors import N_
from cag_events.door.services import Result

REASON = {
    State.ONLINE.value: N_("Registered for online, no seat in the room"),
    State.OTHER_DATE.value: N_("Registered for another date"),
    State.WAITING.value: N_("In the queue, no seat"),
    State.GONE.value: N_("Withdrawn, no seat"),
    "unknown": N_("Not on this list"),
}
WHAT = {
    Press.ARRIVE: N_("Came"),
    Press.UNDO: N_("Undone"),
    Press.WALK_IN: N_("Walk-in"),
    Press.HEADS: N_("Head count"),
}
OUTCOME = {Outcome.DONE: N_("done"), Outcome.ALREADY: N_("was in already"), Outcome.REFUSED: N_("not done")}
# What the phone says by itself: name → text.
PHONE = {
    "ok": N_("Welcome"),
    "part": N_("%(here)s of %(party)s here"),
    "already": N_("Already in, %(time)s"),
    "already_by": N_("Already in, %(time)s, %(by)s"),
    "already_here": N_("Already in"),
    "undone": N_("Undone"),
    "unreadable": N_("This is no ticket of ours"),
    "needs": N_("Asked for help: ask the organizer"),
    "fewer": N_("Fewer came:"),
    "party": N_("%(num)s people"),
    "all": N_("All %(num)s"),
    "one": N_("One"),
    "tick": N_("Here"),
    "undo": N_("Undo"),
    "nobody": N_("Nobody by that name or code."),
    "letters": N_("Type at least two letters, or a code."),
    "offline": N_("No net since %(time)s. What you press is kept here."),
    "online": N_("In touch"),
    "waiting": N_("%(num)s waiting to be sent"),
    "refused": N_("Not accepted: %(who)s. %(why)s."),
    "camera_no": N_("The camera cannot be used. Search for the name, or type the code."),
    "camera_wait": N_("Starting the camera …"),
    "camera_on": N_("Hold the ticket in front of the camera."),
    "torch_on": N_("Light on"),
    "torch_off": N_("Light off"),
    "start": N_("Scan"),
    "stop": N_("Stop"),
    "emptied": N_("This phone is empty. Ask for a new link if you need one."),
    "closed": N_("This door is closed. Everything on this phone has been deleted."),
    "late": N_("The event is over. The names have been deleted from this phone."),
    "walk_in": N_("Walk-in"),
    "heads": N_("Head count"),
    "not_kept": N_("This browser keeps nothing: stay on this page until all is sent."),
}


def phone_texts() -> dict[str, str]:
    """Return what the phone says, in the reader's language; `%(name)s` stay for the phone to fill in."""
    texts = {name: str(gettext(text)) for name, text in PHONE.items()}
    return texts | {f"why_{state}": str(gettext(text)) for state, text in REASON.items()}


def verdict(result: Result, what: Press, first_time: str) -> tuple[str, str]:
    """Return tone and words of what became of a press."""
    if result.outcome is Outcome.REFUSED:
        return "error", str(gettext(REASON[result.reason]))
    if result.outcome is Outcome.ALREADY and what is Press.ARRIVE:
        if not first_time:
            return "warn", str(gettext("Already in"))
        if result.first_by:
            return "warn", str(gettext("Already in, %(time)s, %(by)s", time=first_time, by=result.first_by))
        return "warn", str(gettext("Already in, %(time)s", time=first_time))
    if what is Press.ARRIVE:
        return "ok", str(ngettext("Welcome: %(num)s person is in.", "Welcome: %(num)s people are in.", result.people))
    if what is Press.UNDO:
        return "ok", str(gettext("Undone"))
    return "ok", str(gettext("Counted."))
