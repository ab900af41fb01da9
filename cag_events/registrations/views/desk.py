"""The registrations desk of an event: who comes, who waits, who is here."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.audit.services import record_reading
from cag_events.db import db
from cag_events.domain.errors import Refused
from cag_events.domain.event import EventView, OccurrenceRecord
from cag_events.domain.seats import SeatState, Slot, Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.events.wording import MODE_WORDS
from cag_events.permissions import Permission, may
from cag_events.registrations import services
from cag_events.registrations.answers import asks_sensitive
from cag_events.registrations.forms import DeskForm, desk_form
from cag_events.registrations.queries import (
    count_by,
    get_registration,
    list_registrations,
    list_segments,
    list_walk_ins,
    occurrences_of,
    seat_state,
)
from cag_events.registrations.queries.approvals import count_to_decide
from cag_events.registrations.queries.care import list_carers
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.wording import STATUS
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.language import current_language

PER_PAGE = 100
LONGEST_SEARCH = 100
FILTERS = ("q", "status", "segment", "occurrence", "page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A registration as the list shows it."""

    code: str
    name: str
    email: str
    is_removed: bool
    segment: str
    party: int
    mode: str
    status: str
    status_text: str
    comes: bool  # to the occurrence that is looked at
    checked_in_at: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatMeter:
    """How many seats of a mode are held at an occurrence."""

    label: str
    held: int
    capacity: int


@bp.get("/<lang>/organise/events/<key>/registrations", endpoint="list")
@needs(Permission.COUNTS_SEE)
def show(key: str) -> ResponseReturnValue:
    """See who comes: names for organizers, counts for editors and reporters."""
    view, shows_names = _view(key), may(actor(), Permission.ATTENDEES_SEE)
    if shows_names:
        record_reading("registrations.read", by=actor(), event_id=view.id)
    segments = list_segments()
    counts, state = count_by(view.id), seat_state(view)
    occurrence = _occurrence_in_question(view)
    found = _found(view) if shows_names else []
    number = _page_number(len(found))
    walk_ins = list_walk_ins(view.id)
    return render_template(
        "registrations/list.html",
        view=view,
        event_tabs=tabs_of(view, actor()),
        title=pick(view.title, current_language()),
        counts=counts,
        statuses=[(status, _(STATUS[status]), counts.parties.get(status, 0)) for status in Status],
        segments=_segments_counted(counts.by_segment, segments),
        meters=_meters(view, state),
        occurrence=occurrence,
        occurrence_links=_occurrence_links(view, occurrence),
        shows_names=shows_names,
        to_decide=count_to_decide(view.id) if shows_names else 0,
        asks_sensitive=shows_names and asks_sensitive(view),
        carers=[one.name for one in list_carers(view.id)] if shows_names else [],
        rows=_rows(found[(number - 1) * PER_PAGE : number * PER_PAGE], occurrence, segments),
        found=len(found),
        page=number,
        pages=max(1, ceil(len(found) / PER_PAGE)),
        url_for_page=lambda n: _list_url(key, page=str(n)),
        back=_filters(),
        q=request.args.get("q", ""),
        chosen_status=request.args.get("status", ""),
        chosen_segment=request.args.get("segment", ""),
        walk_ins=[
            (segment, text, walk_ins.get((occurrence.id, segment), 0)) for segment, text in _segment_choices(segments)
        ]
        if occurrence
        else [],
    )


@bp.post("/<lang>/organise/events/<key>/registrations/<code>/check-in")
@needs(Permission.ATTENDEES_EDIT)
def check_in(key: str, code: str) -> ResponseReturnValue:
    """Count a party as here, or take that back."""
    registration = get_registration(_view(key).id, code)
    occurrence = _whole(request.form.get("occurrence", ""))
    do = services.undo_check_in if request.form.get("undo") else services.check_in
    return _after(key, code, lambda: do(registration.id, occurrence, by=actor()))


@bp.post("/<lang>/organise/events/<key>/walk-ins")
@needs(Permission.ATTENDEES_EDIT)
def walk_in(key: str) -> ResponseReturnValue:
    """Count somebody who came without a registration, or take that back."""
    view = _view(key)
    change = {"1": 1, "-1": -1}.get(request.form.get("change", ""), 0)
    occurrence = _whole(request.form.get("occurrence", "")) or 0
    segment = request.form.get("segment") or None
    services.count_walk_in(view.id, occurrence, segment, change, by=actor())
    return redirect(_list_url(key, "walk-ins"), 303)


