"""What the lists room adds to pages, files and daily work that are not its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from flask import url_for
from flask_babel import gettext as _

from cag_events.audit.queries import events_with
from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status
from cag_events.events.extensions import Extension, Tab, Todo
from cag_events.permissions import Actor, Permission, may

VISITORS_AHEAD = timedelta(hours=72)  # so long before the venue needs its list it stands on *today*


def wants_visitor_list(record: EventRecord) -> bool:
    """Tell whether the house checks names at the door."""
    hours = record.venue.visitor_list_hours if record.venue else None
    return bool(hours) or "id_name" in record.registration.ask


def visitors_due_at(record: EventRecord) -> datetime | None:
    """Return when the venue needs its list of visitors."""
    hours = record.venue.visitor_list_hours if record.venue else None
    return record.starts_at - timedelta(hours=hours or 0) if record.starts_at and wants_visitor_list(record) else None


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """Ask for the visitor list to be handed over."""
    if not may(actor, Permission.ATTENDEES_EXPORT):
        return
    due = {record.id: at for record in records if (at := visitors_due_at(record))}
    done = events_with("visitors.handed", list(due)) if due else frozenset()
    for record in records:
        at = due.get(record.id)
        if at is None or record.id in done or record.status is not Status.PUBLISHED or record.starts_at is None:
            continue
        if at - VISITORS_AHEAD <= now < record.starts_at:
            yield Todo(
                event_id=record.id,
                text=_("Hand the visitor list over to the venue"),
                url=url_for("lists.visitors", key=record.key),
                due_on=when.day_of(at, record.tz),
                is_late=now > at,
            )


EXTENSION: Final = Extension(
    room="lists",
    tabs=(
        Tab(
            label=N_("Lists"),
            endpoint="lists.home",
            permission=Permission.COUNTS_SEE,
            also=tuple(
                f"lists.{page}"
                for page in (
                    *("registrations", "take_registrations", "badges", "take_badges", "signs", "take_signs"),
                    *("attendance", "take_attendance", "kitchen", "balance", "visitors", "take_visitors"),
                )
            ),
        ),
    ),
    todos=todos,
)
