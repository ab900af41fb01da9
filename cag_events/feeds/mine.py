"""A member's own feeds and the themes that they follow; and the secret addresses themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Gone

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.feeds import personal, queries, services
from cag_events.feeds.blueprint import bp
from cag_events.feeds.builder import calendar_names
from cag_events.feeds.clients import Client, find_client, recognise
from cag_events.feeds.filters import FILTERS, Filters, combine, read_filters
from cag_events.feeds.forms import REMINDERS, FeedForm, FollowForm
from cag_events.feeds.links import query_with
from cag_events.feeds.models import PrivateFeed
from cag_events.feeds.offered import day_zone
from cag_events.feeds.options import Options, read_options, stored_options
from cag_events.feeds.own_answers import own_answer
from cag_events.feeds.preview import Shown, coming
from cag_events.feeds.services import NewFeed
from cag_events.permissions import Permission
from cag_events.web.access import confirmed, needs, public
from cag_events.web.actor import actor
from cag_events.web.calendar_answers import GET_ONLY, PRIVATE, respond
from cag_events.web.errors import say
from cag_events.web.language import current_language
from cag_events.web.session import recently_confirmed
from cag_events.web.settings import base_url
from cag_events.web.throttle import spend_coarsely

NEW: Final = "new_feed"  # in the session: the token that is shown once
SHOWN: Final = 8  # entries of the preview
SILENT: Final = timedelta(days=8)  # no program that is still subscribed asks more seldom than once a week


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
    now, feed_id = clock.now(), feed.id
    answer = own_answer(feed, owner, now)
    _note_use(feed_id, now)
    return respond(answer, PRIVATE)


def _note_use(feed_id: int, now: datetime) -> None:
    try:
        services.note_use(feed_id, now, recognise(request.headers.get("User-Agent", "")))
    except (IntegrityError, OperationalError):  # another process is writing; the calendar is worth more than the note
        db.session.rollback()


@bp.get("/<lang>/me/feeds")
@needs(Permission.MEMBERS_SEE)
def mine() -> ResponseReturnValue:
    """See my feeds; with the filters of the feed builder, a new one that begins with these."""
    form = FeedForm(formdata=None, with_registrations=True, name=_("My events"), told_in=current_language())
    filters = read_filters(request.args, current_language(), actor())
    options, _faults = read_options(request.args)
    form.offer(current_language(), actor(), filters.values)
    form.fill(filters.values or {"theme": queries.followed(_me())})
    form.hours.data, form.rich.data = options.hours, options.rich
    form.without_cancelled.data = options.without_cancelled
    return _page(form)


@bp.post("/<lang>/me/feeds")
@needs(Permission.MEMBERS_SEE)
@confirmed
def make() -> ResponseReturnValue:
    """Make a feed of my own."""
    form = FeedForm()
    form.offer(current_language(), actor(), _kept_by(request.form))
    if form.validate():
        with form.refusals():
            feed, token = services.make_feed(form.read(), by=actor())
            return _shown_once(feed, token)
    return _page(form), 422


@bp.post("/<lang>/me/feeds/of-choice")
@needs(Permission.MEMBERS_SEE)
def make_of_choice() -> ResponseReturnValue:
    """Make what I chose in the feed builder a feed of my own, with my registrations in it."""
    query = MultiDict(parse_qsl(request.form.get("query", "")[:4000]))
    filters, (options, _faults) = read_filters(query, current_language(), actor()), read_options(query)
    if not recently_confirmed():  # the way back is the page where the same is chosen already
        back = url_for(".mine") + "?" + query_with(filters.active, options.pairs)
        return redirect(url_for("accounts.confirm", next=back), 303)
    try:
        return _shown_once(*services.make_feed(_of_choice(filters, options), by=actor()))
    except Refused as refused:
        flash(say(refused), "error")
        return redirect(url_for(".mine"), 303)


@bp.get("/<lang>/me/feeds/<row_id>")
@needs(Permission.MEMBERS_SEE)
def edit(row_id: str) -> ResponseReturnValue:
    """See how a feed of mine is doing; right after it was made, with its address."""
    feed = queries.get_feed(row_id, _me())
    options = stored_options(feed.options or {})
    form = FeedForm(
        formdata=None,
        name=feed.name,
        with_registrations=feed.with_registrations,
        alarm=[str(minutes) for minutes in personal.alarms_of(feed)],
        told_in=personal.language_of(feed, _owner()),
        hours=options.hours,
        rich=options.rich,
        without_cancelled=options.without_cancelled,
    )
    form.offer(current_language(), actor(), feed.filters)
    form.fill(feed.filters)
    known = session.pop(NEW, None)
    token = known[1] if isinstance(known, list) and known[0] == row_id else None
    return _one(feed, form, token)


@bp.post("/<lang>/me/feeds/<row_id>")
@needs(Permission.MEMBERS_SEE)
def change(row_id: str) -> ResponseReturnValue:
    """Change what a feed of mine holds."""
    feed, form = queries.get_feed(row_id, _me()), FeedForm()
    form.offer(current_language(), actor(), feed.filters)
    if form.validate():
        with form.refusals():
            services.change_feed(row_id, form.read(), by=actor())
            flash(_("Saved. Your calendar shows it the next time it looks."), "ok")
            return redirect(url_for(".edit", row_id=row_id), 303)
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


def _owner() -> Account:
    return db.session.get_one(Account, _me())


def _shown_once(feed: PrivateFeed, token: str) -> ResponseReturnValue:
    session[NEW] = [feed.row_id, token]
    return redirect(url_for(".edit", row_id=feed.row_id), 303)


def _kept_by(form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return filters that a form without a field for them carries on, those alone that can be read."""
    pairs = [pair.split(FeedForm.BETWEEN, 1) for pair in form.getlist("more") if FeedForm.BETWEEN in pair]
    known = read_filters(MultiDict([(name, value) for name, value in pairs]), current_language(), actor())
    return {name: list(values) for name, values in known.values.items()}