@bp.get("/<lang>/organise/events/<key>/registrations/new")
@needs(Permission.ATTENDEES_EDIT)
def new(key: str) -> ResponseReturnValue:
    """Open the form by which somebody is registered by hand."""
    view = _view(key)
    return _new_page(view, desk_form(view))


@bp.post("/<lang>/organise/events/<key>/registrations/new")
@needs(Permission.ATTENDEES_EDIT)
def add(key: str) -> ResponseReturnValue:
    """Register somebody by hand, who phoned or stands at the door."""
    view = _view(key)
    form = desk_form(view)
    if form.validate():
        try:
            made = services.add(view.id, form.read(), by=actor())
        except Refused as refused:
            form.refuse(refused)
        else:
            flash(_("Registered with the reference %(code)s.", code=made.code), "ok")
            return redirect(url_for(".list", key=key, _anchor=made.code), 303)
    return _new_page(view, form), 422


def _after(key: str, code: str, do: Any) -> ResponseReturnValue:
    """Do something, say so if it is refused, and go back to the list as it was, or to the registration's own page."""
    try:
        do()
    except Refused as refused:
        flash(say(refused), "error")
    if request.args.get("from") == "detail":
        return redirect(url_for(".detail", key=key, code=code), 303)
    return redirect(_list_url(key, code), 303)


def _filters() -> dict[str, str]:
    """How the list is narrowed, as its address says; nothing else of an address is passed on."""
    return {name: value for name in FILTERS if (value := request.args.get(name, ""))}


def _list_url(key: str, anchor: str = "", **changed: str) -> str:
    values = {name: value for name, value in {**_filters(), **changed}.items() if value}
    return url_for(".list", key=key, _anchor=anchor or None, _external=False, **values)


def _view(key: str) -> EventView:
    return get_view(key, actor().viewer, clock.now())


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _page_number(found: int) -> int:
    return min(max(_whole(request.args.get("page", "")) or 1, 1), max(1, ceil(found / PER_PAGE)))


def _found(view: EventView) -> Any:
    status = request.args.get("status", "")
    segment = request.args.get("segment")
    return list_registrations(
        view.id,
        statuses=[Status(status)] if status in {one.value for one in Status} else [],
        segment={None: None, "": None, "-": ""}.get(segment, segment),
        words=request.args.get("q", "")[:LONGEST_SEARCH],
    )


def _occurrence_in_question(view: EventView) -> OccurrenceRecord | None:
    """The date that check-in is about: the chosen one, else the one going on or next, else the last."""
    chosen = _whole(request.args.get("occurrence", ""))
    for one in view.living:
        if one.id == chosen:
            return one
    now = clock.now()
    return next((one for one in view.living if one.ends_at > now), view.living[-1] if view.living else None)


def _occurrence_links(view: EventView, current: OccurrenceRecord | None) -> Any:
    if len(view.living) < 2:
        return []
    return [(one, _list_url(view.key, occurrence=str(one.id), page=""), one is current) for one in view.living]


def _rows(found: Any, occurrence: OccurrenceRecord | None, segments: Any) -> Any:
    names = dict(_segment_choices(segments))
    keys = {row.id: row.key for row in db.session.execute(select(Segment.id, Segment.key))}
    came = occurrences_of([row.id for row in found])
    return [
        Row(
            code=row.code,
            name=row.name or "",
            email=row.email or "",
            is_removed=row.is_removed,
            segment=names.get(keys.get(row.segment_id or 0, ""), "") if row.segment_id else "",
            party=row.party,
            mode=_(MODE_WORDS[row.mode]),
            status=row.status.value,
            status_text=_(STATUS[row.status]),
            comes=occurrence is not None and occurrence.id in came[row.id],
            checked_in_at=came[row.id].get(occurrence.id) if occurrence else None,
        )
        for row in found
    ]


def _segment_choices(segments: Any) -> Any:
    lang = current_language()
    return [*((segment.key, pick(segment.name, lang).text) for segment in segments), ("", _("Not said"))]


def _segments_counted(counted: Mapping[str, int], segments: Any) -> Any:
    return [(key, text, counted[key]) for key, text in _segment_choices(segments) if counted.get(key)]


def _meters(view: EventView, state: SeatState) -> Any:
    return [
        (
            one,
            [
                SeatMeter(
                    label=_(MODE_WORDS[mode]), held=len(state.held.get(Slot(one.id, mode), ())), capacity=capacity
                )
                for mode, capacity in state.capacity.items()
            ],
        )
        for one in view.living
    ]


def _new_page(view: EventView, form: DeskForm) -> str:
    return render_template("registrations/new.html", view=view, title=pick(view.title, current_language()), form=form)
