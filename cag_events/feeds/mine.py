"""A member's own feeds and the themes that they follow; and the secret addresses themselves."""

import re
from typing import Final

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import Gone

from cag_events import clock
from cag_events.domain.errors import NotFound
from cag_events.feeds import calendars, personal, queries, services
from cag_events.feeds.blueprint import bp
from cag_events.feeds.filters import FILTERS, combine
from cag_events.feeds.forms import ALARMS, OFFERED, FeedForm, FollowForm
from cag_events.feeds.machine import last_change
from cag_events.feeds.models import PrivateFeed
from cag_events.permissions import Permission
from cag_events.web.access import confirmed, needs, public
from cag_events.web.actor import actor
from cag_events.web.calendar_answers import GET_ONLY, PRIVATE, Answer, respond
from cag_events.web.language import current_language
from cag_events.web.settings import base_url
from cag_events.web.throttle import spend_coarsely

CLIENTS: Final = (
    ("Google", re.compile(r"Google-Calendar|Google")),
    ("Outlook", re.compile(r"Microsoft|Outlook|Exchange|Office")),
    ("Thunderbird", re.compile(r"Thunderbird")),
    ("Nextcloud", re.compile(r"Nextcloud|ownCloud")),
    ("Android", re.compile(r"ICSx5|DAVx5|Android")),
    ("Apple", re.compile(r"iOS|macOS|iPhone|CalendarAgent|dataaccessd|Darwin")),
    ("GNOME", re.compile(r"Evolution|gnome")),
)
NEW: Final = "new_feed"  # in the session: the token that is shown once


@bp.route("/feeds/private/<token>.ics", **GET_ONLY)
@public
def private_ics(token: str) -> ResponseReturnValue:
    """Fetch my own feed."""
    found = queries.find_by_token(token)
    if found is None:
        raise NotFound(token)
    feed, owner = found
    spend_coarsely("private_feed", f"feed {feed.row_id}")
    if feed.revoked_at is not None or owner.is_disabled:
        raise Gone
    now, feed_id, client = clock.now(), feed.id, _client()
    is_first = (feed.last_used_on, feed.last_client) != (now.date(), client)
    answer = Answer(personal.personal_calendar(feed, owner, now), calendars.CONTENT_TYPE, now, "my-events.ics")
    answer.last_modified = last_change(f"private {feed.row_id}", bytes.fromhex(answer.etag), now, always=True)
    if is_first:
        services.note_use(feed_id, now.date(), client)
    return respond(answer, PRIVATE)


@bp.get("/<lang>/me/feeds")
@needs(Permission.MEMBERS_SEE)
def mine() -> ResponseReturnValue:
    """See my feeds."""
    form = FeedForm(formdata=None, with_registrations=True, name=_("My events"))
    form.offer(current_language(), actor())
    form.theme.data = queries.followed(_me())
    return _page(form)


@bp.post("/<lang>/me/feeds")
@needs(Permission.MEMBERS_SEE)
@confirmed
def make() -> ResponseReturnValue:
    """Make a feed of my own."""
    form = FeedForm()
    form.offer(current_language(), actor())
    if form.validate():
        with form.refusals():
            feed, token = services.make_feed(form.read(), by=actor())
            return _shown_once(feed, token)
    return _page(form), 422


@bp.get("/<lang>/me/feeds/<row_id>")
@needs(Permission.MEMBERS_SEE)
def edit(row_id: str) -> ResponseReturnValue:
    """See a feed of mine: right after it was made, with its address."""
    feed = queries.get_feed(row_id, _me())
    form = FeedForm(
        formdata=None,
        name=feed.name,
        with_registrations=feed.with_registrations,
        alarm="" if feed.alarm_minutes is None else str(feed.alarm_minutes),
        **{name: feed.filters.get(name, []) for name in OFFERED},
    )
    form.offer(current_language(), actor())
    known = session.pop(NEW, None)
    token = known[1] if isinstance(known, list) and known[0] == row_id else None
    return _one(feed, form, token)


