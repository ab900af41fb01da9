"""Links for helpers: give one, which is shown once, see which live, end them."""

from typing import Final

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord
from cag_events.domain.texts import pick
from cag_events.events import services
from cag_events.events.blueprint import bp
from cag_events.events.queries import get_record_of
from cag_events.events.services.passes import list_passes, pass_kinds_of
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.forms import Form, Length, RadioField, Required, StringField
from cag_events.web.language import current_language
from cag_events.web.templating import absolute

NEW: Final = "new_pass"  # in the session: the link that is shown once


class PassForm(Form):
    """A new link."""

    purpose = RadioField(N_("What for"), [Required(N_("Choose what the link is for."))])
    name = StringField(
        N_("Name"), [Required(N_("Say what the link is for, as “phone in the foyer”.")), Length(max=100)]
    )


@bp.get("/<lang>/organise/events/<key>/links")
@needs(Permission.EVENT_PUBLISH)
def passes(key: str) -> ResponseReturnValue:
    """See the links that open a page of this event without an account."""
    record = get_record_of(key)
    return _page(record, _form(record))


@bp.post("/<lang>/organise/events/<key>/links")
@needs(Permission.EVENT_PUBLISH)
def make_pass(key: str) -> ResponseReturnValue:
    """Give a link."""
    record = get_record_of(key)
    form = _form(record)
    if form.validate():
        with form.refusals():
            purpose = str(form.purpose.data)
            token = services.make_pass(record.id, purpose, str(form.name.data), by=actor())
            session[NEW] = [record.id, purpose, token]
            return redirect(url_for(".passes", key=key), 303)
    return _page(record, form), 422


@bp.post("/<lang>/organise/events/<key>/links/<row_id>/end")
@needs(Permission.EVENT_PUBLISH)
def end_pass(key: str, row_id: str) -> ResponseReturnValue:
    """End a link at once."""
    services.end_pass(get_record_of(key).id, row_id, by=actor())
    flash(_("The link is dead."), "ok")
    return redirect(url_for(".passes", key=key), 303)


def _form(record: EventRecord) -> PassForm:
    form = PassForm()
    wanted = [one for one in pass_kinds_of(record.kind) if may(actor(), one.permission)]
    form.purpose.choices = [SelectChoice(one.purpose, _(one.label)) for one in wanted]
    if len(wanted) == 1 and not form.is_submitted():
        form.purpose.data = wanted[0].purpose
    return form


def _page(record: EventRecord, form: PassForm) -> str:
    kinds = {one.purpose: one for one in pass_kinds_of(record.kind)}
    shown = session.pop(NEW, None)
    link = code = ""
    if shown and shown[0] == record.id and shown[1] in kinds:
        import segno  # noqa: PLC0415 (only for the code)

        link = absolute(url_for(kinds[shown[1]].endpoint, token=shown[2]))
        code = segno.make(link, error="m").svg_data_uri(border=2, dark="#1c1b1f", light="#ffffff", omitsize=True)
    return render_template(
        "events/passes.html",
        key=record.key,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        form=form,
        hints=[(_(one.label), _(one.hint)) for one in kinds.values()],
        link=link,
        code=code,
        passes=[
            {
                "row_id": row.row_id,
                "name": row.name,
                "label": _(kinds[row.purpose].label),
                "made_at": row.made_at,
                "used_on": row.used_on,
            }
            for row in list_passes(record.id)
            if row.purpose in kinds
        ],
        tz=record.tz,
    )
