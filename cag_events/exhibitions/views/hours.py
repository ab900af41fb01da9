"""The opening hours of a venue."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.texts import pick
from cag_events.events.models import Venue, VenueHours
from cag_events.exhibitions.forms.production import PartForm, WeekPart
from cag_events.exhibitions.services.venue_hours import save_hours
from cag_events.exhibitions.views.blueprint import bp
from cag_events.kinds._opening import Week
from cag_events.kinds._shape import read
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language


@bp.route("/<lang>/organise/venues/<key>/hours", methods=["GET", "POST"])
@needs(Permission.VENUE_EDIT)
def venue_hours(key: str) -> ResponseReturnValue:
    """Set the hours of a venue, which exhibitions there may follow."""
    venue = db.session.scalar(select(Venue).where(Venue.key == key, ~Venue.virtual))
    if venue is None:
        raise NotFound(key)
    known = db.session.get(VenueHours, venue.id)
    form = PartForm.of(WeekPart, read(Week, known.hours if known else {}))
    name, venue_id = pick(venue.name, current_language()), venue.id
    if form.is_submitted() and form.validate():
        with form.refusals():
            save_hours(venue_id, form.part.read(), by=actor())
            flash(_("Saved. Exhibitions that follow these hours show them now."), "ok")
            return redirect(url_for(".venue_hours", key=key), 303)
    answer = render_template("exhibitions/venue_hours.html", form=form, part=form.part, key=key, name=name)
    return (answer, 422) if form.is_submitted() else answer
