"""Words for how a registration stands."""

from cag_events.domain.errors import N_
from cag_events.domain.inviting import Reply
from cag_events.domain.seats import Status

STATUS = {
    Status.PENDING: N_("Waiting for an answer"),
    Status.WAITLISTED: N_("In the queue"),
    Status.OFFERED: N_("Offered a seat"),
    Status.CONFIRMED: N_("Has a seat"),
    Status.DECLINED: N_("Declined"),
    Status.WITHDRAWN: N_("Withdrawn"),
}
OWN_STATUS = {
    Status.PENDING: N_("You wait for an answer"),
    Status.WAITLISTED: N_("You are in the queue"),
    Status.OFFERED: N_("You are offered a seat"),
    Status.CONFIRMED: N_("You have a seat"),
    Status.DECLINED: N_("You could not get a seat"),
    Status.WITHDRAWN: N_("You have withdrawn"),
}
OWN_REPLY = {
    Reply.YES: N_("Said yes"),
    Reply.NO: N_("Said no"),
    Reply.SUBSTITUTE: N_("Somebody else comes"),
}
WHAT = {
    "answered_for": N_("Answered by somebody else"),
    "erased": N_("Erased"),
    "helper_added": N_("A colleague got a link"),
    "named": N_("Names of the party"),
    "pass_allowed": N_("May be passed on"),
    "pass_asked": N_("Somebody was named to take the seat"),
    "pass_declined": N_("The one who was named said no"),
    "pass_kept": N_("Seat kept after all"),
    "pass_refused": N_("May not be passed on"),
    "passed_on": N_("Seat passed on"),
    "taken_over": N_("Seat taken over"),
    "accepted": N_("Took the offered seat"),
    "added": N_("Added by hand"),
    "approved": N_("Approved"),
    "approved_again": N_("Approved again"),
    "changed": N_("Changed"),
    "check_in_undone": N_("Check-in taken back"),
    "checked_in": N_("Checked in"),
    "declined": N_("Declined"),
    "lapsed": N_("Let an offer pass"),
    "looked": N_("An administrator read the sensitive answers, for a reason that is logged"),
    "moved": N_("Got a seat before its turn"),
    "offer_declined": N_("Said no to an offered seat"),
    "offered": N_("Was offered a seat"),
    "promoted": N_("Got a seat from the queue"),
    "to_head": N_("Moved to the head of the queue"),
    "reopened": N_("To be looked at again: an answer that decides has changed"),
    "restored": N_("Withdrawal taken back"),
    "withdrawn": N_("Withdrawn"),
}
FIELD = {
    "consent_contact": N_("mail about events"),
    "consent_photo": N_("photographs"),
    "diet": N_("diet"),
    "first_time": N_("first time"),
    "how_heard": N_("how you heard of it"),
    "id_name": N_("name on the document"),
    "language": N_("language"),
    "mode": N_("how to take part"),
    "motivation": N_("why you want to come"),
    "name": N_("name"),
    "needs": N_("needs"),
    "occurrence": N_("dates"),
    "organisation": N_("organisation"),
    "party": N_("number of people"),
    "segment": N_("segment"),
    "wish": N_("wishes"),
}
