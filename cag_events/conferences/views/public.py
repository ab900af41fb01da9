"""What changed in a conference's programme, for everybody who may see the programme."""

from flask import render_template
from flask.typing import ResponseReturnValue

from cag_events import clock
from cag_events.conferences.queries import list_versions
from cag_events.conferences.telling import told_of
from cag_events.conferences.views.blueprint import bp
from cag_events.domain.disclosure import disclose, may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.event import Aspect
from cag_events.domain.lifecycle import Status
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.web import kept
from cag_events.web.access import public
from cag_events.web.actor import actor


@bp.get("/<lang>/events/<key>/changes")
@public
def changes(key: str) -> ResponseReturnValue:
    """See what changed from version to version of the programme."""
    record = reading.find_record(key)
    who = actor()
    if record is None or record.status is Status.DRAFT or not may_know(record, who.viewer):
        raise NotFound(key)
    view = disclose(record, who.viewer, clock.now())
    versions = list_versions(record.id)
    if not versions or Aspect.PROGRAMME in view.hidden or view.neutral:
        raise NotFound(key)
    return kept.page(
        (reading.version(), view.circle),
        lambda: render_template(
            "conferences/changes.html",
            view=view,
            title=title_of(view, reading.reader()),
            versions=told_of(versions, view),
        ),
    )
