"""One's own registration, by its link: how it stands, change, withdraw, undo, calendar file."""

from dataclasses import replace
from typing import Any

import msgspec
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from cag_events import clock
from cag_events.audiences.models import Segment
from cag_events.db import db
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import Aspect, EventView, RegistrationMode, Safety, Visibility
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.registering import joins_online
from cag_events.domain.retention import kept_until
from cag_events.domain.seats import LIVE, Status
from cag_events.events.extensions import blocks_of_own_page
from cag_events.events.queries import get_record
from cag_events.events.wording import MODE_WORDS
from cag_events.kinds import entering_of
from cag_events.registrations import services
from cag_events.registrations.answers import field_word
from cag_events.registrations.codes import alias_code, is_code_of, join_token
from cag_events.registrations.forms import OwnForm, own_form
from cag_events.registrations.forms.questions import shown_answers
from cag_events.registrations.mail.invites import sequence_of
from cag_events.registrations.models import Registration
from cag_events.registrations.page import EventBeside, calendar_file, release_of, see
from cag_events.registrations.queries import find_by_token, members_of, occurrences_of
from cag_events.registrations.services.answers import ALWAYS_DECIDES, APPROVED
from cag_events.registrations.services.groups import forget_helpers
from cag_events.registrations.services.own import may_restore
from cag_events.registrations.standing import own_queue
from cag_events.registrations.views.blueprint import bp
from cag_events.registrations.views.people import named_successor, names_to_choose_from
from cag_events.registrations.visits import visit_to
from cag_events.registrations.wording import OWN_STATUS
from cag_events.web.access import public
from cag_events.web.errors import say
from cag_events.web.mailing import address
from cag_events.web.organisation import site


@bp.get("/<lang>/registrations/<token>")
@public
def mine(token: str) -> ResponseReturnValue:
    """See how one's registration stands."""
    return _page(_find(token), token)


@bp.get("/<lang>/registrations/<token>.ics")
@public
def ics(token: str) -> ResponseReturnValue:
    """Put the dates that one comes to into one's calendar."""
    registration = _find(token)
    if registration.status is not Status.CONFIRMED:
        raise NotFound("ics")
    event = _event_of(registration, for_calendar=True)
    view = event.view
    can_join = joins_online(view.mode, registration.mode) and Aspect.ONLINE not in view.hidden
    is_told = view.visibility in (Visibility.PUBLIC, Visibility.UNLISTED) and not view.neutral
    body = calendar_file(
        event,
        sequence_of=lambda uid: sequence_of(uid, view.version, registration.revision),
        url=address("site.event", key=view.key) if is_told else None,
        join_url=address("talks.join", token=join_token(registration.row_id)) if can_join else None,
        organisation=site().name,
    )
    headers = {"Content-Disposition": 'attachment; filename="event.ics"', "Cache-Control": "no-store"}
    return Response(body, mimetype="text/calendar", headers=headers)


@bp.get("/<lang>/registrations/<token>/slip")
@public
def slip(token: str) -> ResponseReturnValue:
    """Print the six words of an alias's seat, to keep them."""
    registration, code = _find(token), alias_code(token)
    if not is_code_of(code, registration.alias_code):
        raise NotFound("slip")
    return render_template(
        "registrations/slip.html",
        event=_event_of(registration),
        code=code,
        reference=registration.code,
        lost_url=address("registrations.lost"),
        back=(url_for(".mine", token=token), _("My registration")),
    )


@bp.post("/<lang>/registrations/<token>")
@public
def act(token: str) -> ResponseReturnValue:
    """Change one's registration, withdraw it, take that back, or end its older links."""
    registration = _find(token)
    action = request.form.get("action", "")
    if action == "save":
        return _save(registration, token)
    try:
        _do(registration, token, action)
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".mine", token=token), 303)


def _save(registration: Registration, token: str) -> ResponseReturnValue:
    form = own_form(_event_of(registration).view, {"party": registration.party})
    if form.validate():
        changed = form.read()
        fewer = names_to_choose_from(registration, changed.party)
        try:
            services.change(registration.id, replace(changed, party=registration.party) if fewer else changed)
        except Refused as refused:
            form.refuse(refused)
        else:
            if fewer:  # all else is saved; who stays, the next page asks
                return redirect(url_for(".group", token=token, people=changed.party, _anchor="fewer"), 303)
            flash(_("Your changes are saved."), "ok")
            return redirect(url_for(".mine", token=token), 303)
    return _page(_find(token), token, form), 422


