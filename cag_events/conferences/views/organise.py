"""The programme in the workspace: what differs from what visitors see, publish it, who signed up for what."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.conferences import services
from cag_events.conferences.forms import PublishForm
from cag_events.conferences.items import placed_of
from cag_events.conferences.queries import (
    SERVED,
    Fullness,
    find_version,
    fullness_of,
    list_signed_up,
    list_versions,
)
from cag_events.conferences.telling import tell_all, told_of
from cag_events.conferences.views.blueprint import bp
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventView
from cag_events.domain.lifecycle import SHOWN
from cag_events.domain.texts import pick
from cag_events.events.editing import say as say_finding
from cag_events.events.gate import check_event
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.kinds import details_of
from cag_events.kinds.conference import Conference, placed, settled
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language


@bp.get("/<lang>/organise/events/<key>/programme")
@needs(Permission.EVENT_SEE)
def programme(key: str) -> ResponseReturnValue:
    """See the programme as the editor holds it, and what visitors do not see yet."""
    view = conference(key)
    return _page(view, PublishForm(formdata=None, seen=_newest(view)))


@bp.post("/<lang>/organise/events/<key>/programme")
@needs(Permission.EVENT_PUBLISH)
def publish(key: str) -> ResponseReturnValue:
    """Publish a version of the programme."""
    view, form = conference(key), PublishForm()
    if form.validate():
        try:
            number = services.publish_programme(view.id, form.note, seen=form.seen.data or 0, by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Version %(number)s of the programme is published.", number=number), "ok")
            return redirect(url_for(".programme", key=view.key), 303)
    return _page(view, form), 422


@bp.get("/<lang>/organise/events/<key>/programme/<item>")
@needs(Permission.ATTENDEES_SEE)
def item(key: str, item: str) -> ResponseReturnValue:
    """See who signed up for an item."""
    view = conference(key)
    return render_template("conferences/item.html", event_tabs=tabs_of(view, actor()), **listed(view, item))


@bp.get("/<lang>/organise/events/<key>/programme/doors")
@needs(Permission.EVENT_SEE)
def doors(key: str) -> ResponseReturnValue:
    """Print a sign for each room and day."""
    view = conference(key)
    return render_template(
        "conferences/doors.html",
        view=view,
        title=pick(view.title, current_language()),
        back=(url_for(".programme", key=view.key), _("Back to the programme")),
        doors=_doors(view),
    )


def conference(key: str) -> EventView:
    """Return a conference as the team sees it. Raises NotFound for events without a programme of items."""
    view = get_view(key, actor().viewer)
    if view.kind not in SERVED:
        raise NotFound(key)
    return view


def listed(view: EventView, key: str) -> dict[str, Any]:
    """Return what the list of an item prints. Raises NotFound."""
    one = placed_of(view).get(key) or {one.key: one for one in placed(details_of(view), view)}.get(key)
    if one is None:
        raise NotFound(key)
    people = list_signed_up(view.id, key)
    return {
        "view": view,
        "one": one,
        "people": people,
        "seats": sum(person.people for person in people if not person.is_waiting),
        "title": pick(view.title, current_language()),
    }


def _newest(view: EventView) -> int:
    newest = find_version(view.id)
    return newest.number if newest else 0


def _page(view: EventView, form: PublishForm) -> str:
    details: Conference = details_of(view)
    versions, full = list_versions(view.id), fullness_of(view.id)
    team = disclose(view, TEAM, clock.now())
    held = settled(details, view)
    waiting = tell_all(versions[0].items, held, team) if versions and view.status in SHOWN else []
    gate = check_event(view.id) if waiting else None
    return render_template(
        "conferences/programme.html",
        view=view,
        title=pick(view.title, current_language()),
        event_tabs=tabs_of(view, actor()),
        form=form,
        days=details.days(view),
        tracks=details.tracks,
        unplaced=len(details.programme) - len(placed(details, view)),
        full={one.key: full.get(one.key, Fullness()) for one in details.programme},
        versions=told_of(versions, team),
        waiting=waiting,
        missing=[say_finding(finding) for finding in gate.missing] if gate else [],
        may_publish=may(actor(), Permission.EVENT_PUBLISH),
        is_shown=view.status in SHOWN,
        edit_url=url_for("events.edit", key=view.key, _anchor="kind-programme"),
    )


def _doors(view: EventView) -> list[dict[str, Any]]:
    """A sign for each room on each day: what is there, in order of time."""
    rooms = view.venue.rooms if view.venue else {}
    details: Conference = details_of(view)
    signs: dict[tuple[int, str], dict[str, Any]] = {}
    for one in placed(details, view):
        if one.item.room in rooms:
            sign = signs.setdefault(
                (one.part.id, one.item.room), {"part": one.part, "room": rooms[one.item.room], "items": []}
            )
            sign["items"].append(one)
    order = list(rooms)
    return [
        signs[found]
        for found in sorted(signs, key=lambda found: (signs[found]["part"].starts_at, order.index(found[1])))
    ]
