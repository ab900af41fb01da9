"""One registration as organizers see it: what was told and what happened, and what they decide about it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts.models import Account
from cag_events.audiences.models import Segment
from cag_events.audit.services import Thing, record_reading
from cag_events.db import db
from cag_events.domain.errors import N_, NotFound, Refused
from cag_events.domain.event import EventView
from cag_events.domain.questions import Question
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.events.wording import MODE_WORDS
from cag_events.permissions import Permission, may
from cag_events.registrations import services
from cag_events.registrations.answers import answers_of, field_word, told
from cag_events.registrations.models import Registration
from cag_events.registrations.queries import find_successor, get_registration, list_changes, members_of, occurrences_of
from cag_events.registrations.queries.care import may_care
from cag_events.registrations.services import care
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.wording import STATUS, WHAT
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.forms import Form, Length, Required, TextAreaField
from cag_events.web.language import current_language

LOOKED: Final = "looked"  # in the session: which registration an administrator looks into, and until when
LOOK_LASTS: Final = timedelta(minutes=10)


class LookForm(Form):
    """Why an administrator must read what is kept back."""

    reason = TextAreaField(
        N_("Why do you need to know?"),
        [Required(N_("Say why: it is logged.")), Length(max=care.MOST_REASON)],
        render_kw={"rows": 2, "autocomplete": "off"},
    )


@bp.get("/<lang>/organise/events/<key>/registrations/<code>")
@needs(Permission.ATTENDEES_SEE)
def detail(key: str, code: str) -> ResponseReturnValue:
    """See one registration and what happened to it."""
    view = _view(key)
    return _page(view, get_registration(view.id, code), LookForm(formdata=None))


@bp.post("/<lang>/organise/events/<key>/registrations/<code>/look")
@needs(Permission.CARE_GIVE)
@confirmed
def look(key: str, code: str) -> ResponseReturnValue:
    """Read what is kept back of one registration without the right to, for a reason that is logged."""
    view, form = _view(key), LookForm()
    registration = get_registration(view.id, code)
    if form.validate():
        with form.refusals():
            care.look_all_the_same(registration.id, str(form.reason.data), by=actor())
            session[LOOKED] = [registration.row_id, (clock.now() + LOOK_LASTS).isoformat()]
            return redirect(url_for(".detail", key=key, code=code, _anchor="answers"), 303)
    return _page(view, get_registration(view.id, code), form), 422


@bp.post("/<lang>/organise/events/<key>/registrations/<code>")
@needs(Permission.ATTENDEES_EDIT)
def decide(key: str, code: str) -> ResponseReturnValue:
    """Approve or decline, move up from the queue, withdraw for somebody, take a withdrawal back."""
    registration = get_registration(_view(key).id, code)
    note = request.form.get("note", "")
    actions: dict[str, Callable[[], object]] = {
        "approve": lambda: services.approve(registration.id, by=actor(), note=note),
        "decline": lambda: services.decline(registration.id, by=actor(), note=note),
        "withdraw": lambda: services.withdraw(registration.id, by=actor()),
    }
    action = actions.get(request.form.get("action", ""))
    if action is None:
        raise NotFound(code)
    try:
        action()
    except Refused as refused:
        flash(say(refused), "error")
    if request.args.get("from") == "detail":
        return redirect(url_for(".detail", key=key, code=code), 303)
    return redirect(url_for(".list", key=key, _anchor=code), 303)


def _page(view: EventView, registration: Registration, form: LookForm) -> str:
    questions = view.registration.questions
    answers = told(answers_of(registration), questions)
    members = members_of([registration.id])[registration.id]
    keeps_any = any(one.is_kept_back for one in answers) or any(one.needs for one in members)
    cares = may_care(view.id, actor())
    looks = keeps_any and not cares and _looks_into(registration)
    record_reading(
        "care.read" if keeps_any and (cares or looks) else "registration.read",
        by=actor(),
        event_id=view.id,
        thing=Thing("registration", registration.code),
    )
    segments = {row.id: dict(row.name) for row in db.session.scalars(select(Segment))}
    came = occurrences_of([registration.id])[registration.id]
    return render_template(
        "registrations/detail.html",
        view=view,
        title=pick(view.title, current_language()),
        registration=_plain(registration, segments),
        answers=[(_first_upper(one.label), one.text) for one in answers if cares or looks or not one.is_kept_back],
        keeps_back=keeps_any and not cares and not looks,
        looks=looks,
        look_form=form if may(actor(), Permission.CARE_GIVE) else None,
        members=[(one.name, one.needs if cares or looks else "") for one in members],
        successor=_successor(registration),
        dates=[(one, came[one.id]) for one in view.occurrences if one.id in came],
        history=_history(registration, questions),
    )


def _looks_into(registration: Registration) -> bool:
    """Whether this administrator has just said why they read this registration."""
    row_id, until = session.get(LOOKED, ("", ""))
    return (
        row_id == registration.row_id
        and may(actor(), Permission.CARE_GIVE)
        and clock.now() < datetime.fromisoformat(until)
    )


def _successor(registration: Registration) -> dict[str, Any] | None:
    """Whom somebody named to take their seat; whether that is still to be allowed."""
    found = find_successor(registration.id)
    if found is None or (found.expires_at is not None and clock.now() >= found.expires_at):
        return None
    return {"name": found.name or "", "email": found.email or "", "is_asked": found.allowed_at is None}


def _view(key: str) -> EventView:
    return get_view(key, actor().viewer, clock.now())


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plain(registration: Registration, segments: Mapping[int, dict[str, str]]) -> dict[str, Any]:
    first_time = {True: _("Yes"), False: _("No"), None: _("Not said")}[registration.first_time]
    return {
        "code": registration.code,
        "name": registration.name or "",
        "email": registration.email or "",
        "is_removed": registration.is_removed,
        "status": registration.status.value,
        "status_text": _(STATUS[registration.status]),
        "reopened_at": registration.reopened_at,
        "note": registration.organizer_note or "",
        "party": registration.party,
        "mode": _(MODE_WORDS[registration.mode]),
        "segment": pick(segments.get(registration.segment_id or 0), current_language()).text or _("Not said"),
        "first_time": first_time,
        "registered_at": registration.registered_at,
        "language": registration.language,
        "photo": _("Yes") if registration.consent_photo else _("No"),
        "contact": _("Yes") if registration.consent_contact else _("No"),
        "consent": registration.consent_text,
    }


def _history(registration: Registration, questions: Sequence[Question]) -> Any:
    changes = list_changes(registration.id)
    names = {
        row.id: row.name
        for row in db.session.execute(
            select(Account.id, Account.name).where(Account.id.in_({one.account_id for one in changes} - {None}))
        )
    }
    return [
        (
            one.at,
            _(WHAT.get(one.what, one.what)),
            ", ".join(field_word(name, questions) for name in one.facts.get("fields", [])),
            names.get(one.account_id or 0, ""),
        )
        for one in changes
    ]
