"""The door on a phone, for whoever has its link: search, tick, undo, count; with scripts it scans and works offline."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from cag_events import clock
from cag_events.db import new_row_id
from cag_events.domain import when
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.errors import Refused
from cag_events.domain.texts import pick
from cag_events.door import services
from cag_events.door.forms import read_press
from cag_events.door.queries import list_guests, search, standing_of
from cag_events.door.services import Door
from cag_events.door.views.blueprint import bp
from cag_events.door.wording import REASON, phone_texts, verdict
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.services.passes import pass_kinds_of
from cag_events.registrations.queries import list_segments
from cag_events.web import throttle
from cag_events.web.access import public
from cag_events.web.dates import clock_text
from cag_events.web.errors import say
from cag_events.web.language import current_language, languages, machine_language, use

LONGEST_SEARCH = 60


@bp.get("/door/<token>")
@public
def phone(token: str) -> ResponseReturnValue:
    """Let people in: search, tick, undo, count those who have not registered."""
    _speak()
    door = services.door_of(token)
    generate_csrf()  # opens the session before the page prints what the last press left for it
    view = disclose(door.record, Viewer(confirmed=True), clock.now())
    words = request.args.get("q", "")[:LONGEST_SEARCH]
    guests = list_guests(door.record.id, door.part.id) if words.strip() else []
    segments = segments_of(door)
    return render_template(
        "door/phone.html",
        token=token,
        door=door,
        title=title_of(view, reading.reader()),
        standing=standing_of(door.record.id, door.part.id),
        segments=segments,
        segment_names=dict(segments),
        words=words,
        found=search(guests, words),
        reason=REASON,
        time_of=lambda at: clock_text(when.wall_of(at, door.part.tz)),
        counters=counters_of(door, token),
        new_id=new_row_id,
        texts=phone_texts(),
        all_languages=languages(),
    )


@bp.post("/door/<token>")
@public
def press(token: str) -> ResponseReturnValue:
    """Do what a button of the page says, for browsers without scripts."""
    _speak()
    door = services.door_of(token)
    throttle.spend((throttle.COUNTER_LINK, f"door {door.link_id}"))
    action = read_press(request.form.to_dict(), clock.now())
    if action is not None:
        try:
            result = services.take_by_link(door, [action])[0]
        except Refused as refused:
            flash(say(refused), "error")
        else:
            tone, words = verdict(result, action.what, _time(result.first_at, door))
            flash(f"{result.code} {words}".strip(), tone)
    sought = request.form.get("q", "")[:LONGEST_SEARCH] or None
    return redirect(url_for(".phone", token=token, lang=current_language(), q=sought), 303)


def segments_of(door: Door) -> list[tuple[str, str]]:
    """Key and name of the segments to count by: those the event is for, or all, and none."""
    lang = current_language()
    own = door.record.segments or list_segments()
    return [*((one.key, pick(one.name, lang).text) for one in own), ("", str(_("Not said")))]


def counters_of(door: Door, token: str) -> list[dict[str, Any]]:
    """Label and address of the counters that the event's kind has at the door."""
    return [
        {"label": _(one.label), "url": url_for(one.endpoint, token=services.beside_token(token, one.purpose))}
        for one in pass_kinds_of(door.record.kind)
        if one.is_at_door
    ]


def _time(at: datetime | None, door: Door) -> str:
    return clock_text(when.wall_of(at, door.part.tz)) if at is not None else ""


def _speak() -> None:
    """Speak the language that the address asks for, the site's first for one that it does not have."""
    use(machine_language() or languages()[0])