def _of_choice(filters: Filters, options: Options) -> NewFeed:
    labels = ", ".join(item.label for item in filters.active) or _("My events")
    return NewFeed(
        name=labels if len(labels) <= 100 else labels[:99] + "…",
        filters=filters.values,
        with_registrations=True,
        language=current_language(),
        options=options,
    )


@dataclass(frozen=True)
class _Use:
    """A kind of program at a feed: its name, when it last asked, on how many of the last seven days, what to expect."""

    name: str
    last_at: datetime
    days: int
    client: Client | None


def _page(form: FeedForm) -> str:
    now = clock.now()
    feeds = [(feed, _in_words(feed), _state(feed, now)) for feed in queries.list_feeds(_me())]
    return render_template("feeds/mine.html", form=form, feeds=feeds, name_of=_name_of)


def _one(feed: PrivateFeed, form: FeedForm, token: str | None) -> str:
    address = f"{base_url()}/feeds/private/{token}.ics" if token else ""
    now = clock.now()
    uses = [
        _Use(_name_of(one.client), one.last_at, one.days, find_client(one.client))
        for one in queries.list_fetches(feed.id, now.date())
    ]
    return render_template(
        "feeds/one.html",
        feed=feed,
        form=form,
        address=address,
        webcal="webcal:" + address.partition(":")[2],
        code=_code(address) if address else "",
        uses=uses,
        state=_state(feed, now),
        last_name=_name_of(feed.last_client),
        tz=day_zone(),
        holds=_in_words(feed),
        clients=calendar_names(),
        preview=_preview(feed, now),
    )


def _preview(feed: PrivateFeed, now: datetime) -> list[Shown]:
    return coming(personal.personal_rows(feed, _owner(), now), now, SHOWN)


def _state(feed: PrivateFeed, now: datetime) -> str:
    """Return how a feed is doing: new, never (fetched), silent (not any more) or alive."""
    if feed.last_used_on is None:
        return "new" if now - feed.created_at < timedelta(days=1) else "never"
    return "silent" if now.date() - feed.last_used_on >= SILENT else "alive"


def _name_of(slug: str) -> str:
    """Return what people call a kind of program."""
    client = find_client(slug)
    return str(_(client.name) if client else _("Another program"))


def _code(address: str) -> str:
    import segno  # noqa: PLC0415 (only for the code)

    drawn: str = segno.make(address, error="m", micro=False).svg_data_uri(scale=5, border=2)
    return drawn


def _in_words(feed: PrivateFeed) -> str:
    """Return what a feed holds, in words."""
    lang, options = current_language(), stored_options(feed.options or {})
    filters = combine({name: values for name, values in feed.filters.items() if name in FILTERS}, lang, actor())
    parts = [item.label for item in filters.active] or [_("The whole programme")]
    if feed.with_registrations:
        parts.append(_("What I have registered for"))
    labels = dict(REMINDERS)
    reminders = [_(labels[minutes]) for minutes in personal.alarms_of(feed) if minutes in labels]
    if reminders:
        parts.append(_("Reminder") + ": " + ", ".join(reminders))
    if options.hours:
        parts.append(_("Opening hours of exhibitions"))
    if options.without_cancelled:
        parts.append(_("Without what is cancelled"))
    return " · ".join(parts)
