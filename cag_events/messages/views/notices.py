"""Mails to those who are registered for one event: what is held, what was sent; send, undo, leave out, write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, Safety
from cag_events.domain.noticing import News, State
from cag_events.domain.reminding import Moment
from cag_events.domain.texts import pick
from cag_events.events.comparing import differences
from cag_events.events.drafts import fields_of, find_revision, get_event
from cag_events.events.forms.choices import read_choices
from cag_events.events.forms.reminders import reminder_text
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.messages.forms import DropForm, note_form
from cag_events.messages.mail.preview import previews_of
from cag_events.messages.models import Notice
from cag_events.messages.queries.coming import count_said, first_day, list_silent
from cag_events.messages.queries.notices import Listed, count_reached, get_notice, list_notices
from cag_events.messages.queries.places import held_place
from cag_events.messages.queries.reminders import count_asked, count_survey, rules_of_record
from cag_events.messages.results import results_of
from cag_events.messages.services import coming, holding
from cag_events.messages.views.blueprint import bp
from cag_events.messages.views.places import place_differences
from cag_events.permissions import Permission, may
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.errors import say
from cag_events.web.language import current_language, languages

WHAT = {
    News.MOVED: N_("Time or place changed"),
    News.CLOCKS: N_("Clocks changed by law"),
    News.POSTPONED: N_("Postponed"),
    News.CANCELLED: N_("Cancelled"),
    News.WITHDRAWN: N_("Page closed for now"),
    News.REOPENED: N_("Takes place after all"),
    News.WRITTEN: N_("Message of an organizer"),
}
STATES = {
    State.HELD: (N_("Waits"), "warn"),
    State.SENT: (N_("Sent"), "ok"),
    State.UNDONE: (N_("Undone"), "neutral"),
    State.DROPPED: (N_("Not sent"), "neutral"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A notice that waits, with all that is needed to decide about it."""

    row_id: str
    what: str
    due_at: datetime
    made_by: str
    saves: int
    people: int
    languages: list[tuple[str, int]]
    differences: list[Any]
    previews: list[Any]
    may_undo: bool
    venue_key: str  # of a venue that is another place itself
    is_written: bool
    is_of_clocks: bool
    may_ask: bool
    form: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A notice that is settled."""

    what: str
    subject: str
    state: str
    tone: str
    at: datetime
    by: str
    told: int | None
    reason: str


@bp.get("/<lang>/organise/events/<key>/messages")
@needs(Permission.EVENT_SEE)
def of_event(key: str) -> ResponseReturnValue:
    """See what is about to be sent, and what was."""
    return _page(get_record_of(key))


@bp.post("/<lang>/organise/events/<key>/messages/<row_id>/send")
@needs(Permission.EVENT_PUBLISH)
def send(key: str, row_id: str) -> ResponseReturnValue:
    """Send a notice now."""

    def do(notice: Notice) -> str:
        number = holding.send_now(notice.id, by=actor())
        return str(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", number))

    return _do(key, row_id, do)


@bp.post("/<lang>/organise/events/<key>/messages/<row_id>/undo")
@needs(Permission.EVENT_PUBLISH)
def undo(key: str, row_id: str) -> ResponseReturnValue:
    """Put the event back to what people know, or stop a message."""

    def do(notice: Notice) -> str:
        is_written = notice.what is News.WRITTEN
        holding.undo(notice.id, by=actor())
        if is_written:
            return str(_("Stopped. Nobody gets the mail."))
        return str(_("Undone. The event is what it was, and nobody gets a mail."))

    return _do(key, row_id, do)


@bp.post("/<lang>/organise/events/<key>/messages/<row_id>/drop")
@needs(Permission.EVENT_PUBLISH)
def drop(key: str, row_id: str) -> ResponseReturnValue:
    """Keep the change and write to nobody."""
    form = DropForm()
    if not form.validate():
        return _page(get_record_of(key), dropping=(row_id, form)), 422

    def do(notice: Notice) -> str:
        holding.drop(notice.id, str(form.reason.data), by=actor())
        return str(_("The change stays, and nobody gets a mail."))

    return _do(key, row_id, do)


@bp.post("/<lang>/organise/events/<key>/messages/<row_id>/note")
@needs(Permission.EVENT_PUBLISH)
def note(key: str, row_id: str) -> ResponseReturnValue:
    """Add words to a notice."""
    form = note_form()
    if not form.validate():
        return _page(get_record_of(key), noting=(row_id, form)), 422

    def do(notice: Notice) -> str:
        holding.add_words(notice.id, form.words(), asks_coming=bool(form.asks_coming.data), by=actor())
        return str(_("Saved. The preview shows it."))

    return _do(key, row_id, do)


@bp.post("/<lang>/organise/events/<key>/messages/remind")
@needs(Permission.ATTENDEES_EDIT)
def remind(key: str) -> ResponseReturnValue:
    """Ask those who have not answered once more."""
    return _about_silent(
        key,
        coming.remind_silent,
        lambda number: ngettext("%(num)s registration is asked.", "%(num)s registrations are asked.", number),
    )


@bp.post("/<lang>/organise/events/<key>/messages/free")
@needs(Permission.ATTENDEES_EDIT)
def free(key: str) -> ResponseReturnValue:
    """Free the seats of those who have been silent for two days."""
    return _about_silent(
        key,
        coming.free_silent,
        lambda number: ngettext(
            "The seats of %(num)s registration are free. They are told, and whoever is next in line gets them.",
            "The seats of %(num)s registrations are free. They are told, and whoever is next in line gets them.",
            number,
        ),
    )


def _do(key: str, row_id: str, do: Callable[[Notice], str]) -> ResponseReturnValue:
    record = get_record_of(key)
    try:
        flash(do(get_notice(record.id, row_id)), "ok")
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".of_event", key=key), 303)


def _about_silent(key: str, do: Callable[..., int], words: Callable[[int], str]) -> ResponseReturnValue:
    record = get_record_of(key)
    try:
        flash(words(do(record.id, by=actor())), "ok")
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".of_event", key=key, _anchor="coming"), 303)


def _page(
    record: EventRecord, *, noting: tuple[str, Any] | None = None, dropping: tuple[str, Any] | None = None
) -> str:
    now, who = clock.now(), actor()
    day = first_day(record)
    said = count_said(record.id, day) if day is not None and not _is_over(record, now) else None
    opened = may(who, Permission.ATTENDEES_SEE)
    listed = list_notices(record.id)
    wrong = noting[1] if noting else dropping[1] if dropping else None
    return render_template(
        "messages/of_event.html",
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, who),
        held=[
            _held(one, record, noting[1] if noting and noting[0] == one.notice.row_id else None)
            for one in listed
            if one.notice.state is State.HELD
        ],
        past=[_past(one) for one in listed if one.notice.state is not State.HELD],
        may_send=may(who, Permission.EVENT_PUBLISH),
        may_write=may(who, Permission.ATTENDEES_EXPORT),
        may_edit=may(who, Permission.ATTENDEES_EDIT),
        drop_form=dropping[1] if dropping else DropForm(formdata=None),
        dropped=dropping[0] if dropping else "",
        wrong=wrong,
        said=said,
        silent=list_silent(record.id, day, opened=opened) if said and said.silent and day else [],
        shows_names=opened,
        own_languages=own_languages(languages()),
        planned=list(_planned(record, now)),
        results=results_of(count_survey(record.id), count_asked(record.id), format_decimal(0.5)[1]),
        is_guarded=record.safety is Safety.GUARDED,
    )


def _planned(record: EventRecord, now: datetime) -> Iterator[tuple[str, datetime | None, str, bool]]:
    """The mails before and after, in order: in words, when next, the organizer's words, whether it asks."""
    for rule in sorted(rules_of_record(record), key=lambda rule: (rule.moment is Moment.AFTER, -rule.hours)):
        span = timedelta(hours=rule.hours)
        if rule.moment is Moment.BEFORE:
            at = next((one.starts_at - span for one in record.living if one.starts_at - span > now), None)
        else:
            at = record.ends_at + span if record.ends_at and record.ends_at + span > now else None
        yield reminder_text(rule), at, pick(rule.note, current_language()).text, rule.survey


