"""The workspace's settings of feeds: how much one may hold at most."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from cag_events.feeds import calendars, queries, services
from cag_events.feeds.blueprint import bp
from cag_events.feeds.forms import CapsForm
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor


@bp.get("/<lang>/organise/settings/feeds")
@needs(Permission.SETTINGS_EDIT)
def limits() -> ResponseReturnValue:
    """See how much one calendar feed may hold."""
    most = calendars.caps()
    return _page(CapsForm(formdata=None, entries=most.entries, kilobytes=most.octets // 1000))


@bp.post("/<lang>/organise/settings/feeds")
@needs(Permission.SETTINGS_EDIT)
def set_limits() -> ResponseReturnValue:
    """Change how much one calendar feed may hold."""
    form = CapsForm()
    if form.validate():
        with form.refusals():
            entries = form.entries.data or calendars.MOST_ENTRIES
            octets = 1000 * form.kilobytes.data if form.kilobytes.data else calendars.MOST_BYTES
            services.set_caps(entries, octets, by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".limits"), 303)
    return _page(form), 422


def _page(form: CapsForm) -> str:
    return render_template(
        "feeds/limits.html",
        form=form,
        size=queries.size_of_programme(),
        over=queries.over_cap(),
        days=calendars.KEPT.days,
        usual=[format_decimal(most) for most in (calendars.MOST_ENTRIES, calendars.MOST_BYTES // 1000)],
    )
