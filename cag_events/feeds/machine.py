"""The addresses that programs fetch: no session, no cookie, no language of a browser."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from flask import Response, current_app, g, request  # noqa: TID251 (the memory belongs to the application)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound
from cag_events.domain.texts import Texts, pick
from cag_events.events.models import Campaign, Event, Theme
from cag_events.events.queries import find_new_key, programme_version
from cag_events.feeds import calendars, readers
from cag_events.feeds.blueprint import bp
from cag_events.feeds.calendars import Feed
from cag_events.feeds.filters import combine, read_filters
from cag_events.feeds.models import FeedState
from cag_events.feeds.options import read_options
from cag_events.feeds.warm import ANSWER, ROUTE, memory_of
from cag_events.web.access import public
from cag_events.web.calendar_answers import GET_ONLY, Answer, respond
from cag_events.web.errors import say
from cag_events.web.language import languages, machine_language
from cag_events.web.throttle import spend_coarsely

PUBLIC = "public, max-age=900"
_SECOND = timedelta(seconds=1)  # an HTTP date tells no less
MOST_STATES = 2_000  # feeds with filters whose last change is remembered


class Asked(Exception):
    """An address was not understood; `text` says why."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@bp.app_errorhandler(Asked)
def _not_understood(fault: Asked) -> ResponseReturnValue:
    return Response(fault.text + "\n", 400, mimetype="text/plain", headers={"Access-Control-Allow-Origin": "*"})


@bp.route("/feeds/programme.ics", **GET_ONLY)
@public
def programme_ics() -> ResponseReturnValue:
    """Subscribe to the programme, or to a part of it by filters."""
    return _calendar("programme")


@bp.route("/feeds/themes/<key>.ics", **GET_ONLY)
@public
def theme_ics(key: str) -> ResponseReturnValue:
    """Subscribe to a theme with its subtopics, or to a subtopic."""
    row = db.session.execute(select(Theme.name, Theme.token, Theme.parent_id).where(Theme.key == key)).first()
    if row is None:
        raise NotFound(key)
    token = row.token or db.session.scalar(select(Theme.token).where(Theme.id == row.parent_id)) or ""
    return _calendar(f"themes/{key}", "theme", key, row.name, calendars.COLORS.get(token, ""))


@bp.route("/feeds/segments/<key>.ics", **GET_ONLY)
@public
def segment_ics(key: str) -> ResponseReturnValue:
    """Subscribe to what is meant for a segment."""
    name = db.session.scalar(select(Segment.name).where(Segment.key == key))
    if name is None:
        raise NotFound(key)
    return _calendar(f"segments/{key}", "segment", key, name)


@bp.route("/feeds/campaigns/<key>.ics", **GET_ONLY)
@public
def campaign_ics(key: str) -> ResponseReturnValue:
    """Subscribe to a campaign."""
    name = db.session.scalar(select(Campaign.name).where(Campaign.key == key))
    if name is None:
        raise NotFound(key)
    return _calendar(f"campaigns/{key}", "campaign", key, name)


@bp.route("/events/<key>.ics", **GET_ONLY)
@public
def event_ics(key: str) -> ResponseReturnValue:
    """Save one event; also by a key that it had before."""
    feed = _feed(f"/events/{key}.ics")
    state = _state()

    def make() -> Answer:
        event_id = db.session.scalar(select(Event.id).where(Event.key == (find_new_key(key) or key)))
        if event_id is None:
            raise NotFound(key)
        found = calendars.event_calendar(event_id, feed.lang, state[1], feed.options)
        if found is None:
            raise NotFound(key)
        return Answer(found[0], calendars.CONTENT_TYPE, found[1], f"{_ascii(key)}.ics", is_file=True)

    return _send(state, f"event {key} {feed.lang} {feed.options.pairs}", make)


@bp.route("/feeds/programme.atom", **GET_ONLY)
@public
def programme_atom() -> ResponseReturnValue:
    """Follow the programme in a reader."""
    return _reader("atom", readers.ATOM, readers.atom)


