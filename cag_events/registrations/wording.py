"""Words for how a registration stands."""

from cag_events.domain.errors import N_
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
WHAT = {
    "added": N_("Added by hand"),
    "approved": N_("Approved"),
    "changed": N_("Changed"),
    "check_in_undone": N_("Check-in taken back"),
    "checked_in": N_("Checked in"),
    "declined": N_("Declined"),
    "moved": N_("Moved up from the queue"),
    "promoted": N_("Got a seat from the queue"),
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
