"""Words of mails about an organizer's answer and about changed answers; answers themselves are in no mail."""

from flask_babel import gettext as _

from cag_events.registrations.answers import field_word, is_kept_back
from cag_events.registrations.mail.reader import Seen
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.people import list_changes

ANSWERED = frozenset({"approved", "declined", "seat_lost"})


def say_note(event: Seen, registration: Registration, occasion: str) -> tuple[str, ...]:
    """Return what the organizer wrote with the answer; of a guarded event only that there is something to read."""
    if occasion not in ANSWERED or not registration.organizer_note:
        return ()
    if event.discreet:
        return (_("There is a message for you on your page."),)
    return (_("The organizer writes:"), *(line for line in registration.organizer_note.splitlines() if line.strip()))


def say_changed(event: Seen, registration: Registration) -> tuple[str, ...]:
    """Return what somebody has changed last, by the names of the fields; sensitive ones have none here."""
    changes = [one for one in list_changes(registration.id) if one.what == "changed"]
    names = changes[0].facts.get("fields", []) if changes else []
    if event.discreet or not names:
        return ()
    questions = event.record.registration.questions
    words = [field_word(name, questions) for name in names if not is_kept_back(name, questions)]
    if len(words) < len(names):
        words.append(_("an answer that only few may see"))
    said = [_("You have changed: %(fields)s.", fields=", ".join(words))]
    if registration.reopened_at is not None:
        again = _("That answer decides, so the organizer looks at your registration again.")
        said.append(f"{again} {_('You keep what you have meanwhile.')}")
    return tuple(said)
