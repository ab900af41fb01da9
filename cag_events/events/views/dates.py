"""The dates of an event: its series, what befell each date, and what is done with one or with several."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.clocks import other_zones
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.lifecycle import SHOWN
from cag_events.domain.recurrence import Every, Pattern, dates_of, pattern_of, rule_of
from cag_events.domain.series import ruled
from cag_events.events.blueprint import bp
from cag_events.events.drafts import get_event
from cag_events.events.editing import event_title
from cag_events.events.forms.dates import SeriesForm, cancel_form_class, date_form_class
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.reading import reader
from cag_events.events.repeating import rule_text, series_groups
from cag_events.events.services import moving
from cag_events.events.tabs import tabs_of
from cag_events.events.told import count_told
from cag_events.events.views.editor_page import say_held
from cag_events.permissions import Permission
from cag_events.web import dates as words
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages, show_texts, typed
from cag_events.web.gate import whole_number
from cag_events.web.language import languages

_WEEKLY = Pattern(every=Every.WEEK, count=6)


@bp.get("/<lang>/organise/events/<key>/dates")
@needs(Permission.EVENT_EDIT)
def dates(key: str) -> ResponseReturnValue:
    """See the dates of an event, a series as one, and what the clocks of others make of it."""
    event = get_event(key)
    return render_template("events/dates.html", **_context(event), groups=series_groups(get_record(event.id)))


@bp.route("/<lang>/organise/events/<key>/dates/<int:occurrence>", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def one_date(key: str, occurrence: int) -> ResponseReturnValue:
    """Move, call off or restore a date, by itself, with those after it, or the whole series."""
    event = get_event(key)
    one = _one(get_record(event.id), occurrence)
    form, cancel = date_form_class(languages())(), cancel_form_class(languages())(prefix="off-")
    do = request.form.get("do", "")
    if do != "save":
        form.version.data = str(event.version)
    if do != "cancel":
        cancel.version.data = str(event.version)
    if request.method == "GET":
        _show(form, one)
    elif do in _AT_ONCE:
        return _at_once(event, one, do)
    elif do == "cancel" and cancel.validate():
        with cancel.refusals():
            moving.cancel_date(
                event.id,
                one.id,
                typed(cancel["reason"]),
                scope=cancel.asked_scope,
                version=_version(),
                by=actor(),
            )
            return _done(event, _("Called off."))
    elif do == "save" and form.validate():
        with form.refusals():
            moving.move_date(
                event.id,
                one.id,
                *form.walls,
                scope=form.asked_scope,
                title=typed(form["title"], one.title),
                version=_version(),
                by=actor(),
            )
            return _done(event, _("Saved."))
    page = _date_page(event, one, form, cancel)
    if request.method == "GET":
        return page
    if do != "save":
        _show(form, one)
        page = _date_page(event, one, form, cancel)
    return page, 422


@bp.route("/<lang>/organise/events/<key>/dates/<int:occurrence>/series", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def series(key: str, occurrence: int) -> ResponseReturnValue:
    """Say how a date repeats, or how a series goes on; shown in words before it is saved."""
    event = get_event(key)
    record = get_record(event.id)
    one = _one(record, occurrence)
    head = next((row for row in record.occurrences if row.id == (one.series_of or one.id)), one)
    start, form = ruled(head)[0], SeriesForm()
    form.offer()
    preview: dict[str, Any] | None = None
    code = 200
    if request.method == "GET":
        form.version.data = str(event.version)
        form.load((pattern_of(head.rrule) if head.rrule else None) or _WEEKLY)
    elif form.validate():
        with form.refusals():
            rrule = rule_of(form.read(), start)
            preview = {"text": rule_text(rrule, start), "dates": dates_of(start, rrule)[:12]}
            if request.form.get("do") == "save":
                moving.extend_series(event.id, head.id, rrule, version=_version(), by=actor())
                return _done(event, _("Saved."))
        code = 422 if form.errors else 200
    else:
        code = 422
    rule = rule_text(head.rrule, start) if head.rrule else ""
    page = render_template(
        "events/series.html", **_context(event), form=form, one=head, rule=rule, preview=preview, start=start
    )
    return page, code


@bp.post("/<lang>/organise/events/<key>/dates/keep-hour")
@needs(Permission.EVENT_EDIT)
def keep_hour(key: str) -> ResponseReturnValue:
    """Plan an event by a partner's clocks, so that a series, or all, begin at the same hour there all the time."""
    event = get_event(key)
    tz = request.form.get("tz", "")
    if tz not in other_zones(get_record(event.id), reader().home):
        raise NotFound(tz)
    wanted = request.form.get("series", "")
    series = _one(get_record(event.id), whole_number(wanted, 0)).id if wanted else None
    try:
        moving.keep_hour(event.id, tz, series=series, version=_version(), by=actor())
    except Refused as refused:
        flash(_(refused.text, **refused.facts), "error")
        return redirect(url_for(".dates", key=key), 303)
    return _done(event, _("Saved. The event follows the clocks of %(city)s now.", city=words.zone_city(tz)))


_AT_ONCE: dict[str, tuple[Callable[..., Event], str]] = {
    "restore": (moving.restore_date, N_("It takes place after all.")),
    "put_back": (moving.put_back_date, N_("It is again when the series says.")),
}


def _at_once(event: Event, one: OccurrenceRecord, do: str) -> ResponseReturnValue:
    service, said = _AT_ONCE[do]
    try:
        service(event.id, one.id, version=_version(), by=actor())
    except Refused as refused:
        flash(_(refused.text, **refused.facts), "error")
        return redirect(url_for(".one_date", key=event.key, occurrence=one.id), 303)
    return _done(event, _(said))


def _done(event: Event, said: str) -> ResponseReturnValue:
    flash(said, "ok")
    say_held(event.id)
    return redirect(url_for(".dates", key=event.key), 303)


def _version() -> int:
    return whole_number(request.form.get("version") or request.form.get("off-version"), 0)


def _one(record: EventRecord, occurrence: int) -> OccurrenceRecord:
    found = next((one for one in record.occurrences if one.id == occurrence), None)
    if found is None:
        raise NotFound(str(occurrence))
    return found


def _show(form: Any, one: OccurrenceRecord) -> None:
    form.day.data, form.start.data, form.end.data = one.starts_wall.date(), one.starts_wall.time(), one.ends_wall.time()
    ends_elsewhere = one.ends_wall.date() != one.starts_wall.date()
    form.last_day.data = one.ends_wall.date() if ends_elsewhere else None
    show_texts(form["title"], one.title)


def _date_page(event: Event, one: OccurrenceRecord, form: Any, cancel: Any) -> str:
    record = get_record(event.id)
    is_of_series = bool(one.rrule) or one.series_of is not None
    return render_template(
        "events/date.html",
        **_context(event),
        form=form,
        cancel=cancel,
        one=one,
        is_of_series=is_of_series,
        is_changed=is_of_series and ruled(one) != (one.starts_wall, one.ends_wall),
        is_last=not one.is_cancelled and sum(not part.is_cancelled for part in record.occurrences) == 1,
        ruled_span=ruled(one),
        own_languages=own_languages(languages()),
        told=count_told(event.id) if event.status in SHOWN else 0,
    )


def _context(event: Event) -> dict[str, Any]:
    record = get_record(event.id)
    return {
        "event": {"key": event.key, "title": event_title(event.title), "version": event.version},
        "event_tabs": tabs_of(record, actor()),
        "tz": record.tz,
    }
