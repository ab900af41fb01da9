"""What speaks against a time, as the calendar asks while something is dragged and the editor while it is typed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from flask import jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from cag_events.domain import when
from cag_events.domain.errors import Refused
from cag_events.domain.event import EventRecord, Mode
from cag_events.domain.plans import Plan, Span
from cag_events.events.blueprint import bp
from cag_events.events.conflicts import find_conflicts, plan_of, say, url_of
from cag_events.events.queries import get_record_of
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.gate import whole_number

MOST_DATES = 60
MOST_MINUTES = 7 * 24 * 60


@bp.get("/<lang>/organise/conflicts")
@needs(Permission.EVENT_EDIT)
def conflicts() -> ResponseReturnValue:
    """Say what speaks against a time: an event's, with its `occurrence` moved, or one that is thought of."""
    found = find_conflicts(_asked(), actor())
    said = [
        {"kind": str(one.kind), "level": str(one.level), "text": say(one), "url": url_of(one), "field": one.anchor}
        for one in found
    ]
    answer = jsonify({"conflicts": said})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _asked() -> Plan:
    """The plan that the address names: what it says in place of what the event is."""
    args = request.args
    key = args.get("event", "")
    record = get_record_of(key) if key else None
    plan = plan_of(record) if record is not None else Plan()
    tz = args.get("tz") or (record.tz if record is not None and "venue" not in args else "")
    if args.getlist("starts"):
        typed = _dates(args.getlist("starts"), args.getlist("ends"), tz)
        plan = replace(plan, dates=(*typed, *(_series(record) if "occurrence" not in args else ())), run=None)
    mode = Mode(args["mode"]) if args.get("mode") in list(Mode) else None
    changes: dict[str, object] = {
        **{name: args[name] or None for name in ("venue", "room", "whole") if name in args},
        **{
            plural: tuple(value for value in dict.fromkeys(args.getlist(name)) if value)[:200]
            for name, plural in (
                ("person", "people"),
                ("partner", "partners"),
                ("segment", "segments"),
                ("language", "languages"),
            )
            if name in args
        },
        **{
            f"{name}_minutes": whole_number(args[name], 0, most=MOST_MINUTES)
            for name in ("setup", "clear")
            if name in args
        },
    }
    if mode is not None:
        changes |= {"has_audience_elsewhere": mode is not Mode.ONSITE, "is_on_site": mode is not Mode.ONLINE}
    return replace(plan, **changes)  # type: ignore[arg-type]


def _series(record: EventRecord | None) -> tuple[Span, ...]:
    """The dates of an event's series, which stand beside those that its editor shows."""
    return tuple(
        Span(one.starts_wall, one.ends_wall, one.tz)
        for one in (record.occurrences if record is not None else ())
        if (one.rrule or one.series_of is not None) and one.cancelled_on is None
    )


def _dates(starts: Sequence[str], ends: Sequence[str], tz: str) -> tuple[Span, ...]:
    """Pairs of wall times; answers 400 to what is none."""
    try:
        if tz:
            when.zone(tz)
        walls = [(datetime.fromisoformat(one), datetime.fromisoformat(two)) for one, two in zip(starts, ends)]
    except (ValueError, Refused) as fault:
        raise BadRequest from fault
    if len(starts) != len(ends) or len(starts) > MOST_DATES:
        raise BadRequest
    for begins, stops in walls:
        is_naive = begins.tzinfo is None and stops.tzinfo is None
        if not is_naive or not begins < stops or stops - begins > when.MAX_SPAN or not 1990 < begins.year < 2199:
            raise BadRequest
    return tuple(Span(begins, stops, tz) for begins, stops in walls)
