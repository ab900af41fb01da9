"""Certificates of attendance: who took part in what, when and for how long; one sheet each, printed by the browser.

For every room whose kind gives them. Who has reached what it takes, the room decides; the page is the same for all:

    one = certificate_of(visit.view, name=…, dates=dates_attended, facts=((_("Extent"), "9 studietimmar"),))
    return render_template("registrations/certificate.html", certificates=[one], back=(url, text))

At `/<lang>/registrations/<token>/<word>` with `registrations.visits.visit_of(token)` and `name_of(visit)` for its
owner; for the organizer all of an event on one print, behind @needs(Permission.ATTENDEES_EXPORT) and @confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cag_events import clock
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView, OccurrenceRecord
from cag_events.domain.texts import Picked
from cag_events.events import reading
from cag_events.events.cards import kind_label, title_of
from cag_events.events.extensions import OwnVisit
from cag_events.registrations.models import Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What one sheet says. `facts`: (word, text) rows; `signers`: lines to sign on, as a leader's name."""

    name: str
    title: Picked
    kind: str
    dates: tuple[OccurrenceRecord, ...]
    facts: tuple[tuple[str, str], ...]
    signers: tuple[str, ...]
    place: str
    issued_on: date


def certificate_of(
    view: EventView,
    *,
    name: str,
    dates: Sequence[OccurrenceRecord],
    facts: Sequence[tuple[str, str]] = (),
    signers: Sequence[str] = (),
) -> Certificate:
    """Return the certificate of somebody who took part in an event as they see it, on the dates when they were there.

    `name` stands large and goes nowhere else; `facts` and `signers` are said in the reader's language. Only the town
    of the venue is told. Raises NotFound without a name, or where the viewer may not know the event's title.
    """
    if view.neutral or not name.strip():
        raise NotFound("certificate")
    reader = reading.reader()
    venue = view.venue
    return Certificate(
        name=name,
        title=title_of(view, reader),
        kind=kind_label(view.kind, reader),
        dates=tuple(sorted(dates, key=lambda one: (one.starts_at, one.id))),
        facts=tuple(facts),
        signers=tuple(signers),
        place=venue.city_in(reader.lang) if venue is not None and not venue.virtual else "",
        issued_on=when.day_of(clock.now(), view.tz),
    )


def name_of(visit: OwnVisit) -> str:
    """Return the name under which somebody registered, for their own page; empty once it has been deleted."""
    return db.session.get_one(Registration, visit.registration_id).name or ""