@bp.route("/feeds/programme.json", **GET_ONLY)
@public
def programme_json() -> ResponseReturnValue:
    """Take the programme over into another site."""
    return _reader("json", readers.JSON, readers.json)


def _calendar(path: str, name: str = "", key: str = "", title: Texts | None = None, color: str = "") -> Response:
    """Answer with a calendar; `name` and `key` are the filter that stands in the path itself."""
    feed = _feed(f"/feeds/{path}.ics")
    if name:
        own = combine({name: [key]}, feed.lang)
        titles = (pick(title, feed.lang).text,)
        feed = replace(feed, base=own.values, conditions=own.conditions, titles=titles, color=color)
    state = _state()

    def make() -> Answer:
        body = calendars.public_calendar(feed, state[1])
        answer = Answer(body, calendars.CONTENT_TYPE, clock.now(), f"{_ascii(key or path)}.ics")
        answer.last_modified = _last_change(feed, answer, state[1])
        return answer

    return _send(state, feed.key, make)


def _reader(name: str, content_type: str, write: Callable[[Feed, date], bytes]) -> ResponseReturnValue:
    feed = _feed(f"/feeds/programme.{name}")
    state = _state()

    def make() -> Answer:
        answer = Answer(write(feed, state[1]), content_type, clock.now(), f"programme.{name}")
        answer.last_modified = _last_change(feed, answer, state[1])
        return answer

    return _send(state, feed.key, make)


def _feed(path: str) -> Feed:
    """Read what the address asks for. Raises Asked for a fault in it."""
    lang = _language()
    filters = read_filters(request.args, lang)
    options, faults = read_options(request.args)
    if filters.faults or faults:
        raise Asked("\n".join(say(fault) for fault in (*filters.faults, *faults)))
    if "q" in filters.values:
        spend_coarsely("search")
    return Feed(path=path, lang=lang, filters=filters, options=options)


def _language() -> str:
    lang = machine_language()
    g.lang = lang or languages()[0]
    if lang is None:
        raise Asked(_("“%(value)s” is not a language of this site.", value=request.args["lang"][:20]))
    return lang


def _state() -> tuple[int, date]:
    number, g.programme_changed_at = programme_version()
    state = (number, clock.now().date())
    memory_of(current_app).enter(state)
    return state


def _send(state: tuple[int, date], key: str, make: Callable[[], Answer]) -> Response:
    """Answer with what is kept of this state, or what `make` gives."""
    memory = memory_of(current_app)
    answer = memory.answers.get(key)
    if answer is None:
        answer = make()
        memory.keep(state, key, answer)
    request.environ[ANSWER] = (key, answer)
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else ""
    return respond(answer, {"Cache-Control": PUBLIC, "Access-Control-Allow-Origin": "*"})


def _last_change(feed: Feed, answer: Answer, day: date) -> datetime:
    """Return when a feed's octets last changed, leaving and ageing out too; remembers it for a bounded number."""
    begun = datetime.combine(day, time(), UTC)
    latest: datetime = max(g.programme_changed_at, begun)
    digest = bytes.fromhex(answer.etag)
    try:
        return last_change(feed.key, digest, latest, always=feed.is_plain)
    except (IntegrityError, OperationalError):  # another process was first, or is writing
        return latest


def last_change(key: str, digest: bytes, latest: datetime, *, always: bool) -> datetime:
    """Return when the octets behind a key last changed: `latest` if they did since they were seen."""
    row = db.session.get(FeedState, key)
    if row is not None and row.sha256 == digest:
        return row.changed_at
    if (
        row is None
        and not always
        and (db.session.scalar(select(func.count()).select_from(FeedState)) or 0) > MOST_STATES
    ):
        return latest
    with transaction():
        row = db.session.get(FeedState, key)
        if row is None:
            db.session.add(FeedState(key=key, sha256=digest, changed_at=latest))
        elif row.sha256 != digest:
            latest = max(latest, row.changed_at.replace(microsecond=0) + _SECOND)
            row.sha256, row.changed_at = digest, latest
        else:
            latest = row.changed_at
    return latest


def _ascii(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name) or "feed"
