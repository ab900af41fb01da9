"""The visitors of one exhibition: what was counted, figures typed for a day, tables to take along."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain import when
from cag_events.domain.disclosure import may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.domain.texts import pick
from cag_events.domain.visitors import tally
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.exhibitions.forms.visitors import DayForm, day_form
from cag_events.exhibitions.queries.tours import find_tour_of_event
from cag_events.exhibitions.queries.visitors import figures_of, names_of_segments
from cag_events.exhibitions.services.visitors import set_day
from cag_events.exhibitions.takeaway import VISITOR_COLUMNS, rows_of_event
from cag_events.exhibitions.views.blueprint import bp
from cag_events.exhibitions.wording import SOURCE_WORDS
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language
from cag_events.web.sheets import csv_answer, xlsx_answer

BASE = "/<lang>/organise/events/<key>/visitors"


@bp.get(BASE)
@needs(Permission.COUNTS_SEE)
def visitors(key: str) -> ResponseReturnValue:
    """See how many came to an exhibition."""
    record = _record(key)
    return _page(record, _form(record))


@bp.post(BASE)
@needs(Permission.EVENT_EDIT)
def set_visitors(key: str) -> ResponseReturnValue:
    """Type how many came on a day."""
    record = _record(key)
    form = _form(record)
    if form.validate() and form.day.data is not None:
        with form.refusals():
            set_day(record.id, form.day.data, form.read(), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".visitors", key=key), 303)
    return _page(record, form), 422


@bp.get(f"{BASE}.csv", defaults={"ending": "csv"})
@bp.get(f"{BASE}.xlsx", defaults={"ending": "xlsx"})
@needs(Permission.COUNTS_SEE)
def visitors_file(key: str, ending: str) -> ResponseReturnValue:
    """Take the visitors of an exhibition along, by day and segment."""
    record = _record(key)
    found = find_tour_of_event(record.id)
    begins = (found[0].production.key, found[1].key) if found else ("", "")
    rows = list(rows_of_event(record, figures_of([record]).get(record.id, ()), begins))
    if ending == "xlsx":
        return xlsx_answer(f"visitors-{key}", VISITOR_COLUMNS, rows, "visitors")
    return csv_answer(f"visitors-{key}", VISITOR_COLUMNS, rows)


def _record(key: str) -> EventRecord:
    """Return an exhibition that this member of the team may know of. Raises NotFound."""
    record = get_record_of(key)
    if not may_know(record, actor().viewer):
        raise NotFound(key)
    return record


def _form(record: EventRecord) -> DayForm:
    lang = current_language()
    form = day_form([(segment.key, pick(segment.name, lang).text) for segment in record.segments])
    if not form.is_submitted():
        today = when.day_of(clock.now(), record.tz)
        form.day.data = min(today, record.run_to or today)
    return form


def _page(record: EventRecord, form: DayForm) -> str:
    lang = current_language()
    counted = tally(figures_of([record]).get(record.id, ()), record.run_from)
    words = names_of_segments()
    found = find_tour_of_event(record.id)
    most: Any = max(counted.by_hour.values(), default=0)
    return render_template(
        "exhibitions/visitors.html",
        key=record.key,
        title=pick(record.title, lang),
        event_tabs=tabs_of(record, actor()),
        form=form,
        tally=counted,
        stretches=[(one, _(SOURCE_WORDS[one.source])) for one in reversed(counted.stretches)],
        segments=[
            (pick(words[k], lang).text if k in words else k or _("no group noted"), n)
            for k, n in counted.by_segment.items()
        ],
        hours=[(hour, people, round(people * 100 / most)) for hour, people in counted.by_hour.items()],
        stop=found[1] if found else None,
        has_production=bool(found),
    )
