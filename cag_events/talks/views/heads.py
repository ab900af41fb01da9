"""The head count: on a phone at the door by a link, and afterwards in the workspace."""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import new_row_id
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventRecord, Mode, OccurrenceRecord
from cag_events.domain.texts import pick
from cag_events.events.services import holder_of
from cag_events.permissions import Permission
from cag_events.registrations.queries import count_by, list_segments
from cag_events.talks import services
from cag_events.talks.queries import HEADS, count_clicks, heads_of, last_counted
from cag_events.talks.services import Step
from cag_events.talks.services.heads import EARLY
from cag_events.talks.views.blueprint import bp
from cag_events.talks.views.frame import frame_of, segment_names
from cag_events.web.access import needs, public
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language
from cag_events.web.sheets import csv_answer


@bp.get("/<lang>/heads/<token>")
@public
def counter(token: str) -> ResponseReturnValue:
    """Count the people in the room with a phone."""
    holder = holder_of(token, HEADS)
    part = _part(holder.record)
    counted = heads_of([holder.record.id]).get(part.id, {}) if part else {}
    return render_template(
        "talks/counter.html",
        record=holder.record,
        title=pick(holder.record.title, current_language()),
        part=part,
        rows=_rows(holder.record, counted),
        total=sum(counted.values()),
        until=holder.until,
        step=new_row_id(),
        token=token,
    )


@bp.post("/<lang>/heads/<token>")
@public
def press(token: str) -> ResponseReturnValue:
    """Count one more or one less."""
    occurrence = whole_number(request.form.get("occurrence", ""), 0)
    step = Step(
        occurrence_id=occurrence,
        segment=request.form.get("segment", ""),
        change=_change(request.form.get("change", "")),
        id=request.form.get("step", ""),
    )
    try:
        services.count_heads_by_link(token, step)
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".counter", token=token, occurrence=occurrence), 303)


@bp.get("/<lang>/organise/events/<key>/heads")
@needs(Permission.COUNTS_SEE)
def heads(key: str) -> ResponseReturnValue:
    """See how many there were, beside the other counters, which are never added to it."""
    return _page(key)


@bp.post("/<lang>/organise/events/<key>/heads")
@needs(Permission.ATTENDEES_EDIT)
def set_heads(key: str) -> ResponseReturnValue:
    """Write down how many there were."""
    frame = frame_of(key)
    wanted = request.form.get("occurrence", "")
    part = _part(frame.record, wanted)
    if part is None or wanted not in ("", str(part.id)):  # called off meanwhile: not another date's numbers
        raise NotFound(key)
    typed = {segment: request.form.get(f"people-{segment}", "").strip() for segment, _n, _p in _rows(frame.record, {})}
    wrong = [segment for segment, text in typed.items() if text and not (text.isascii() and text.isdigit())]
    if not wrong:
        try:
            people = {segment: int(text) for segment, text in typed.items() if text}
            services.set_heads(frame.record.id, part.id, people, by=actor())
        except Refused as refused:
            wrong = [str(refused.field).removeprefix("people-")]
        else:
            flash(_("The head count is saved."), "ok")
            return redirect(url_for(".heads", key=key, occurrence=part.id), 303)
    return _page(key, typed, wrong, part.id), 422


@bp.get("/<lang>/organise/events/<key>/heads.csv")
@needs(Permission.COUNTS_SEE)
def heads_csv(key: str) -> ResponseReturnValue:
    """Take the head counts along: counts, no names."""
    record = frame_of(key).record
    counted = heads_of([record.id])
    rows = [
        (one.starts_wall.isoformat(timespec="minutes"), one.tz, name, number)
        for one in record.occurrences
        for segment, name, number in _rows(record, counted.get(one.id, {}))
        if segment in counted.get(one.id, {})
    ]
    return csv_answer(f"heads-{record.key}", ("starts", "tz", "segment", "people"), rows)


def _page(key: str, typed: dict[str, str] | None = None, wrong: list[str] | None = None, at: int = 0) -> str:
    frame = frame_of(key)
    record = frame.record
    part = _part(record, str(at) if at else request.args.get("occurrence", ""))
    every = heads_of([record.id])
    counted = every.get(part.id, {}) if part else {}
    known = count_by(record.id)
    return render_template(
        "talks/heads.html",
        frame=frame,
        event_tabs=frame.tabs,
        part=part,
        totals=[(one, sum(every[one.id].values()) if one.id in every else None) for one in record.living],
        rows=[
            (segment, name, (typed or {}).get(segment, str(number) if segment in counted else ""))
            for segment, name, number in _rows(record, counted)
        ],
        wrong=wrong or [],
        total=sum(counted.values()) if counted else None,
        last=last_counted(record.id).get(part.id) if part else None,
        checked_in=known.checked_in,
        walk_ins=sum(known.walk_ins.values()),
        clicks=_clicks(record),
    )


def _clicks(record: EventRecord) -> int | None:
    """Viewers, estimated by clicks; None where nobody takes part online."""
    if record.mode is Mode.ONSITE:
        return None
    return sum(count_clicks([one.id for one in record.occurrences]).values())


def _rows(record: EventRecord, counted: Any) -> list[tuple[str, str, int]]:
    """Segment key, its name, how many: the segments to count by, and those of none."""
    lang = current_language()
    every = [*((one.key, pick(one.name, lang).text) for one in list_segments()), ("", str(_("Not said")))]
    return [(key, name, counted.get(key, 0)) for key, name in segment_names(record, every, set(counted))]


def _part(record: EventRecord, wanted: str = "") -> OccurrenceRecord | None:
    """The date that is counted: the chosen one, else the one going on or last begun, else the first."""
    chosen = whole_number(wanted or request.args.get("occurrence", ""), 0)
    now: datetime = clock.now()
    parts = sorted(record.living, key=lambda one: one.starts_at)
    begun = [one for one in parts if one.starts_at - EARLY <= now]
    found = [one for one in parts if one.id == chosen] or begun[-1:] or parts[:1]
    return found[0] if found else None


def _change(text: str) -> int:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else 0
