"""Files among the readings: kept by the team, fetched by those who may have them, always as a download."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import disclose, may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView
from cag_events.domain.lifecycle import Status
from cag_events.domain.texts import pick
from cag_events.events import reading as events
from cag_events.events.tabs import tabs_of
from cag_events.kinds import details_of
from cag_events.permissions import Permission
from cag_events.registrations.visits import visit_of
from cag_events.studies import services
from cag_events.studies.forms import FileForm
from cag_events.studies.queries import find_file, list_files
from cag_events.studies.reading import may_fetch
from cag_events.studies.services.readings import MOST_BYTES
from cag_events.studies.views.attendance import record_of
from cag_events.studies.views.blueprint import bp
from cag_events.web.access import needs, public
from cag_events.web.actor import actor
from cag_events.web.gate import takes_files, whole_number
from cag_events.web.language import current_language

SAFE = "sandbox; default-src 'none'"  # whatever is in the file, it does nothing in our name


@bp.get("/<lang>/events/<key>/readings/<name>.pdf")
@public
def file(key: str, name: str) -> ResponseReturnValue:
    """Fetch a reading that is for everybody."""
    record, who = events.find_record(key), actor()
    if record is None or not may_know(record, who.viewer) or record.status is Status.DRAFT:
        raise NotFound(key)
    return _answer(disclose(record, who.viewer, clock.now()), name)


@bp.get("/<lang>/registrations/<token>/readings/<name>.pdf")
@public
def own_file(token: str, name: str) -> ResponseReturnValue:
    """Fetch a reading of an event that one is registered for."""
    return _answer(visit_of(token).view, name)


@bp.get("/<lang>/organise/events/<key>/readings")
@needs(Permission.EVENT_EDIT)
def readings(key: str) -> ResponseReturnValue:
    """See what there is to read, and which of it has a file."""
    return _page(key)


@bp.post("/<lang>/organise/events/<key>/readings")
@needs(Permission.EVENT_EDIT)
@takes_files(MOST_BYTES)
def upload(key: str) -> ResponseReturnValue:
    """Keep a PDF as the file of a reading."""
    record = record_of(key)
    form = FileForm()
    form.offer(_titles(key))
    if form.validate():
        with form.refusals():
            sent = request.files.get("file")
            content = sent.stream.read(MOST_BYTES + 1) if sent else b""
            services.upload_file(record.id, whole_number(form.reading.data, 0), content, by=actor())
            flash(_("The file is there."), "ok")
            return redirect(url_for(".readings", key=key), 303)
    return _page(key, form), 422


@bp.post("/<lang>/organise/events/<key>/readings/<name>/delete")
@needs(Permission.EVENT_EDIT)
def remove(key: str, name: str) -> ResponseReturnValue:
    """Delete a file."""
    services.remove_file(record_of(key).id, name, by=actor())
    flash(_("The file is deleted."), "ok")
    return redirect(url_for(".readings", key=key), 303)


@bp.get("/<lang>/organise/events/<key>/readings/<name>.pdf")
@needs(Permission.EVENT_SEE)
def team_file(key: str, name: str) -> ResponseReturnValue:
    """Fetch any file among an event's readings."""
    return _send(record_of(key).id, name)


def _answer(view: EventView, name: str) -> Response:
    if not may_fetch(view, name):
        raise NotFound(name)
    return _send(view.id, name)


def _send(event_id: int, name: str) -> Response:
    found = find_file(event_id, name)
    if found is None:
        raise NotFound(name)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.name}.pdf"',
        "Content-Security-Policy": SAFE,
        "Cache-Control": "no-store",
    }
    return Response(found.content, mimetype="application/pdf", headers=headers)


def _titles(key: str) -> list[str]:
    return [text.title for text in details_of(record_of(key)).study.readings]


def _page(key: str, form: FileForm | None = None) -> str:
    record = record_of(key)
    if form is None:
        form = FileForm(formdata=None)
        form.offer(_titles(key))
    return render_template(
        "studies/readings.html",
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        texts=details_of(record).study.readings,
        files={row.name: (row.size, row.uploaded_at) for row in list_files(record.id)},
        form=form,
    )
