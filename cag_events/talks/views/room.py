"""The online room in the workspace: how people get in, who runs it, and how many went there through our page."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.audiences.models import Contact
from cag_events.db import db
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.joining import has_to_tell
from cag_events.events.models import Event
from cag_events.kinds import details_of, entering_of
from cag_events.permissions import Permission, may
from cag_events.talks import services, wording
from cag_events.talks.forms import DialInForm
from cag_events.talks.queries import count_clicks, dial_in_of
from cag_events.talks.views.blueprint import bp
from cag_events.talks.views.frame import frame_of
from cag_events.web.access import needs
from cag_events.web.actor import actor


@bp.get("/<lang>/organise/events/<key>/room")
@needs(Permission.COUNTS_SEE)
def room(key: str) -> ResponseReturnValue:
    """See how people get into the online room, and how many went there."""
    return _page(key, DialInForm(formdata=None))


@bp.post("/<lang>/organise/events/<key>/room")
@needs(Permission.EVENT_PUBLISH)
def save_dial_in(key: str) -> ResponseReturnValue:
    """Keep the telephone number of the room, or remove it."""
    form = DialInForm()
    if form.validate():
        with form.refusals():
            services.keep_dial_in(frame_of(key).record.id, str(form.number.data or ""), by=actor())
            flash(_("The number is kept, sealed.") if form.number.data else _("There is no number any more."), "ok")
            return redirect(url_for(".room", key=key), 303)
    return _page(key, form), 422


def _page(key: str, form: DialInForm) -> str:
    frame = frame_of(key)
    record = frame.record
    entering = entering_of(record)
    view = disclose(record, TEAM, clock.now())
    clicks = count_clicks([one.id for one in record.occurrences])
    inside = getattr(details_of(record), "webinar", None)
    hosts = [(one.person, one.task) for one in inside.cohosts] if inside else []
    keys = [key for key, _task in hosts] + ([inside.technician] if inside else [])
    names = _names(keys) if may(actor(), Permission.EVENT_SEE) else {}
    return render_template(
        "talks/room.html",
        frame=frame,
        event_tabs=frame.tabs,
        form=form,
        has_room=bool(db.session.scalar(select(Event.online_url_sealed.is_not(None)).where(Event.id == record.id))),
        has_dial_in=bool(dial_in_of(record.id)),
        parts=[(one, entering.opens_at(one), entering.closes_at(one), clicks.get(one.id, 0)) for one in record.living],
        tells=has_to_tell(entering, view),
        names_text=wording.NAMES.get(entering.names, ""),
        chat=wording.CHAT.get(entering.chat, ""),
        recording=wording.RECORDING.get(record.recording, ""),
        channels=entering.channels,
        note=entering.note,
        hosts=[(names[key], task) for key, task in hosts if key in names],
        technician=names.get(inside.technician, "") if inside else "",
    )


def _names(keys: list[str]) -> dict[str, str]:
    found = db.session.execute(select(Contact.key, Contact.name).where(Contact.key.in_([key for key in keys if key])))
    return {row.key: row.name for row in found}
