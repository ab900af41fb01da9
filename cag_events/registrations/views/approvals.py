"""Those who wait for an organizer's answer, and those who are to be looked at again: read, tick, answer several."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from cag_events import clock
from cag_events.audit.services import record_reading
from cag_events.domain.errors import N_
from cag_events.domain.event import EventView
from cag_events.domain.seats import Status
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission
from cag_events.registrations import services
from cag_events.registrations.answers import answers_of, field_word, told
from cag_events.registrations.models import Registration
from cag_events.registrations.queries import list_changes, list_segments
from cag_events.registrations.queries.approvals import list_to_decide, segment_keys
from cag_events.registrations.queries.care import may_care
from cag_events.registrations.services.deciding import MOST_NOTE
from cag_events.registrations.views.blueprint import bp
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.forms import Form, Length, TextAreaField
from cag_events.web.language import current_language


class AnswerForm(Form):
    """What those who are ticked are told beside yes or no."""

    note = TextAreaField(N_("A message to them"), [Length(max=MOST_NOTE)], render_kw={"rows": 3, "autocomplete": "off"})


@bp.get("/<lang>/organise/events/<key>/approvals")
@needs(Permission.ATTENDEES_SEE)
def approvals(key: str) -> ResponseReturnValue:
    """Read what those have written who wait for an answer."""
    view = get_view(key, actor().viewer, clock.now())
    return _page(view, AnswerForm(formdata=None))


@bp.post("/<lang>/organise/events/<key>/approvals")
@needs(Permission.ATTENDEES_EDIT)
def answer_several(key: str) -> ResponseReturnValue:
    """Approve or decline those who are ticked."""
    view, form = get_view(key, actor().viewer, clock.now()), AnswerForm()
    wanted = request.form.get("do", "")
    if form.validate() and wanted in {one.value for one in services.Decision}:
        with form.refusals():
            outcome = services.decide_several(
                view.id,
                request.form.getlist("code"),
                services.Decision(wanted),
                by=actor(),
                note=str(form.note.data or ""),
            )
            if outcome.done:
                flash(
                    ngettext(
                        "%(num)s party gets your answer by mail.",
                        "%(num)s parties get your answer by mail.",
                        outcome.done,
                    ),
                    "ok",
                )
            for code, refused in outcome.refused.items():
                flash(f"{code}: {say(refused)}", "error")
            return redirect(url_for(".approvals", key=key), 303)
    return _page(view, form), 422


def _page(view: EventView, form: AnswerForm) -> str:
    found = list_to_decide(view.id)
    cares = may_care(view.id, actor())
    record_reading("registrations.read", by=actor(), event_id=view.id)
    lang = current_language()
    segments = {one.key: pick(one.name, lang).text for one in list_segments()}
    keys = segment_keys(found)
    return render_template(
        "registrations/approvals.html",
        view=view,
        title=pick(view.title, lang),
        event_tabs=tabs_of(view, actor()),
        form=form,
        ticked=set(request.form.getlist("code")),
        rows=[_row(one, view, segments.get(keys.get(one.id, ""), ""), cares=cares) for one in found],
    )


def _row(registration: Registration, view: EventView, segment: str, *, cares: bool) -> dict[str, Any]:
    questions = view.registration.questions
    answers = told(answers_of(registration), questions)
    is_again = registration.reopened_at is not None and registration.status is not Status.PENDING
    changed = [one for one in list_changes(registration.id) if one.what == "changed"] if is_again else []
    return {
        "code": registration.code,
        "name": registration.name or registration.code,
        "party": registration.party,
        "segment": segment,
        "first_time": registration.first_time,
        "registered_at": registration.registered_at,
        "is_again": is_again,
        "reopened_at": registration.reopened_at,
        "changed": ", ".join(field_word(name, questions) for name in changed[0].facts.get("fields", ()))
        if changed
        else "",
        "answers": [
            (one.label[:1].upper() + one.label[1:], one.text) for one in answers if cares or not one.is_kept_back
        ],
        "keeps_back": not cares and any(one.is_kept_back for one in answers),
    }
