"""What those do who come by a link: ask to speak by their registration's, chair by the chair's, read by the panel's."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.disclosure import Viewer
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventRecord
from cag_events.domain.hearing import OWN, Audience, Slot, Spoken, reach_of, seconds_used
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.extensions import OwnVisit
from cag_events.events.services import holder_of
from cag_events.hearings import rules, services
from cag_events.hearings.forms import SubmissionForm, WishForm
from cag_events.hearings.models import SpeakingSlot
from cag_events.hearings.queries import (
    find_public,
    find_slot_of,
    find_submission_of,
    list_slots,
    list_submissions,
    submission_token,
)
from cag_events.hearings.services.submissions import BY_EMAIL, BY_EVENT, BY_SESSION
from cag_events.hearings.views.blueprint import bp, require_hearing
from cag_events.hearings.views.public import record_values, submit_page
from cag_events.hearings.wording import SLOTS
from cag_events.kinds import details_of
from cag_events.kinds.hearing import speaking_item
from cag_events.registrations.models import Registration
from cag_events.registrations.visits import visit_of
from cag_events.web import session
from cag_events.web.access import public
from cag_events.web.dates import language_name
from cag_events.web.errors import say

ACTIONS = ("call", "start", "stop", "next", "absent", "back")


@bp.route("/<lang>/registrations/<token>/speak", methods=["GET", "POST"])
@public
def speak(token: str) -> ResponseReturnValue:
    """Ask to speak, change what one asked for, take it back."""
    visit = _visit(token)
    slot = find_slot_of(visit.registration_id)
    form = WishForm()
    form.offer(slot, db.session.get_one(Registration, visit.registration_id).name or "")
    if not form.is_submitted():
        return _speak_page(visit, slot, form)
    action = request.form.get("action")
    if action in {"withdraw", "consent"}:
        with _said():
            _do(visit.registration_id, str(action))
        return redirect(url_for(".speak", token=token), 303)
    if form.validate():
        with form.refusals():
            services.ask(visit.registration_id, form.read())
            flash(_("We have noted that you want to speak. You get our answer by mail, and see it here."), "ok")
            return redirect(url_for(".speak", token=token), 303)
    return _speak_page(visit, find_slot_of(visit.registration_id), form), 422


def _do(registration_id: int, action: str) -> None:
    if action == "withdraw":
        services.withdraw_slot(registration_id)
        flash(_("You are no longer among those who want to speak."), "ok")
    else:
        services.set_consent(registration_id, consents=False)
        flash(_("The record does not name you."), "ok")


class _said:  # noqa: N801 (reads as a word)
    """Say a refusal on the next page."""

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: Any, fault: BaseException | None, _trace: Any) -> bool:
        """Turn a Refused into a message."""
        if not isinstance(fault, Refused):
            return False
        flash(say(fault), "error")
        return True


def _speak_page(visit: OwnVisit, slot: SpeakingSlot | None, form: WishForm) -> str:
    view = visit.view
    obstacle = rules.speaking_obstacle(view, visit.now)
    may_ask = visit.is_confirmed and obstacle is None
    is_over = slot is not None and slot.status not in OWN | {Slot.WITHDRAWN, Slot.DECLINED}
    if slot is None and not rules.places_of(view):
        raise NotFound("speak")
    return render_template(
        "hearings/speak.html",
        view=view,
        title=title_of(view, reading.reader()),
        token=visit.token,
        form=form if may_ask and not is_over else None,
        obstacle=say(obstacle) if obstacle else "",
        is_confirmed=visit.is_confirmed,
        slot=slot.status.value if slot else "",
        slot_words=_(SLOTS[slot.status]) if slot else "",
        can_withdraw=slot is not None and slot.status in OWN,
        consents=slot is not None and slot.consents,
        rules=rules.session_of(view).speaking,
        places=rules.places_of(view),
        asking_ends=rules.asking_ends(view),
    )


@bp.route("/<lang>/registrations/<token>/submit", methods=["GET", "POST"])
@public
def own_submit(token: str) -> ResponseReturnValue:
    """Write in as somebody who is registered; whoever has done so comes to what they wrote."""
    visit = _visit(token)
    if sent := find_submission_of(visit.registration_id):
        return redirect(url_for(".submission", token=submission_token(sent.row_id)), 303)
    if rules.window(visit.view) is None or not visit.is_confirmed:
        raise NotFound("submit")
    form = SubmissionForm()
    form.offer()
    if form.is_submitted() and form.validate():
        new = form.read()
        limits = [(BY_SESSION, session.current().id), (BY_EVENT, str(visit.view.id))]
        limits += [(BY_EMAIL, new.email)] if new.email else []
        with form.refusals():
            viewer = Viewer(confirmed=True, invited=True)
            made = services.submit(
                visit.view.id, new, viewer=viewer, registration_id=visit.registration_id, limits=limits
            )
            return redirect(url_for(".submission", token=made, new=1), 303)
    page = submit_page(visit.view, form, (url_for("registrations.mine", token=token), _("My registration")))
    return page, 422 if form.is_submitted() else 200


@bp.get("/<lang>/registrations/<token>/record")
@public
def own_record(token: str) -> ResponseReturnValue:
    """Read what came of a hearing that one was at, also where others may not know of it."""
    visit = _visit(token)
    found = find_public(visit.view, when.day_of(visit.now, visit.view.tz))
    if found is None or not visit.view.details:
        raise NotFound("record")
    back = (url_for("registrations.mine", token=token), _("My registration"))
    return render_template("hearings/record.html", **record_values(visit.view, found), back=back, is_own=True)


def _visit(token: str) -> OwnVisit:
    visit = visit_of(token)
    require_hearing(visit.view)
    return visit


@bp.get("/<lang>/chair/<token>")
@public
def chair(token: str) -> ResponseReturnValue:
    """See who speaks and who is next."""
    return _chair_page(token)


@bp.post("/<lang>/chair/<token>")
@public
def act(token: str) -> ResponseReturnValue:
    """Call somebody, run the clock, say that somebody is absent."""
    record = holder_of(token, "chair").record
    action = request.form.get("action", "")
    with _said():
        if action in ACTIONS:
            services.chair(record.id, request.form.get("slot", ""), action)
    return redirect(url_for(".chair", token=token), 303)


def _chair_page(token: str) -> str:
    holder, now = holder_of(token, "chair"), clock.now()
    record = holder.record
    require_hearing(record)
    slots = list_slots(record.id, Slot.CALLED, Slot.APPROVED, Slot.SPOKEN, Slot.ABSENT)
    minutes = rules.session_of(record).speaking.minutes
    speaking = next((one for one in slots if one.status is Slot.CALLED), None)
    item = speaking_item(record, details_of(record)) or 0
    left = item * 60 - seconds_used((Spoken(one.started_at, one.ended_at) for one in slots), now)
    return render_template(
        "hearings/chair.html",
        token=token,
        title=reading.reader().text(record.title),
        tz=record.tz,
        now=now,
        minutes=minutes,
        speaking=_called(speaking, minutes) if speaking else None,
        coming=[_called(one, minutes) for one in slots if one.status is Slot.APPROVED],
        done=[_called(one, minutes) for one in slots if one.status in {Slot.SPOKEN, Slot.ABSENT}],
        item_minutes=item,
        left_minutes=max(0, left // 60),
        is_over=left < 0,
    )


def _called(slot: SpeakingSlot, minutes: int) -> dict[str, Any]:
    """What the chair sees of somebody: the name that they chose to be called by."""
    ends: datetime | None = slot.started_at + timedelta(minutes=minutes) if slot.started_at else None
    return {
        "row_id": slot.row_id,
        "called": slot.called or "–",
        "topic": slot.topic or "",
        "organisation": slot.organisation or "",
        "proxy": slot.proxy or "",
        "language": language_name(slot.language) if slot.language else "",
        "needs_interpreting": slot.needs_interpreting,
        "status": slot.status.value,
        "status_words": _(SLOTS[slot.status]),
        "started_at": slot.started_at,
        "ends_at": ends,
        "ended_at": slot.ended_at,
    }


@bp.get("/<lang>/panel/<token>")
@public
def panel(token: str) -> ResponseReturnValue:
    """Read what was written in for the panel."""
    record = holder_of(token, "panel").record
    require_hearing(record)
    return render_template(
        "hearings/panel.html",
        title=reading.reader().text(record.title),
        view=record,
        submissions=panel_submissions(record),
        session=rules.session_of(record),
    )


def panel_submissions(record: EventRecord) -> list[dict[str, Any]]:
    """The cleared submissions that the panel may read, each with a name only where the panel may know it."""
    found = []
    for row in reversed(list_submissions(record.id)):
        reach = reach_of(row.chosen, row.narrowed)
        if row.cleared_at is None or reach.text < Audience.PANEL:
            continue
        is_named = reach.name >= Audience.PANEL
        whole = row.text_sealed is not None
        found.append(
            {
                "code": row.code,
                "text": (row.text if whole else row.shown_text) or "",
                "lang": row.language or row.page_language,
                "name": ((row.name if whole else row.shown_name) or "") if is_named else "",
                "organisation": ((row.organisation if whole else row.shown_organisation) or "") if is_named else "",
                "is_secret": reach.text is Audience.PANEL,
            }
        )
    return found
