"""The way into the online room: when it opens, what one should know before, and the button that leads there."""

from dataclasses import dataclass

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cag_events import clock
from cag_events.db import db
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound
from cag_events.domain.event import OccurrenceRecord
from cag_events.domain.joining import Entering, has_to_tell, next_opening, open_part
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.registering import joins_online
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.kinds import entering_of
from cag_events.registrations.page import EventBeside, see
from cag_events.registrations.queries import find_by_join_token, occurrences_of
from cag_events.talks import services, wording
from cag_events.talks.queries import dial_in_of
from cag_events.talks.views.blueprint import bp
from cag_events.web.access import public
from cag_events.web.headers import CSP


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody with a seat before the online room. `part`: the date whose room is open; `room`: its address."""

    registration_id: int
    event: EventBeside
    entering: Entering
    part: OccurrenceRecord | None
    room: str


@bp.get("/<lang>/join/<token>")
@public
def join(token: str) -> ResponseReturnValue:
    """Go into the online room while it is open, after reading what one must know; else learn when it opens."""
    visit = _visit(token)
    if visit.room and visit.part and not has_to_tell(visit.entering, visit.event.view):
        return redirect(visit.room, 303)
    answer = make_response(_page(visit, token))
    if visit.room and visit.part:
        answer.headers["Content-Security-Policy"] = _policy(visit.room)
    return answer


@bp.post("/<lang>/join/<token>")
@public
def enter(token: str) -> ResponseReturnValue:
    """Go into the room; that it was entered through this page is counted once."""
    visit = _visit(token)
    if not visit.room or visit.part is None:
        return redirect(url_for(".join", token=token), 303)
    services.click(visit.registration_id, visit.part.id)
    return redirect(visit.room, 303)


def _visit(token: str) -> Visit:
    """Return who comes by a join link. Raises NotFound for those without a seat in the online room."""
    registration, now = find_by_join_token(token), clock.now()
    if registration is None or registration.status is not Status.CONFIRMED:
        raise NotFound("join")
    chosen = occurrences_of([registration.id])[registration.id]
    event = see(get_record(registration.event_id), Viewer(confirmed=True, invited=True), now, chosen)
    if not joins_online(event.view.mode, registration.mode):
        raise NotFound("join")
    entering = entering_of(event.view)
    part = open_part(event.dates, now, entering) if event.view.status is EventStatus.PUBLISHED else None
    room = (db.session.get_one(Event, registration.event_id).online_url or "") if part is not None else ""
    return Visit(registration_id=registration.id, event=event, entering=entering, part=part, room=room)


def _page(visit: Visit, token: str) -> str:
    view, is_open = visit.event.view, bool(visit.room and visit.part)
    return render_template(
        "talks/join.html",
        event=visit.event,
        entering=visit.entering,
        is_open=is_open,
        is_time=visit.part is not None,
        opens_at=next_opening(visit.event.dates, clock.now(), visit.entering),
        dial_in=dial_in_of(view.id) if is_open else "",
        names=wording.NAMES.get(visit.entering.names, ""),
        chat=wording.CHAT.get(visit.entering.chat, ""),
        recording=wording.RECORDING.get(view.recording, ""),
        offers=[(wording.HOW.get(offer.how, wording.HOW["simultaneous"]), offer.to) for offer in view.interpreting],
        token=token,
    )


def _policy(room: str) -> str:
    """The content policy of a page whose button leads to another site: by the button alone, and by its redirects."""
    schemes = "https:" if room.startswith("https:") else "https: http:"
    return CSP.replace("form-action 'self'", f"form-action 'self' {schemes}")
