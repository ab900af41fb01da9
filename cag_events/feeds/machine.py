"""The addresses that programs fetch: no session, no cookie, no language of a browser."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from flask import Response, current_app, g, request  # noqa: TID251 (the memory belongs to the application)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import bindparam, func, insert, select, update
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
from cag_events.feeds.filters import read_filters
from cag_events.feeds.models import FeedState
from cag_events.feeds.options import read_options
from cag_events.feeds.warm import ANSWER, ROUTE, State, memory_of
from cag_events.web.access import public
from cag_events.web.calendar_answers import GET_ONLY, Answer, respond
from cag_events.web.errors import say
from cag_events.web.language import languages, machine_language

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


_THEME: Final = select(Theme.name, Theme.token, Theme.parent_id).where(Theme.key == bindparam("key"))


@bp.route("/feeds/themes/<key>.ics", **GET_ONLY)
@public
def theme_ics(key: str) -> ResponseReturnValue:
    """Subscribe to a theme with its subtopics, or to a subtopic."""
    row = db.session.connection().execute(_THEME, {"key": key}).first()
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

    def make(_before: Answer | None) -> Answer:
        event_id = db.session.scalar(select(Event.id).where(Event.key == (find_new_key(key) or key)))
        if event_id is None:
            raise NotFound(key)
        found = calendars.event_calendar(event_id, feed.lang, state[1], feed.options)
        if found is None:
            raise NotFound(key)
        answer = Answer(found[0], calendars.CONTENT_TYPE, found[1], f"{_ascii(key)}.ics", is_file=True)
        answer.last_modified = _last_change(feed, answer, found[1])
        return answer

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
        feed = replace(feed, base={name: (key,)}, titles=(pick(title, feed.lang).text,), color=color)
    state = _state()

    def make(before: Answer | None) -> Answer:
        drawn = calendars.public_calendar(feed, state)
        mark = drawn.mark
        if before is not None and before.etag == mark:
            return before  # another event has changed
        answer = Answer(drawn.body(), calendars.CONTENT_TYPE, clock.now(), f"{_ascii(key or path)}.ics", etag=mark)
        answer.last_modified = _last_change(feed, answer, _begun(state[1]), before)
        return answer

    return _send(state, feed.key, make)


def _reader(name: str, content_type: str, write: Callable[[Feed, date], bytes]) -> ResponseReturnValue:
    feed = _feed(f"/feeds/programme.{name}")
    state = _state()

    def make(_before: Answer | None) -> Answer:
        answer = Answer(write(feed, state[1]), content_type, clock.now(), f"programme.{name}")
        answer.last_modified = _last_change(feed, answer, _begun(state[1]))
        return answer

    return _send(state, feed.key, make)


def _feed(path: str) -> Feed:
    """Read what the address asks for. Raises Asked for a fault in it."""
    lang = _language()
    filters = read_filters(request.args, lang)
    options, faults = read_options(request.args)
    if filters.faults or faults:
        raise Asked("\n".join(say(fault) for fault in (*filters.faults, *faults)))
    return Feed(path=path, lang=lang, filters=filters, options=options)


def _language() -> str:
    lang = machine_language()
    g.lang = lang or languages()[0]
    if lang is None:
        raise Asked(_("“%(value)s” is not a language of this site.", value=request.args["lang"][:20]))
    return lang


def _state() -> State:
    number, g.programme_changed_at = programme_version()
    return number, clock.now().date()


def _send(state: State, key: str, make: Callable[[Answer | None], Answer]) -> Response:
    """Answer with what is kept of this state, or what `make` gives, which is told what was answered before it."""
    answers = memory_of(current_app).answers
    kept = answers.find(key)
    if kept is not None and kept[0] == state:
        answer = kept[1]
    else:
        answer = make(kept[1] if kept is not None else None)
        answers.keep(key, state, answer)
    request.environ[ANSWER] = (key, answer, state)
    request.environ[ROUTE] = request.url_rule.rule if request.url_rule else ""
    return respond(answer, {"Cache-Control": PUBLIC, "Access-Control-Allow-Origin": "*"})


def _begun(day: date) -> datetime:
    """Return the latest moment at which a feed may have changed: with the programme, or when the day began."""
    changed_at: datetime = g.programme_changed_at
    return max(changed_at, datetime.combine(day, time(), UTC))


def _last_change(feed: Feed, answer: Answer, latest: datetime, before: Answer | None = None) -> datetime:
    """Return when a feed's octets last changed, leaving and ageing out too; remembers it for a bounded number.

    `latest`: when they did if nothing is remembered of them. `before`: what this process answered until now.
    """
    digest = bytes.fromhex(answer.etag)
    seen = _Seen(bytes.fromhex(before.etag), before.last_modified) if before is not None else None
    try:
        return last_change(feed.key, digest, latest, always=feed.is_plain, seen=seen)
    except (IntegrityError, OperationalError):  # another process was first, or is writing
        return latest


def last_change(key: str, digest: bytes, latest: datetime, *, always: bool, seen: "_Seen | None" = None) -> datetime:
    """Return when the octets behind a key last changed: `latest` if they did since they were seen.

    `seen`: what is probably remembered of them; it is looked up where that is wrong.
    """
    seen = seen or _seen(key)
    if seen is not None and seen.sha256 == digest:
        return seen.changed_at
    if seen is None and not always and (db.session.scalar(_COUNT) or 0) > MOST_STATES:
        return latest
    with transaction():
        connection = db.session.connection()
        if seen is not None:
            later = max(latest, seen.changed_at.replace(microsecond=0) + _SECOND)
            changed = {"of": key, "before": seen.sha256, "sha256": digest, "changed_at": later}
            if connection.execute(_CHANGE, changed).rowcount:
                return later
        elif _seen(key) is None:
            connection.execute(_ADD, {"key": key, "sha256": digest, "changed_at": latest})
            return latest
    return last_change(key, digest, latest, always=always)  # another process was first


_COUNT: Final = select(func.count()).select_from(FeedState)
_SEEN: Final = select(FeedState.sha256, FeedState.changed_at).where(FeedState.key == bindparam("key"))
_ADD: Final = insert(FeedState.__table__)  # type: ignore[arg-type]
_CHANGE: Final = (
    update(FeedState.__table__)  # type: ignore[arg-type]
    .where(
        FeedState.key == bindparam("of"),
        FeedState.sha256 == bindparam("before"),
        FeedState.changed_at < bindparam("changed_at"),  # it never goes back
    )
    .values(sha256=bindparam("sha256"), changed_at=bindparam("changed_at"))
)


class _Seen(NamedTuple):
    sha256: bytes
    changed_at: datetime


def _seen(key: str) -> _Seen | None:
    """Return what is remembered of the octets behind a key."""
    row = db.session.connection().execute(_SEEN, {"key": key}).first()
    return _Seen(*row) if row is not None else None


def _ascii(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name) or "feed"
