"""Write to those who come: choose whom, look at it in each language, hold it for ten minutes."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, Safety
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.messages.forms import message_form
from cag_events.messages.mail.preview import previews_of_words
from cag_events.messages.mail.written import FILLED, unknown_slots
from cag_events.messages.queries.notices import count_reached
from cag_events.messages.services.writing import write
from cag_events.messages.views.blueprint import bp
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.language import current_language, languages


@bp.route("/<lang>/organise/events/<key>/messages/new", methods=["GET", "POST"])
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def new(key: str) -> ResponseReturnValue:
    """Write to those who come, and look at it before it is held."""
    record = get_record_of(key)
    form = message_form(record)
    if not form.is_submitted():
        return _page(record, form)
    if form.validate():
        with form.refusals():
            if unknown := unknown_slots({**form.heads(), **{f"body-{k}": t for k, t in form.bodies().items()}}):
                raise Refused(
                    "message.slot",
                    N_("Nothing is known to put in the place of %(names)s."),
                    field="body",
                    names=", ".join(f"{{{name}}}" for name in unknown),
                )
            if request.form.get("do") == "preview":
                return _page(record, form, shows=True)
            throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
            write(record.id, form.heads(), form.bodies(), dict(form.wanted()), by=actor())
            flash(_("It goes out in ten minutes. Until then you can stop it."), "ok")
            return redirect(url_for(".of_event", key=key), 303)
    return _page(record, form), 422


def _page(record: EventRecord, form, *, shows: bool = False) -> str:  # type: ignore[no-untyped-def]
    reached = count_reached(record.id, dict(form.wanted())) if shows else {}
    return render_template(
        "messages/new.html",
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        form=form,
        slots=sorted(FILLED),
        shows=shows,
        people=sum(reached.values()),
        previews=previews_of_words(form.heads(), form.bodies(), record, reached) if shows else [],
        own_languages=own_languages(languages()),
        is_guarded=record.safety is Safety.GUARDED,
    )
