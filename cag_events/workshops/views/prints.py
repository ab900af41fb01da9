"""What is printed for a workshop: the kit with amounts, the preparations, all certificates."""

from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.kinds.workshop import BY_PARTICIPANTS, BY_TEAM, BY_VENUE, GROUP, seats_of
from cag_events.messages.queries.coming import first_day
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language
from cag_events.workshops.certificates import list_certificates
from cag_events.workshops.queries import KINDS, count_people, frame_of
from cag_events.workshops.views.blueprint import bp


@bp.get("/<lang>/organise/events/<key>/kit")
@needs(Permission.EVENT_SEE)
def kit(key: str) -> ResponseReturnValue:
    """Print what is to be brought, how many of each, and what is to be prepared when."""
    record = _record(key)
    frame, day = frame_of(record), first_day(record)
    people = count_people([record.id]).get(record.id, {}).get(Status.CONFIRMED, 0)
    size, seats = frame.group_size or GROUP, seats_of(record)
    heads = {BY_TEAM: _("We bring"), BY_VENUE: _("The venue has"), BY_PARTICIPANTS: _("Participants bring")}
    lists = [
        (head, [(one, one.needed(people, size), one.needed(seats, size)) for one in frame.kit if one.by == by])
        for by, head in heads.items()
    ]
    others = [one for one in frame.kit if one.by not in heads]
    lists.append((_("Nobody yet"), [(one, one.needed(people, size), one.needed(seats, size)) for one in others]))
    return render_template(
        "workshops/kit.html",
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        lists=[(head, rows) for head, rows in lists if rows],
        people=people,
        seats=seats,
        groups=-(-people // size) if people else 0,
        group_size=size,
        day=day,
        tasks=sorted(
            ((day - timedelta(days=task.days) if day else None, task) for task in frame.tasks),
            key=lambda pair: -pair[1].days,
        ),
        frame=frame,
        back=(url_for("events.edit", key=key), _("Edit the event")),
    )


@bp.get("/<lang>/organise/events/<key>/diplomas")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def certificates(key: str) -> ResponseReturnValue:
    """Print the certificates of all who were there."""
    record = _record(key)
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    found = list_certificates(disclose(record, TEAM, clock.now()), clock.now())
    if not found:
        raise NotFound(key)
    back = (url_for("registrations.list", key=key), _("Registrations"))
    return render_template("registrations/certificate.html", certificates=found, back=back)


def _record(key: str) -> EventRecord:
    record = get_record_of(key)
    if record.kind not in KINDS:
        raise NotFound(key)
    return record