@bp.post("/<lang>/me/feeds/<row_id>")
@needs(Permission.MEMBERS_SEE)
def change(row_id: str) -> ResponseReturnValue:
    """Change what a feed of mine holds."""
    feed, form = queries.get_feed(row_id, _me()), FeedForm()
    form.offer(current_language(), actor())
    if form.validate():
        with form.refusals():
            services.change_feed(row_id, form.read(), by=actor())
            flash(_("Saved. Your calendar shows it the next time it looks."), "ok")
            return redirect(url_for(".mine"), 303)
    return _one(feed, form, None), 422


@bp.post("/<lang>/me/feeds/<row_id>/rotate")
@needs(Permission.MEMBERS_SEE)
@confirmed
def rotate(row_id: str) -> ResponseReturnValue:
    """Give a feed of mine a new address; the old one ends."""
    return _shown_once(*services.rotate_feed(row_id, by=actor()))


@bp.post("/<lang>/me/feeds/<row_id>/end")
@needs(Permission.MEMBERS_SEE)
def end(row_id: str) -> ResponseReturnValue:
    """End a feed of mine."""
    services.revoke_feed(row_id, by=actor())
    flash(_("The feed has ended. Take it out of your calendar too."), "ok")
    return redirect(url_for(".mine"), 303)


@bp.get("/<lang>/me/following")
@needs(Permission.MEMBERS_SEE)
def following() -> ResponseReturnValue:
    """See the themes that I follow."""
    form = FollowForm(formdata=None, theme=queries.followed(_me()))
    form.offer(current_language(), actor())
    return render_template("feeds/following.html", form=form)


@bp.post("/<lang>/me/following")
@needs(Permission.MEMBERS_SEE)
def set_following() -> ResponseReturnValue:
    """Choose the themes that I follow."""
    form = FollowForm()
    form.offer(current_language(), actor())
    if form.validate():
        services.follow(form.theme.data or [], by=actor())
        flash(_("Saved."), "ok")
        return redirect(url_for(".following"), 303)
    return render_template("feeds/following.html", form=form), 422


def _me() -> int:
    return actor().account_id or 0


def _shown_once(feed: PrivateFeed, token: str) -> ResponseReturnValue:
    session[NEW] = [feed.row_id, token]
    return redirect(url_for(".edit", row_id=feed.row_id), 303)


def _page(form: FeedForm) -> str:
    feeds = [(feed, _in_words(feed)) for feed in queries.list_feeds(_me())]
    return render_template("feeds/mine.html", form=form, feeds=feeds)


def _one(feed: PrivateFeed, form: FeedForm, token: str | None) -> str:
    address = f"{base_url()}/feeds/private/{token}.ics" if token else ""
    return render_template(
        "feeds/one.html",
        feed=feed,
        form=form,
        address=address,
        webcal="webcal:" + address.partition(":")[2],
        code=_code(address) if address else "",
    )


def _code(address: str) -> str:
    import segno  # noqa: PLC0415 (only for the code)

    drawn: str = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=2)
    return drawn


def _in_words(feed: PrivateFeed) -> str:
    """Return what a feed holds, in words."""
    lang = current_language()
    filters = combine({name: values for name, values in feed.filters.items() if name in FILTERS}, lang, actor())
    parts = [item.label for item in filters.active] or [_("The whole programme")]
    if feed.with_registrations:
        parts.append(_("What I have registered for"))
    if feed.alarm_minutes is not None:
        label = dict(ALARMS).get(str(feed.alarm_minutes), "")
        parts.append(_("Reminder") + ": " + _(label))
    return ", ".join(parts)


def _client() -> str:
    """Return the kind of program that asks, and nothing more of it."""
    agent = request.headers.get("User-Agent", "")
    return next((name for name, pattern in CLIENTS if pattern.search(agent)), "")
