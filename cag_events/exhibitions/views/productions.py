"""Productions and their tours."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain import tours
from cag_events.domain.errors import Refused
from cag_events.domain.texts import pick
from cag_events.events import reading
from cag_events.exhibitions import page
from cag_events.exhibitions.forms.production import PartForm, ProductionPart
from cag_events.exhibitions.queries.tours import Tour, get_tour, list_tours
from cag_events.exhibitions.queries.visitors import figures_of
from cag_events.exhibitions.services import productions as services
from cag_events.exhibitions.shapes import ProductionFields
from cag_events.exhibitions.takeaway import CRATE_COLUMNS, VISITOR_COLUMNS, crate_rows, visitor_rows
from cag_events.exhibitions.views.blueprint import bp
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.language import current_language
from cag_events.web.sheets import csv_answer, xlsx_answer

BASE = "/<lang>/organise/productions"


@bp.get(BASE)
@needs(Permission.EVENT_SEE)
def productions() -> ResponseReturnValue:
    """See the productions and where each of them is."""
    today, lang = reading.today(), current_language()
    shown = []
    for tour in list_tours():
        here = next((stop for stop in tour.stops if stop.install_from <= today <= stop.until), None)
        after = next((stop for stop in tour.stops if stop.install_from > today), None)
        shown.append(
            {
                "key": tour.production.key,
                "title": pick(tour.production.title, lang),
                "stops": len(tour.stops),
                "here": page.city_of(tour, here, lang) if here else "",
                "next": (page.city_of(tour, after, lang), after.opens_on) if after else None,
                "clashes": len(tours.clashes(tour.plan, tour.transport)),
            }
        )
    return render_template("exhibitions/productions.html", productions=shown)


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def new_production() -> ResponseReturnValue:
    """Enter a production."""
    return _edit(None)


@bp.route(f"{BASE}/<key>/edit", methods=["GET", "POST"])
@needs(Permission.EVENT_EDIT)
def edit_production(key: str) -> ResponseReturnValue:
    """Change a production, its works and crates."""
    return _edit(get_tour(key))


def _edit(tour: Tour | None) -> ResponseReturnValue:
    known = services.fields_of(tour.production, list(tour.crates)) if tour else ProductionFields()
    form = PartForm.of(ProductionPart, known)
    if form.is_submitted() and form.validate():
        with form.refusals():
            key = services.save_production(tour.production.id if tour else None, form.part.read(), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".production", key=key), 303)
    answer = render_template(
        "exhibitions/production_edit.html",
        form=form,
        part=form.part,
        key=tour.production.key if tour else None,
        title=pick(tour.production.title, current_language()) if tour else None,
    )
    return (answer, 422) if form.is_submitted() else answer


@bp.get(f"{BASE}/<key>")
@needs(Permission.EVENT_SEE)
def production(key: str) -> ResponseReturnValue:
    """See the tour of a production."""
    return _tour_page(get_tour(key))


def _tour_page(tour: Tour, refused: str = "") -> str:
    lang = current_language()
    return render_template(
        "exhibitions/tour.html",
        production=tour.production,
        title=pick(tour.production.title, lang),
        about=pick(tour.production.about, lang),
        rows=page.rows_of(tour, reading.today(), lang),
        free=tours.free_spans(tour.plan, tour.transport),
        segments=page.segments_of(tour, lang),
        insured=page.insured_for(tour.production.works),
        crates=tour.crates,
        amount=page.amount,
        refused=refused,
    )


@bp.post(f"{BASE}/<key>/remove")
@needs(Permission.EVENT_EDIT)
def remove_production(key: str) -> ResponseReturnValue:
    """Remove a production without stops."""
    tour = get_tour(key)
    try:
        services.remove_production(tour.production.id, by=actor())
    except Refused as refused:
        return _tour_page(tour, say(refused)), 422
    flash(_("Removed."), "ok")
    return redirect(url_for(".productions"), 303)


@bp.get(f"{BASE}/<key>/crates.csv")
@needs(Permission.EVENT_SEE)
def crates_csv(key: str) -> ResponseReturnValue:
    """Take the list of crates along."""
    return csv_answer(f"crates-{key}", CRATE_COLUMNS, crate_rows(get_tour(key)))


@bp.get(f"{BASE}/<key>/visitors.csv", defaults={"ending": "csv"})
@bp.get(f"{BASE}/<key>/visitors.xlsx", defaults={"ending": "xlsx"})
@needs(Permission.EVENT_SEE)
def tour_visitors(key: str, ending: str) -> ResponseReturnValue:
    """Take along the visitors of all stops, by day and segment."""
    tour = get_tour(key)
    rows = list(visitor_rows(tour, figures_of(tour.events.values())))
    if ending == "xlsx":
        return xlsx_answer(f"visitors-{key}", VISITOR_COLUMNS, rows, "visitors")
    return csv_answer(f"visitors-{key}", VISITOR_COLUMNS, rows)
