"""Held or not: the numbers, and one press that decides and tells everybody."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.errors import NotFound, Refused, Stale
from cag_events.domain.event import EventRecord
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.events.told import count_told
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.language import current_language, languages
from cag_events.workshops import services
from cag_events.workshops.forms import CallOffForm, GoForm, call_off_form
from cag_events.workshops.models import WorkshopDecision
from cag_events.workshops.queries import KINDS, count_people, find_decision, standing_of
from cag_events.workshops.views.blueprint import bp


@bp.get("/<lang>/organise/events/<key>/decision")
@needs(Permission.EVENT_SEE)
def decision(key: str) -> ResponseReturnValue:
    """See whether enough people come, and decide."""
    record = _record(key)
    return _page(record, GoForm(formdata=None, tells=True), call_off_form(record.version))


@bp.post("/<lang>/organise/events/<key>/decision/go")
@needs(Permission.EVENT_PUBLISH)
def go_ahead(key: str) -> ResponseReturnValue:
    """Decide that it is held."""
    record, form = _record(key), GoForm()
    if form.validate():
        with form.refusals():
            told = services.go_ahead(record.id, tells=bool(form.tells.data), by=actor())
            flash(_("It is held."), "ok")
            if told:
                flash(ngettext("%(num)s person gets a mail.", "%(num)s people get a mail.", told), "ok")
            return redirect(url_for(".decision", key=key), 303)
    return _page(_record(key), form, _unsent(record.version)), 422


@bp.post("/<lang>/organise/events/<key>/decision/cancel")
@needs(Permission.EVENT_PUBLISH)
def call_off(key: str) -> ResponseReturnValue:
    """Decide that it is not held, and tell everybody."""
    record, form = _record(key), call_off_form(0)
    status = 422
    if form.validate():
        try:
            services.call_off(record.id, form.reason(), version=form.number(), by=actor())
        except Refused as refused:
            form.refuse(refused)
        except Stale:
            status, form.version.data = 409, str(_record(key).version)
            text = _("Somebody has changed the event since you opened this page. Look at it and decide again.")
            form.form_errors = [*form.form_errors, text]
        else:
            flash(_("Cancelled. Everybody who has registered is told."), "ok")
            return redirect(url_for(".decision", key=key), 303)
    return _page(_record(key), GoForm(formdata=None, tells=True), form), status


def _record(key: str) -> EventRecord:
    record = get_record_of(key)
    if record.kind not in KINDS or standing_of(record, 0) is None:
        raise NotFound(key)
    return record


def _unsent(version: int) -> CallOffForm:
    """The form to cancel, beside another that was sent."""
    form = call_off_form(version)
    form.process(formdata=None)
    form.version.data = str(version)
    return form


def _page(record: EventRecord, go: GoForm, off: CallOffForm) -> str:
    people = count_people([record.id]).get(record.id, {})
    standing = standing_of(record, people.get(Status.CONFIRMED, 0))
    assert standing is not None
    now = clock.now()
    decided = find_decision(record)
    is_open = record.status is EventStatus.PUBLISHED and record.starts_at is not None and now < record.starts_at
    return render_template(
        "workshops/decision.html",
        record=record,
        title=pick(record.title, current_language()),
        event_tabs=tabs_of(record, actor()),
        standing=standing,
        stage=standing.stage(when.day_of(now, record.tz)).value,
        waiting=people.get(Status.WAITLISTED, 0),
        pending=people.get(Status.PENDING, 0),
        decided=decided,
        decided_by=_name(decided),
        is_open=is_open and decided is None,
        told=count_told(record.id),
        go=go,
        off=off,
        own_languages=own_languages(languages()),
        posted=request.method == "POST",
    )


def _name(decided: WorkshopDecision | None) -> str:
    """Who decided, of the team."""
    if decided is None or decided.account_id is None:
        return ""
    return db.session.scalar(select(Account.name).where(Account.id == decided.account_id)) or ""
