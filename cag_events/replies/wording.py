"""What calendars said and why somebody looks at it, in words."""

from typing import Final

from cag_events.domain.errors import N_
from cag_events.replies.models import Outcome

SAID: Final = {
    "ACCEPTED": N_("comes"),
    "TENTATIVE": N_("may come"),
    "DECLINED": N_("does not come"),
    "DELEGATED": N_("sends somebody else"),
}
WHY: Final = {
    "unverified": N_("We could not tell whether it came from this person. Ask them before you free the seat."),
    "stranger": N_("It came from another address than the one that is registered. Ask before you free the seat."),
    "delegated": N_("Somebody else is to come in their place. They can pass the seat on from their own page."),
    "counter": N_("They propose another time. Write to them."),
    "refresh": N_("Their calendar asks for the newest version. Send them their link again."),
    "one_date": N_("It is about one date of several. Ask which one they mean."),
}
OTHERWISE: Final = N_("The seat could not be freed. Look at the registration.")
BECAME: Final = {
    Outcome.KEPT: N_("noted"),
    Outcome.FREED: N_("seat freed"),
    Outcome.HUMAN: N_("needs a look"),
    Outcome.DONE: N_("seen to"),
}
TONE: Final = {
    Outcome.KEPT: "neutral",
    Outcome.FREED: "ok",
    Outcome.HUMAN: "warn",
    Outcome.DONE: "neutral",
}
