"""Mails about a venue that became another place: those of all its events on one page, settled in one press."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import RoomRef
from cag_events.domain.texts import Picked, pick
from cag_events.events.comparing import Difference, Line
from cag_events.events.models import Venue
from cag_events.events.places import Place, place_of
from cag_events.events.reading import reader
from cag_events.messages.forms import DropForm
from cag_events.messages.queries.places import HeldThere, list_held_at
from cag_events.messages.services import places
from cag_events.messages.views.blueprint import bp
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.dates import country_name, zone_city
from cag_events.web.errors import say
from cag_events.web.language import current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An event about which a mail waits, for the list."""

    key: str
    title: Picked
    starts_at: datetime | None
    tz: str
    due_at: datetime
    people: int
    has_more: bool


def place_differences(before: Place, after: Place, room: RoomRef | None = None) -> list[Difference]:
    """Return how a place differs from what it was, in the reader's words. `room`: the only one that matters."""
    sides = zip(_words(before, room), _words(after, room))
    return [
        Difference(name=name, label=label, before=one, after=other)
        for (name, label, one), (_name, _label, other) in sides
        if one != other
    ]


def _words(place: Place, room: RoomRef | None) -> Iterator[tuple[str, str, tuple[Line, ...]]]:
    yield "name", _("Name"), tuple(Line(text=text, lang=lang) for lang, text in sorted(place["name"].items()))
    yield "street", _("Street and number"), _line(place["street"])
    yield "postcode", _("Postcode"), _line(place["postcode"])
    names = tuple(Line(text=text, lang=lang) for lang, text in sorted(place["city_names"].items()))
    yield "city", _("Town"), (*_line(place["city"]), *names)
    yield "country", _("Country"), _line(country_name(place["country"]) if place["country"] else "")
    yield "tz", _("Time zone"), _line(zone_city(place["tz"]))
    rooms = place["rooms"] if room is None else {room.key: place["rooms"].get(room.key, "")}
    yield "rooms", _("Rooms") if room is None else _("Room"), tuple(Line(text=name) for name in rooms.values() if name)


def _line(text: str) -> tuple[Line, ...]:
    return (Line(text=text),) if text else ()


@bp.get("/<lang>/organise/venues/<key>/messages")
@needs(Permission.EVENT_SEE)
def of_venue(key: str) -> ResponseReturnValue:
    """See what is about to be told of a venue that is another place now."""
    return _page(_find(key), DropForm(formdata=None))


@bp.post("/<lang>/organise/venues/<key>/messages/send")
@needs(Permission.EVENT_PUBLISH)
def send_of_venue(key: str) -> ResponseReturnValue:
    """Send all of it now."""

    def do(venue: Venue) -> str:
        number = places.send_all(venue.id, by=actor())
        return str(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", number))

    return _do(key, do)


@bp.post("/<lang>/organise/venues/<key>/messages/undo")
@needs(Permission.EVENT_PUBLISH)
def undo_of_venue(key: str) -> ResponseReturnValue:
    """Put the venue back to what people know."""

    def do(venue: Venue) -> str:
        places.undo_all(venue.id, by=actor())
        return str(_("Undone. The venue is what it was, and nobody gets a mail."))

    return _do(key, do)


@bp.post("/<lang>/organise/venues/<key>/messages/drop")
@needs(Permission.EVENT_PUBLISH)
def drop_of_venue(key: str) -> ResponseReturnValue:
    """Keep the venue as it is now and write to nobody about it."""
    form = DropForm()
    if not form.validate():
        return _page(_find(key), form), 422

    def do(venue: Venue) -> str:
        places.drop_all(venue.id, str(form.reason.data), by=actor())
        if list_held_at(venue.id):
            return str(_("The change stays. Events with a time or place of their own that changed still send a mail."))
        return str(_("The change stays, and nobody gets a mail."))

    return _do(key, do)


def _do(key: str, do: Callable[[Venue], str]) -> ResponseReturnValue:
    try:
        flash(do(_find(key)), "ok")
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".of_venue", key=key), 303)


def _find(key: str) -> Venue:
    row = db.session.scalar(select(Venue).where(Venue.key == key))
    if row is None:
        raise NotFound(key)
    return row


def _page(venue: Venue, form: Any) -> str:
    held, who = list_held_at(venue.id), actor()
    first = min(held, key=lambda one: (one.notice.made_at, one.notice.id), default=None)
    return render_template(
        "messages/of_venue.html",
        venue={"key": venue.key},
        title=pick(venue.name, current_language()),
        tz=venue.tz,
        changes=place_differences(first.before, place_of(venue)) if first else [],
        events=[_waiting(one) for one in held],
        people=sum(one.people for one in held),
        due_at=max((one.notice.due_at for one in held), default=None),
        may_send=may(who, Permission.EVENT_PUBLISH),
        may_undo=may(who, Permission.EVENT_PUBLISH) and may(who, Permission.VENUE_EDIT),
        form=form,
    )


def _waiting(one: HeldThere) -> Waiting:
    record = one.record
    return Waiting(
        key=record.key,
        title=pick(record.title, reader().lang),
        starts_at=record.starts_at,
        tz=record.tz,
        due_at=one.notice.due_at,
        people=one.people,
        has_more=one.has_more,
    )
