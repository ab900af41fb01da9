"""A partner's page: it shows the themes that the partner works with, so it lives in this room."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events.audiences import services
from cag_events.audiences.forms import PartnerForm, partner_form_class
from cag_events.audiences.models import Partner
from cag_events.audiences.queries import find_row
from cag_events.db import db
from cag_events.events.blueprint import bp
from cag_events.events.models import Theme
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.language import languages
from cag_events.web.templating import picked


@bp.route("/<lang>/organise/partners/new", methods=["GET", "POST"], defaults={"key": None})
@bp.route("/<lang>/organise/partners/<key>", methods=["GET", "POST"])
@needs(Permission.CONTACT_EDIT)
def partner(key: str | None) -> ResponseReturnValue:
    """Make or change a partner."""
    row = find_row(Partner, key)
    form = partner_form_class(languages())()
    form.offer(row, _themes())
    if not form.is_submitted():
        form.load(row)
        return _page(form, row)
    if form.validate():
        with form.refusals():
            services.save_partner(row.id if row else None, form.read(row), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for("audiences.partners"), 303)
    return _page(form, find_row(Partner, key)), 422


def _themes() -> list[tuple[str, str]]:
    query = select(Theme).where(Theme.parent_id.is_(None)).order_by(Theme.position, Theme.id)
    return [(theme.key, str(picked(theme.name))) for theme in db.session.scalars(query)]


def _page(form: PartnerForm, row: Partner | None) -> str:
    return render_template(
        "audiences/partner.html",
        form=form,
        row={"key": row.key, "name": row.name} if row else None,
        own_languages=own_languages(languages()),
    )
