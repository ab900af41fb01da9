"""The terms of funding: data that somebody enters when an association changes them."""

from dataclasses import replace

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events.audiences.models import Partner
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.domain.study_hours import Terms
from cag_events.events import reading
from cag_events.permissions import Permission
from cag_events.studies import services
from cag_events.studies.forms import TermsForm
from cag_events.studies.queries import entered_terms
from cag_events.studies.services.terms import key_of
from cag_events.studies.terms import DEFAULTS, as_terms
from cag_events.studies.views.blueprint import bp
from cag_events.studies.wording import FORM_WORDS
from cag_events.web.access import needs
from cag_events.web.actor import actor


@bp.get("/<lang>/organise/settings/funding-terms")
@needs(Permission.EVENT_PUBLISH)
def terms() -> ResponseReturnValue:
    """See the terms that hold, and from when."""
    partners = dict(_partners())
    entered = {row.key: as_terms(row) for row in entered_terms()}
    every = [(key, one, True) for key, one in entered.items()]
    every += [(key, one, False) for key, one in _defaults(entered).items()]
    return render_template(
        "studies/terms.html",
        rows=[
            (
                key,
                one,
                _(FORM_WORDS.get(one.form, one.form)),
                partners.get(one.association, one.association),
                is_entered,
            )
            for key, one, is_entered in every
        ],
    )


@bp.route("/<lang>/organise/settings/funding-terms/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/settings/funding-terms/<key>", methods=["GET", "POST"])
@needs(Permission.EVENT_PUBLISH)
def edit_terms(key: str | None) -> ResponseReturnValue:
    """Enter or change terms; those that come with the program are entered when they are saved."""
    entered = {row.key: as_terms(row) for row in entered_terms()}
    known = {**_defaults(entered), **entered}
    if key is not None and key not in known:
        raise NotFound(key)
    form = TermsForm()
    form.offer(_partners())
    if form.is_submitted():
        if form.validate():
            with form.refusals():
                services.save_terms(key if key in entered else None, form.read(), by=actor())
                flash(_("Saved."), "ok")
                return redirect(url_for(".terms"), 303)
        return _page(form, key, is_entered=key in entered), 422
    form.load(known[key] if key else replace(DEFAULTS[0], valid_from=reading.today()))
    return _page(form, key, is_entered=key in entered)


@bp.post("/<lang>/organise/settings/funding-terms/<key>/delete")
@needs(Permission.EVENT_PUBLISH)
def remove_terms(key: str) -> ResponseReturnValue:
    """Remove terms."""
    services.remove_terms(key, by=actor())
    flash(_("The terms are removed."), "ok")
    return redirect(url_for(".terms"), 303)


def _defaults(entered: dict[str, Terms]) -> dict[str, Terms]:
    general = {one.form for one in entered.values() if not one.association}
    return {key_of(one): one for one in DEFAULTS if one.form not in general}


def _partners() -> list[tuple[str, str]]:
    rows = db.session.execute(select(Partner.key, Partner.name).order_by(Partner.name))
    return [(row.key, row.name) for row in rows]


def _page(form: TermsForm, key: str | None, *, is_entered: bool) -> str:
    return render_template("studies/term.html", form=form, key=key, is_entered=is_entered)
