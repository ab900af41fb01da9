"""What is logged: every act by its name in the past tense, and the words for it. `record()` knows no other."""

from typing import Final

from cag_events.domain.errors import N_

ACTS: Final = {
    # who may do what here
    "account.made": N_("Made an account"),
    "account.changed": N_("Changed an account's role or name"),
    "account.disabled": N_("Disabled an account"),
    "account.enabled": N_("Enabled an account again"),
    # what visitors are told
    "event.published": N_("Published an event"),
    "event.postponed": N_("Postponed an event"),
    "event.cancelled": N_("Cancelled an event"),
    "event.withdrawn": N_("Took an event's page away"),
    # links that open a page without an account
    "pass.made": N_("Made a link"),
    "pass.ended": N_("Ended a link"),
    # who saw or took along those who come
    "registrations.read": N_("Opened the list of registrations"),
    "registration.read": N_("Opened a registration"),
    "registrations.taken": N_("Took the registrations along as a file"),
    "badges.printed": N_("Printed name badges"),
    "signs.printed": N_("Printed table signs"),
    "attendance.printed": N_("Printed the attendance list"),
    "visitors.printed": N_("Printed the visitor list"),
    "visitors.taken": N_("Took the visitor list along as a file"),
    "visitors.handed": N_("Handed the visitor list over to the venue"),
    "speakers.taken": N_("Took the list of speakers along as a file"),
    "withheld.read": N_("Read a submission that is withheld"),
    "paper.printed": N_("Printed the door's paper list"),
    # sensitive answers
    "care.given": N_("Gave somebody the right to see sensitive answers"),
    "care.ended": N_("Ended somebody's right to see sensitive answers"),
    "care.read": N_("Read sensitive answers"),
    "care.broken": N_("Broke the glass: read sensitive answers without the right to"),
    # what was decided about a registration
    "registration.moved": N_("Moved somebody in the queue"),
    "registration.erased": N_("Erased a registration"),
    # mail to those who come
    "message.sent": N_("Wrote to those who come"),
    "message.undone": N_("Stopped a mail before it went out"),
    # what the program does by itself
    "retention.run": N_("Deleted what was due"),
    "log.shortened": N_("Deleted old entries of this log"),
}

FACTS: Final = {
    "count": N_("number"),
    "dates": N_("dates"),
    "deleted": N_("deleted"),
    "faults": N_("faults"),
    "format": N_("format"),
    "people": N_("people"),
    "purpose": N_("purpose"),
    "role": N_("role"),
    "role_before": N_("role before"),
    "segment": N_("segment"),
    "status": N_("status"),
}
