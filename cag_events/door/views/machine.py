"""What the door's page fetches by itself: who is expected, what became of its presses, its worker, its manifest."""

import hashlib
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from flask import jsonify, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from cag_events import clock
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord
from cag_events.door import services
from cag_events.door.forms import read_actions
from cag_events.door.queries import Guest, list_guests, standing_of
from cag_events.door.services import Door, Result
from cag_events.door.views.blueprint import bp
from cag_events.events.queries import get_record_of
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import needs, public
from cag_events.web.actor import actor
from cag_events.web.gate import whole_number
from cag_events.web.organisation import site

SCRIPTS = Path(__file__).parent.parent.parent / "static" / "js"


@bp.get("/door/<token>/people.json")
@public
def people(token: str) -> ResponseReturnValue:
    """Give a phone what it needs to let people in without a net: no address, no answer, no whole name."""
    try:
        door = services.door_of(token)
    except NotFound:
        return _closed()
    rows = _rows(door)
    return jsonify(csrf=generate_csrf(), seconds=_seconds(door), people=rows, **_state(door, rows))


@bp.post("/door/<token>/sync")
@public
def sync(token: str) -> ResponseReturnValue:
    """Take what a phone has gathered, each press once, and say what became of each."""
    try:
        door = services.door_of(token, even_late=True)
    except NotFound:
        return _closed()
    throttle.spend((throttle.COUNTER_LINK, f"door {door.link_id}"))
    actions = read_actions(request.get_data(), clock.now())
    if actions is None:
        return jsonify(error="format"), 422
    try:
        results = [_plain(one) for one in services.take_by_link(door, actions)]
    except NotFound:
        return _closed()
    return jsonify(results=results, over=door.is_over, **({} if door.is_over else _state(door, _rows(door))))


@bp.post("/<lang>/organise/events/<key>/door/sync")
@needs(Permission.ATTENDEES_EDIT)
def sync_typed(key: str) -> ResponseReturnValue:
    """Take what was typed in from paper."""
    record = get_record_of(key)
    part = whole_number(request.args.get("occurrence"), 0)
    actions = read_actions(request.get_data(), clock.now())
    if actions is None:
        return jsonify(error="format"), 422
    results = services.take(record.id, part, actions, by=actor())
    return jsonify(results=[_plain(one) for one in results], **_counts(record, part))


@bp.get("/door/<token>/app.webmanifest")
@public
def web_manifest(token: str) -> ResponseReturnValue:
    """Let a phone put the door on its home screen."""
    door = services.door_of(token)
    answer = jsonify(
        name=f"{_('Door')} – {site().short}",
        short_name=_("Door"),
        start_url=url_for(".phone", token=token),
        scope=url_for(".phone", token=token),
        display="standalone",
        background_color="#f7f6f3",
        theme_color="#0a5a6b",
        icons=[{"src": "/static/img/door.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
        id=f"/door/{door.link_id}",
    )
    answer.mimetype = "application/manifest+json"
    return answer


@bp.get("/door/worker.js")
@public
def worker() -> ResponseReturnValue:
    """The service worker, whose reach is the door alone since it lies below it."""
    answer = send_file(SCRIPTS / "door-worker.js", mimetype="text/javascript", conditional=True)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _closed() -> ResponseReturnValue:
    """Unknown, ended and over look the same; the phone deletes what it has."""
    return jsonify(closed=True), 404


def _seconds(door: Door) -> int:
    return max(0, int((door.until - clock.now()).total_seconds()))


def _rows(door: Door) -> list[list[Any]]:
    return [_row(one) for one in list_guests(door.record.id, door.part.id)]


def _row(one: Guest) -> list[Any]:
    """Code, hash of the ticket, state, name, party, segment, here, since when, asks for help."""
    at = int(one.checked_in_at.timestamp()) if one.checked_in_at else 0
    return [one.code, one.ticket, one.state.value, one.name, one.party, one.segment, one.here, at, int(one.has_needs)]


def _state(door: Door, rows: list[list[Any]]) -> dict[str, Any]:
    """The version of the list, by which a phone sees whether others have changed it, and the counts."""
    version = hashlib.sha256(msgspec.json.encode(rows)).hexdigest()[:16]
    return {"version": version, **_counts(door.record, door.part.id)}


def _counts(record: EventRecord, part: int) -> dict[str, Any]:
    return {"standing": asdict(standing_of(record.id, part))}


def _plain(one: Result) -> dict[str, Any]:
    at: datetime | None = one.first_at
    return {
        "id": one.client_id,
        "outcome": one.outcome.value,
        "people": one.people,
        "reason": one.reason,
        "code": one.code,
        "first_at": int(at.timestamp()) if at else 0,
        "first_by": one.first_by,
    }
