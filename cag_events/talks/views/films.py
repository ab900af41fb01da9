"""The licence of a film: how often it may still be shown, and the report of the audience to whoever gave it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.texts import pick
from cag_events.events import reading
from cag_events.kinds.screening import Film
from cag_events.permissions import Permission
from cag_events.talks import services
from cag_events.talks.forms import ReportForm
from cag_events.talks.queries import audience_of, film_of, heads_of, licence_standing, reports_of, showings
from cag_events.talks.views.blueprint import bp
from cag_events.talks.views.frame import Frame, frame_of
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.language import current_language
from cag_events.web.sheets import csv_answer

COLUMNS = ("date", "start", "cinema", "room", "city", "film", "original_title", "licence", "holder", "audience")


@bp.get("/<lang>/organise/events/<key>/licence")
@needs(Permission.COUNTS_SEE)
def licence(key: str) -> ResponseReturnValue:
    """See how the licence stands and what there is to report."""
    return _page(key, None)


@bp.post("/<lang>/organise/events/<key>/licence")
@needs(Permission.EVENT_PUBLISH)
def report(key: str) -> ResponseReturnValue:
    """Keep that the audience was reported."""
    frame, form = frame_of(key), ReportForm()
    if form.validate():
        with form.refusals():
            services.report_audience(frame.record.id, form.day, by=actor())
            flash(_("Kept that the audience is reported."), "ok")
            return redirect(url_for(".licence", key=key), 303)
    return _page(key, form), 422


@bp.post("/<lang>/organise/events/<key>/licence/again")
@needs(Permission.EVENT_PUBLISH)
def unreport(key: str) -> ResponseReturnValue:
    """Take back that it was reported."""
    try:
        services.take_report_back(frame_of(key).record.id, by=actor())
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".licence", key=key), 303)


@bp.get("/<lang>/organise/events/<key>/licence/print")
@needs(Permission.COUNTS_SEE)
def print_licence(key: str) -> ResponseReturnValue:
    """Print the report to the distributor."""
    frame = frame_of(key)
    return render_template(
        "talks/licence_print.html",
        film=_film(frame),
        film_title=_title(_film(frame)),
        rows=_rows(frame),
        audience=audience_of(frame.record),
        report=reports_of([frame.record.id]).get(frame.record.id),
        made_on=reading.today(),
        back=(url_for(".licence", key=key), _("Licence")),
    )


@bp.get("/<lang>/organise/events/<key>/licence.csv")
@needs(Permission.COUNTS_SEE)
def licence_csv(key: str) -> ResponseReturnValue:
    """Take the report to the distributor along as CSV."""
    return csv_answer(f"licence-{key}", COLUMNS, _rows(frame_of(key)))


def _film(frame: Frame) -> Film:
    film = film_of(frame.record)
    if film is None:
        raise NotFound(frame.record.key)
    return film


def _title(film: Film) -> str:
    return pick(film.title, current_language()).text or film.original_title


def _page(key: str, form: ReportForm | None) -> str:
    frame = frame_of(key)
    film, record = _film(frame), frame.record
    counted = heads_of([record.id])
    return render_template(
        "talks/licence.html",
        frame=frame,
        event_tabs=frame.tabs,
        film=film,
        film_title=_title(film),
        standing=licence_standing(record),
        showings=[(one, sum(counted[one.id].values()) if one.id in counted else None) for one in showings(record)],
        audience=audience_of(record),
        report=reports_of([record.id]).get(record.id),
        form=form or ReportForm(formdata=None, reported_on=reading.today()),
    )


def _rows(frame: Frame) -> list[tuple[str | int, ...]]:
    film, record, reader = _film(frame), frame.record, reading.reader()
    counted, venue = heads_of([record.id]), record.venue
    return [
        (
            one.starts_wall.date().isoformat(),
            f"{one.starts_wall:%H:%M}",
            reader.text(venue.name).text if venue else "",
            record.room.name if record.room else "",
            venue.city if venue else "",
            _title(film),
            film.original_title,
            film.licence.reference or film.licence.key,
            film.licence.holder,
            sum(counted[one.id].values()) if one.id in counted else "",
        )
        for one in showings(record)
    ]
