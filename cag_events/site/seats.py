"""Free seats in words, for lists and event pages."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.domain.event import EventView, RegistrationMode
from cag_events.domain.lifecycle import Status
from cag_events.domain.seats import SeatState
from cag_events.events.cards import Card
from cag_events.registrations.queries import SeatWords, seat_words


def tell(view: EventView, words: SeatWords | None) -> tuple[str, str]:
    """Return the slug (free, few, full or nothing) and the words for an event's seats."""
    if view.registration.mode is RegistrationMode.NONE:
        return ("free", _("Just come")) if view.run_from is None else ("", "")
    if words is None:
        return "", ""
    if words.slug == "full":
        return "full", _("Waiting list") if view.registration.waitlist else _("Full")
    if words.slug == "held":
        return "few", _("Held seats left")
    if words.left is not None:
        return words.slug, ngettext("%(num)s seat left", "%(num)s seats left", words.left)
    return words.slug, _("Few seats left") if words.slug == "few" else _("Seats left")


def with_seats(view: EventView, card: Card, states: Mapping[int, SeatState]) -> Card:
    """Return a card with its seats, where the event is one that people still can come to."""
    if card.status or view.status is not Status.PUBLISHED or view.id not in states:
        return card
    return card.with_seats(*tell(view, seat_words(view, states[view.id])))