def _do(registration: Registration, token: str, action: str) -> None:
    if action == "withdraw":
        services.withdraw(registration.id)
    elif action == "restore":
        services.restore(registration.id)
        flash(_("Your registration counts again."), "ok")
    elif action == "accept":
        services.accept_offer(registration.id)
        flash(_("The seat is yours. Welcome!"), "ok")
    elif action == "decline":
        services.decline_offer(registration.id)
    elif action == "revoke":
        services.revoke_other_links(registration.id, token)
        forget_helpers(registration.id)
        flash(_("Every older link is dead now. This page's own still works."), "ok")
    else:
        flash(_("There is nothing to answer at the moment."), "info")


def _find(token: str) -> Registration:
    registration = find_by_token(token)
    if registration is None:
        raise NotFound("registration")
    return registration


def _event_of(registration: Registration, *, for_calendar: bool = False) -> EventBeside:
    """The event as the registration's owner may see it now; a guarded one gives calendars its date alone."""
    record = get_record(registration.event_id)
    keeps_quiet = for_calendar and record.safety is Safety.GUARDED
    viewer = Viewer(confirmed=registration.status is Status.CONFIRMED and not keeps_quiet, invited=True)
    return see(record, viewer, clock.now(), occurrences_of([registration.id])[registration.id])


def _page(registration: Registration, token: str, form: OwnForm | None = None) -> str:
    event, status, now = _event_of(registration), registration.status, clock.now()
    view = event.view
    is_over = view.ends_at is not None and now >= view.ends_at
    may_change = status in LIVE and not is_over and view.status is not EventStatus.CANCELLED
    if may_change and form is None:
        form = own_form(view, _values(registration, event))
    can_join = status is Status.CONFIRMED and joins_online(view.mode, registration.mode)
    code = alias_code(token) if registration.alias_code else ""
    return render_template(
        "registrations/mine.html",
        registration=_plain(registration),
        event=event,
        view=view,
        form=form if may_change else None,
        status_text=_(OWN_STATUS[status]),
        queue=own_queue(registration, get_record(registration.event_id), view),
        can_restore=may_restore(registration),
        is_over=is_over,
        join_url=url_for("talks.join", token=join_token(registration.row_id))
        if can_join and Aspect.ONLINE not in view.hidden
        else "",
        can_join=can_join,
        room_opens=entering_of(view).minutes_before,
        released_at=release_of(view),
        deciding=_deciding(registration, view),
        kept=kept_until(view),
        code=code if is_code_of(code, registration.alias_code) else "",
        named=len(members_of([registration.id])[registration.id]),
        successor=named_successor(registration),
        blocks=blocks_of_own_page(visit_to(registration, token)),
        token=token,
    )


def _deciding(registration: Registration, view: EventView) -> list[str]:
    """What cannot be changed without a new look by the organizer, in words; nothing where that is no matter."""
    seats = view.registration
    if seats.mode is not RegistrationMode.APPROVAL or registration.status not in APPROVED:
        return []
    names = [name for name in sorted(ALWAYS_DECIDES) if name in seats.ask]
    names += [question.name for question in seats.questions if question.decides]
    return [field_word(name, seats.questions) for name in names]


def _plain(registration: Registration) -> dict[str, Any]:
    """What the page prints of a registration, as plain values."""
    return {
        "status": registration.status.value,
        "name": registration.name or "",
        "email": registration.email or "",
        "code": registration.code,
        "party": registration.party,
        "mode": _(MODE_WORDS[registration.mode]),
        "is_alias": registration.email_index is None,
        "withdrawn_at": registration.withdrawn_at,
        "is_looked_at": registration.reopened_at is not None and registration.status in APPROVED,
        "note": registration.organizer_note or "",
    }


def _values(registration: Registration, event: EventBeside) -> dict[str, Any]:
    """What the form is filled with."""
    answers = msgspec.json.decode(registration.answers) if registration.answers else {}
    segment = (
        db.session.scalar(select(Segment.key).where(Segment.id == registration.segment_id))
        if registration.segment_id
        else ""
    )
    return {
        **shown_answers(event.view.registration.questions, answers),
        "name": registration.name,
        "party": registration.party,
        "mode": registration.mode.value,
        "occurrence": [str(one.id) for one in event.dates],
        "segment": segment or "",
        "first_time": {True: "yes", False: "no", None: ""}[registration.first_time],
        "consent_photo": registration.consent_photo,
        "consent_contact": registration.consent_contact,
    }
