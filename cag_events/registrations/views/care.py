"""Who reads the needs and sensitive answers of an event's attendees."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission
from cag_events.registrations.queries.care import list_carers, list_who_may_care, may_give_care
from cag_events.registrations.services import care as services
from cag_events.registrations.views.blueprint import bp
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.forms import Form, Required, SelectField
from cag_events.web.language import current_language


class CareForm(Form):
    """Who gets the right."""

    account = SelectField(N_("Who"), [Required(N_("Choose somebody from the list."))], validate_choice=False)


@bp.get("/<lang>/organise/events/<key>/care")
@needs(Permission.ATTENDEES_SEE)
def care(key: str) -> ResponseReturnValue:
    """See who reads needs and sensitive answers."""
    record = get_record_of(key)
    return _page(record, CareForm(formdata=None))


@bp.post("/<lang>/organise/events/<key>/care")
@needs(Permission.ATTENDEES_SEE)
@confirmed
def give_care(key: str) -> ResponseReturnValue:
    """Let somebody read them."""
    record, form = get_record_of(key), CareForm()
    if form.validate():
        with form.refusals():
            services.give_care(record.id, str(form.account.data), by=actor())
            flash(_("Saved. They see the answers from now on."), "ok")
            return redirect(url_for(".care", key=key), 303)
    return _page(record, form), 422


@bp.post("/<lang>/organise/events/<key>/care/<row_id>/end")
@needs(Permission.ATTENDEES_SEE)
def end_care(key: str, row_id: str) -> ResponseReturnValue:
    """Take the right from somebody."""
    services.end_care(get_record_of(key).id, row_id, by=actor())
    flash(_("Saved. They see the answers no more."), "ok")
    return redirect(url_for(".care", key=key), 303)


def _page(record: EventRecord, form: CareForm) -> str:
    gives = may_give_care(record.id, actor())
    others = list_who_may_care(record.id) if gives else []
    form.account.choices = [SelectChoice("", _("– choose –")), *(SelectChoice(*one) for one in others)]
    return render_template(
        "registrations/care.html",
        key=record.key,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        form=form,
        carers=list_carers(record.id),
        gives=gives,
        has_others=bool(others),
        tz=record.tz,
    )
