"""Periods to mind: which there are, one of them, the end of one."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.texts import Texts
from cag_events.events import services
from cag_events.events.blueprint import bp
from cag_events.events.forms.periods import KINDS, period_form_class
from cag_events.events.marks import usual_of_year
from cag_events.events.models import Period
from cag_events.events.reading import today
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages as named
from cag_events.web.dates import country_name
from cag_events.web.language import languages
from cag_events.web.navigation import link_to
from cag_events.web.templating import picked


@bp.get("/<lang>/organise/periods")
@needs(Permission.EVENT_PUBLISH)
def periods() -> ResponseReturnValue:
    """See which days planning minds."""
    segments, words = dict(_segments()), dict(KINDS)
    rows = [
        {
            "key": row.key,
            "name": dict(row.name),
            "kind": _(words[row.kind]) if row.kind in words else row.kind,
            "first_on": row.first_on,
            "last_on": row.last_on,
            "where": ", ".join(part for part in (row.city, country_name(row.country) if row.country else "") if part),
            "whom": ", ".join(picked(segments.get(key, {})).text or key for key in row.segments),
            "is_over": row.last_on < today(),
        }
        for row in db.session.scalars(select(Period).order_by(Period.last_on.desc(), Period.id))
    ]
    coming = sorted((row for row in rows if not row["is_over"]), key=lambda row: (row["first_on"], row["last_on"]))
    return render_template(
        "events/periods.html",
        periods=coming,
        past=[row for row in rows if row["is_over"]],
        usual=usual_of_year(today()),
        import_url=link_to("workspace.import_periods"),
    )


@bp.route("/<lang>/organise/periods/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/periods/<key>", methods=["GET", "POST"])
@needs(Permission.EVENT_PUBLISH)
def period(key: str | None) -> ResponseReturnValue:
    """Make or change a period."""
    row = _find(key)
    form = period_form_class(languages())()
    form.offer(row, _segments())
    if not form.is_submitted():
        form.load(row)
        return _page(form, row)
    if form.validate():
        with form.refusals():
            services.save_period(row.id if row else None, form.read(row), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".periods"), 303)
    return _page(form, _find(key)), 422


@bp.post("/<lang>/organise/periods/<key>/delete")
@needs(Permission.EVENT_PUBLISH)
def delete_period(key: str) -> ResponseReturnValue:
    """Delete a period."""
    row = _find(key)
    if row is None:
        raise NotFound(key)
    services.delete_period(row.id, by=actor())
    flash(_("The period is deleted."), "ok")
    return redirect(url_for(".periods"), 303)


def _find(key: str | None) -> Period | None:
    if key is None:
        return None
    row = db.session.scalar(select(Period).where(Period.key == key))
    if row is None:
        raise NotFound(key)
    return row


def _segments() -> list[tuple[str, Texts]]:
    rows = db.session.execute(select(Segment.key, Segment.name).order_by(Segment.position, Segment.id))
    return [(row.key, dict(row.name)) for row in rows]


def _page(form: Any, row: Period | None) -> str:
    return render_template(
        "events/period.html",
        form=form,
        row={"key": row.key, "name": dict(row.name)} if row else None,
        own_languages=named(languages()),
    )
