"""An event's page before others see it, as each circle would: for those who plan it."""

from dataclasses import replace
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.disclosure import RELEASE_BEFORE, Viewer, disclose, may_know
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import Circle, EventRecord
from cag_events.domain.lifecycle import Status
from cag_events.events import reading
from cag_events.events.extensions import blocks_of_page
from cag_events.kinds import read_details
from cag_events.permissions import Permission
from cag_events.registrations.queries import seat_state, seat_words
from cag_events.registrations.standing import phase_words
from cag_events.site.blueprint import bp
from cag_events.site.event_page import page_of
from cag_events.site.seats import tell
from cag_events.site.share import share
from cag_events.web.access import needs

CIRCLES = (
    (Circle.PUBLIC, N_("Everybody")),
    (Circle.MEMBERS, N_("Members")),
    (Circle.REGISTERED, N_("With a seat")),
    (Circle.RELEASED, N_("With a seat, the day before")),
)
PREVIEW = Refused("registration.preview", N_("Here stands the form, once the event is published."))


@bp.get("/<lang>/organise/events/<key>/preview")
@needs(Permission.EVENT_SEE)
def preview(key: str) -> ResponseReturnValue:
    """See an event's page as others will."""
    record = reading.find_record(key)
    if record is None:
        raise NotFound(key)
    asked = request.args.get("as", "")
    circle = Circle(asked) if asked in [known.value for known, _word in CIRCLES] else Circle.PUBLIC
    shown = replace(record, status=Status.PUBLISHED) if record.status is Status.DRAFT else record
    viewer, now = _viewer(circle), clock.now()
    view = disclose(shown, viewer, _at(record, circle))
    page = page_of(view, reading.reader(), now)
    return render_template(
        "site/preview.html",
        page=page,
        view=view,
        blocks=blocks_of_page(view, now),
        seats=tell(view, seat_words(view, seat_state(record))),
        parts=[],
        related=[],
        is_open=False,
        structured=None,
        share=share(page.title.text, page.summary.text or page.kind, url_for("site.event", key=key), "article"),
        ics_url="",
        only_in="",
        obstacle=PREVIEW,
        obstacle_text=_(PREVIEW.text),
        phase_text=phase_words(view, clock.now()),
        form=None,
        details=read_details(view.kind, view.details),
        now=now,
        circles=[
            (_(word), f"{url_for('.preview', key=key)}?as={known.value}", known is circle) for known, word in CIRCLES
        ],
        may_know=may_know(shown, viewer),
        is_draft=record.status is Status.DRAFT,
        edit_url=url_for("events.edit", key=key),
    )


def _viewer(circle: Circle) -> Viewer:
    if circle is Circle.MEMBERS:
        return Viewer(circle=Circle.MEMBERS)
    return Viewer(confirmed=circle in (Circle.REGISTERED, Circle.RELEASED))


def _at(record: EventRecord, circle: Circle) -> datetime:
    """An instant at which somebody with a seat is in this circle."""
    now = clock.now()
    if record.starts_at is None:
        return now
    release = record.starts_at - RELEASE_BEFORE
    if circle is Circle.RELEASED:
        return max(now, release)
    return min(now, release - RELEASE_BEFORE) if circle is Circle.REGISTERED else now
