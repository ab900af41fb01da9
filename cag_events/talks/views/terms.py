"""The terms of study associations for cultural programmes."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.audiences.queries import list_partners
from cag_events.permissions import Permission
from cag_events.talks import services
from cag_events.talks.forms import TermsForm
from cag_events.talks.queries import list_terms
from cag_events.talks.views.blueprint import bp
from cag_events.web.access import needs
from cag_events.web.actor import actor


@bp.get("/<lang>/organise/cultural-programmes/terms")
@needs(Permission.EVENT_PUBLISH)
def terms() -> ResponseReturnValue:
    """See what the associations ask, and from when."""
    return _page(TermsForm(formdata=None, open_to_all=True, announced=True))


@bp.post("/<lang>/organise/cultural-programmes/terms")
@needs(Permission.EVENT_PUBLISH)
def save_terms() -> ResponseReturnValue:
    """Enter terms that count from a day on."""
    form = TermsForm().offer(_partners())
    if form.validate():
        with form.refusals():
            services.save_terms(form.read(), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".terms"), 303)
    return _page(form), 422


@bp.post("/<lang>/organise/cultural-programmes/terms/<key>/delete")
@needs(Permission.EVENT_PUBLISH)
def delete_terms(key: str) -> ResponseReturnValue:
    """Delete terms that were entered by mistake."""
    services.delete_terms(key, by=actor())
    return redirect(url_for(".terms"), 303)


def _partners() -> list[tuple[str, str]]:
    return [(partner.key, partner.name) for partner in list_partners()]


def _page(form: TermsForm) -> str:
    partners = _partners()
    return render_template(
        "talks/terms.html",
        form=form.offer(partners),
        terms=list_terms(),
        names={**dict(partners), "": _("All associations")},
    )