def _held(one: Listed, record: EventRecord, typed: Any) -> Held:
    notice = one.notice
    reached = count_reached(record.id, notice.wanted or None)
    known = find_revision(record.id, notice.known_version) if notice.known_version is not None else None
    is_written = notice.what is News.WRITTEN
    changes = (
        differences(known.fields, fields_of(get_event(record.key)), read_choices())
        if known is not None and known.fields is not None and not is_written
        else []
    )
    place = held_place(notice)
    if place is not None and not is_written:
        changes = [*changes, *place_differences(place[0], place[1], record.room)]
    names = dict(own_languages(tuple(reached)))
    return Held(
        row_id=notice.row_id,
        what=_(WHAT[notice.what]),
        due_at=notice.due_at,
        made_by=one.made_by,
        saves=notice.saves,
        people=sum(reached.values()),
        languages=[(names.get(code, code), number) for code, number in reached.items()],
        differences=changes,
        previews=previews_of(notice, record, reached),
        may_undo=holding.may_undo(notice) and (place is None or may(actor(), Permission.VENUE_EDIT)),
        venue_key=record.venue.key if place is not None and record.venue is not None else "",
        is_written=is_written,
        is_of_clocks=notice.what is News.CLOCKS,
        may_ask=notice.what is News.MOVED,
        form=typed or note_form(notice.note, asks_coming=notice.asks_coming),
    )


def _past(one: Listed) -> Past:
    notice = one.notice
    word, tone = STATES[notice.state]
    return Past(
        what=_(WHAT[notice.what]),
        subject=pick(notice.subject, current_language()).text,
        state=_(word),
        tone=tone,
        at=notice.settled_at or notice.made_at,
        by=one.settled_by or one.made_by,
        told=notice.told,
        reason=notice.reason,
    )


def _is_over(record: EventRecord, now: datetime) -> bool:
    return record.starts_at is None or record.starts_at <= now
