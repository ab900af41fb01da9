"""Choosing among those who apply, with the balance in view; what is suggested is never done by itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.domain.balance import Aims, Reason, Suggestion, Tally, suggest, tally
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.domain.seats import SeatState, Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.kinds.workshop import seats_of
from cag_events.permissions import Permission, may
from cag_events.registrations.queries import list_segments, seat_state
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.dates import language_name
from cag_events.web.errors import say
from cag_events.web.language import current_language
from cag_events.workshops import services
from cag_events.workshops.queries import KINDS, Applicant, frame_of, list_applicants
from cag_events.workshops.views.blueprint import bp

SORTS = {"came": N_("in the order they came"), "segment": N_("by segment"), "balance": N_("who would help first")}
REASONS = {Reason.SEGMENT: N_("too few of this segment so far"), Reason.FIRST_TIME: N_("too few first-timers so far")}
VERDICTS = {one.value: one for one in services.Verdict}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody who applies, as the page shows them."""

    row_id: str
    code: str
    name: str
    organisation: str
    motivation: str
    people: int
    segment: str
    segment_text: str
    first_time: bool | None
    language: str
    registered_at: Any
    reasons: tuple[str, ...]  # why they would help; empty: not suggested
    is_ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the balance: how many have a seat, how many should, how many apply."""

    key: str
    text: str
    chosen: int
    aim: int | None
    applying: int


@bp.get("/<lang>/organise/events/<key>/selection")
@needs(Permission.EVENT_SEE)
def selection(key: str) -> ResponseReturnValue:
    """See who applies, and how those who have a seat are balanced."""
    return _page(_record(key), frozenset())


@bp.post("/<lang>/organise/events/<key>/selection")
@needs(Permission.ATTENDEES_EDIT)
def choose(key: str) -> ResponseReturnValue:
    """Answer all who are ticked."""
    record, ticked = _record(key), frozenset(request.form.getlist("choose"))
    verdict = VERDICTS.get(request.form.get("verdict", ""))
    if verdict is None:
        raise NotFound(key)
    try:
        number = services.choose(record.id, ticked, verdict, by=actor())
    except Refused as refused:
        return _page(record, ticked, say(refused)), 422
    if verdict is services.Verdict.APPROVE:
        said = ngettext(
            "%(num)s registration is approved and gets a mail.",
            "%(num)s registrations are approved and get a mail.",
            number,
        )
    else:
        said = ngettext(
            "%(num)s registration is declined and gets a mail.",
            "%(num)s registrations are declined and get a mail.",
            number,
        )
    flash(said, "ok")
    return redirect(url_for(".selection", key=key, **_filters()), 303)


def _record(key: str) -> EventRecord:
    record = get_record_of(key)
    if record.kind not in KINDS or record.registration.mode is not RegistrationMode.APPROVAL:
        raise NotFound(key)
    return record


def _filters() -> dict[str, Any]:
    """How the list is narrowed and sorted, as its address says."""
    found = {name: request.args.get(name, "") for name in ("segment", "sort")}
    return {name: value for name, value in found.items() if value}


def _page(record: EventRecord, ticked: Collection[str], refusal: str = "") -> str:
    opened = may(actor(), Permission.ATTENDEES_SEE)
    applying = list_applicants(record.id, [Status.PENDING], opened=opened)
    seated = list_applicants(record.id, [Status.CONFIRMED], opened=opened)
    state = seat_state(record)
    free = sum(state.left(mode) for mode in state.capacity)
    aims = frame_of(record).aims(seats_of(record))
    chosen, wanting = tally(one.party for one in seated), tally(one.party for one in applying)
    helping = suggest([one.party for one in applying], [one.party for one in seated], aims, free)
    names = _segment_names()
    rows = _rows(applying, helping, names, ticked)
    return render_template(
        "workshops/selection.html",
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        selection=frame_of(record).selection,
        shows_names=opened,
        may_choose=may(actor(), Permission.ATTENDEES_EDIT),
        refusal=refusal,
        seats=_seats(state),
        free=free,
        chosen=chosen,
        aims=aims,
        wanting=wanting,
        lines=_lines(chosen, wanting, aims, names),
        spoken=_spoken(chosen),
        rows=rows,
        applying=len(applying),
        filters=_filters(),
        chosen_segment=request.args.get("segment", ""),
        chosen_sort=request.args.get("sort", ""),
        sorts=[(value, _(text)) for value, text in SORTS.items()],
        segments=[(line.key, line.text, line.applying) for line in _lines(chosen, wanting, aims, names)],
    )


def _seats(state: SeatState) -> int:
    return sum(state.capacity.values())


def _segment_names() -> dict[str, str]:
    lang = current_language()
    return {**{one.key: pick(one.name, lang).text for one in list_segments()}, "": _("Not said")}


def _lines(chosen: Tally, wanting: Tally, aims: Aims, names: Mapping[str, str]) -> list[Line]:
    """The segments that are aimed for, have a seat or apply, in their usual order."""
    return [
        Line(
            key=key or "-",
            text=text,
            chosen=chosen.segments.get(key, 0),
            aim=aims.segments.get(key),
            applying=wanting.segments.get(key, 0),
        )
        for key, text in names.items()
        if key in aims.segments or chosen.segments.get(key) or wanting.segments.get(key)
    ]


def _spoken(chosen: Tally) -> list[tuple[str, int]]:
    """The languages of those who have a seat, the most common first."""
    pairs = sorted(chosen.languages.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(language_name(code), number) for code, number in pairs]


def _rows(
    applying: list[Applicant], helping: tuple[Suggestion, ...], names: Mapping[str, str], ticked: Collection[str]
) -> list[Row]:
    """Those who apply, narrowed and sorted as the address says."""
    why = {one.key: tuple(_(REASONS[reason]) for reason in one.reasons) for one in helping}
    rows = [
        Row(
            row_id=one.party.key,
            code=one.registration.code,
            name=one.name,
            organisation=one.organisation,
            motivation=one.motivation,
            people=one.party.people,
            segment=one.party.segment or "-",
            segment_text=names.get(one.party.segment, one.party.segment),
            first_time=one.party.first_time,
            language=language_name(one.party.language),
            registered_at=one.registration.registered_at,
            reasons=why.get(one.party.key, ()),
            is_ticked=one.party.key in ticked,
        )
        for one in applying
    ]
    wanted, order = request.args.get("segment", ""), list(names.values())
    if wanted in {row.segment for row in rows}:
        rows = [row for row in rows if row.segment == wanted or row.is_ticked]
    if request.args.get("sort") == "segment":
        rows.sort(key=lambda row: order.index(row.segment_text) if row.segment_text in order else len(order))
    elif request.args.get("sort") == "balance":
        place = {one.key: number for number, one in enumerate(helping)}
        rows.sort(key=lambda row: place.get(row.row_id, len(place)))
    return rows
