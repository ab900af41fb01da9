"""What *today* asks organizers to do about registrations: changed answers that decide, a queue that stands still."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import ngettext

from cag_events.domain.event import EventRecord
from cag_events.events.extensions import Todo
from cag_events.permissions import Actor, Permission, may
from cag_events.registrations.queries.approvals import count_again
from cag_events.registrations.queries.held import count_too_large


def todos(records: Sequence[EventRecord], actor: Actor, _now: datetime) -> Iterable[Todo]:
    """Ask for a new look at those who changed an answer that decides, and at queues that cannot go on."""
    if not may(actor, Permission.ATTENDEES_EDIT):
        return
    again = count_again([record.id for record in records])
    too_large = count_too_large([record.id for record in records])
    for record in records:
        if number := again.get(record.id, 0):
            text = ngettext(
                "%(num)s party changed an answer that decides: look again",
                "%(num)s parties changed an answer that decides: look again",
                number,
            )
            yield Todo(event_id=record.id, text=text, url=url_for("registrations.approvals", key=record.key))
        if number := too_large.get(record.id, 0):
            text = ngettext(
                "%(num)s party in the queue is larger than all seats; those behind it wait too",
                "%(num)s parties in the queue are larger than all seats; those behind them wait too",
                number,
            )
            yield Todo(event_id=record.id, text=text, url=url_for("registrations.queue", key=record.key))
