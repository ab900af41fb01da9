"""Certificates of workshops: for those who were checked in, once it is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.event import EventView
from cag_events.domain.seats import Status
from cag_events.kinds.workshop import Frame
from cag_events.registrations.certificate import Certificate, certificate_of
from cag_events.registrations.models import Registration, RegistrationOccurrence
from cag_events.web.dates import minutes_text
from cag_events.web.templating import picked
from cag_events.workshops.queries import frame_of

SIGNING = ("facilitator", "leader", "game_master", "artist", "speaker")


def is_given(view: EventView, now: datetime) -> bool:
    """Tell whether a workshop gives certificates by now."""
    return frame_of(view).certificate and view.ends_at is not None and now >= view.ends_at


def certificate_for(view: EventView, registration_id: int, name: str, now: datetime) -> Certificate | None:
    """Return somebody's certificate; None before the end, or for those who were not there."""
    if not is_given(view, now) or not name:
        return None
    came = _came([registration_id]).get(registration_id, frozenset())
    return _made(view, frame_of(view), name, came) if came else None


def list_certificates(view: EventView, now: datetime) -> list[Certificate]:
    """Return the certificates of all who were there, by name."""
    if not is_given(view, now):
        return []
    rows = db.session.scalars(
        select(Registration).where(
            Registration.event_id == view.id,
            Registration.status == Status.CONFIRMED,
            Registration.name_sealed.is_not(None),
        )
    )
    names = {row.id: row.name or "" for row in rows}
    came, frame = _came(list(names)), frame_of(view)
    people = sorted(names.items(), key=lambda pair: pair[1].casefold())
    return [_made(view, frame, name, came[row_id]) for row_id, name in people if came.get(row_id)]


def _came(registration_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """At which occurrences these were checked in."""
    rows = db.session.execute(
        select(RegistrationOccurrence.registration_id, RegistrationOccurrence.occurrence_id).where(
            RegistrationOccurrence.registration_id.in_(registration_ids),
            RegistrationOccurrence.checked_in_at.is_not(None),
        )
    )
    found: dict[int, frozenset[int]] = {}
    for registration_id, occurrence_id in rows:
        found[registration_id] = found.get(registration_id, frozenset()) | {occurrence_id}
    return found


def _made(view: EventView, frame: Frame, name: str, came: frozenset[int]) -> Certificate:
    dates = [one for one in view.occurrences if one.id in came]
    minutes = sum(int((one.ends_at - one.starts_at) / timedelta(minutes=1)) for one in dates)
    goals = "; ".join(text for goal in frame.goals if (text := picked(goal.text).text))
    facts = [(_("Extent"), minutes_text(minutes)), *([(_("What it was about"), goals)] if goals else [])]
    signers = list(dict.fromkeys(person.name for person in view.people if person.role in SIGNING))
    return certificate_of(view, name=name, dates=dates, facts=facts, signers=signers)
