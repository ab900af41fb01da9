"""Venues: where they are, their rooms, what is known of access."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.events import services
from cag_events.events.blueprint import bp
from cag_events.events.forms.venue import ACCESS, ONLINE_ACCESS, VenueForm, venue_form_class
from cag_events.events.models import Event, Room, Venue
from cag_events.events.told import find_held_at
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages as named
from cag_events.web.dates import country_name
from cag_events.web.language import languages


@bp.get("/<lang>/organise/venues")
@needs(Permission.VENUE_EDIT)
def venues() -> ResponseReturnValue:
    """See the venues there are."""
    rooms = select(Room.venue_id, func.count(Room.id).label("rooms"), func.max(Room.capacity).label("most"))
    rooms_of = rooms.group_by(Room.venue_id).subquery()
    used = select(Event.venue_id, func.count(Event.id).label("events")).group_by(Event.venue_id).subquery()
    query = (
        select(Venue, rooms_of.c.rooms, rooms_of.c.most, used.c.events)
        .outerjoin(rooms_of, rooms_of.c.venue_id == Venue.id)
        .outerjoin(used, used.c.venue_id == Venue.id)
        .order_by(Venue.virtual, Venue.country.desc(), Venue.city, Venue.id)
    )
    rows = [
        {
            "key": venue.key,
            "name": dict(venue.name),
            "city": venue.city,
            "country": country_name(venue.country) if venue.country else "",
            "rooms": rooms_count or 0,
            "most": most or 0,
            "events": events or 0,
            "checked": date.fromisoformat(str(venue.access["checked"])) if venue.access.get("checked") else None,
            "virtual": venue.virtual,
        }
        for venue, rooms_count, most, events in db.session.execute(query)
    ]
    return render_template("events/venues.html", venues=rows)


@bp.route("/<lang>/organise/venues/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/venues/<key>", methods=["GET", "POST"])
@needs(Permission.VENUE_EDIT)
def venue(key: str | None) -> ResponseReturnValue:
    """Make or change a venue."""
    row = _find(key)
    rooms = _rooms(row)
    form = venue_form_class(languages())()
    form.offer(row)
    if form.is_submitted():
        if _rearranged(form):
            form.offer(row)
            return _page(form, row)
        if form.validate():
            with form.refusals():
                saved = services.save_venue(
                    row.id if row else None, form.read(row), tells=bool(form.tells.data), by=actor()
                )
                flash(_("Saved."), "ok")
                return redirect(url_for(".venue", key=saved.key), 303)
        return _page(form, _find(key)), 422
    form.load(row, rooms)
    if not form.rooms.entries:
        form.rooms.append_entry()
    form.offer(row)
    return _page(form, row)


def _find(key: str | None) -> Venue | None:
    if key is None:
        return None
    row = db.session.scalar(select(Venue).where(Venue.key == key))
    if row is None:
        raise NotFound(key)
    return row


def _rooms(row: Venue | None) -> list[Room]:
    query = select(Room).where(Room.venue_id == (row.id if row else 0)).order_by(Room.position, Room.id)
    return list(db.session.scalars(query))


def _rearranged(form: VenueForm) -> bool:
    action = request.form.get("do", "")
    if action == "add-rooms":
        form.rooms.append_entry()
        return True
    if action.startswith("remove-rooms-"):
        form.rooms.entries = [entry for entry in form.rooms.entries if entry.id != action.removeprefix("remove-")]
        return True
    return False


def _page(form: VenueForm, row: Venue | None) -> str:
    return render_template(
        "events/venue.html",
        form=form,
        venue={"key": row.key, "name": dict(row.name), "virtual": row.virtual, "tz": row.tz} if row else None,
        held=find_held_at(row.id) if row else None,
        access_fields=[name for name, _label in (ONLINE_ACCESS if row and row.virtual else ACCESS)],
        own_languages=named(languages()),
    )
