"""Still coming? Somebody with a seat says yes or no by their own link; opening it answers nothing."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.coming import Answer
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.extensions import OwnVisit
from cag_events.messages.queries.coming import find_asked
from cag_events.messages.services.coming import answer
from cag_events.messages.views.blueprint import bp
from cag_events.registrations.visits import visit_of
from cag_events.web.access import public
from cag_events.web.errors import say

ANSWERS = {one.value: one for one in Answer}


@bp.get("/<lang>/registrations/<token>/coming")
@public
def coming_page(token: str) -> ResponseReturnValue:
    """Read the question; opening it answers nothing."""
    visit = visit_of(token)
    if not _may_answer(visit):
        return redirect(url_for("registrations.mine", token=token), 303)
    reader = reading.reader()
    known = find_asked(visit.registration_id)
    return render_template(
        "messages/coming_own.html",
        token=token,
        view=visit.view,
        title=title_of(visit.view, reader),
        dates=[one for one in visit.view.occurrences if one.id in visit.occurrence_ids],
        said=known.answer.value if known and known.answer else "",
    )


@bp.post("/<lang>/registrations/<token>/coming")
@public
def say_coming(token: str) -> ResponseReturnValue:
    """Say yes or no; a no frees the seat."""
    visit, said = visit_of(token), ANSWERS.get(request.form.get("answer", ""))
    if said is None:
        raise NotFound("answer")
    try:
        answer(visit.registration_id, said)
    except Refused as refused:
        flash(say(refused), "error")
    else:
        if said is Answer.YES:
            flash(_("Thank you. We count on you."), "ok")
        else:
            flash(_("Thank you for telling us. Your seat goes to somebody else."), "ok")
    return redirect(url_for("registrations.mine", token=token), 303)


def _may_answer(visit: OwnVisit) -> bool:
    view = visit.view
    is_before = view.starts_at is not None and visit.now < view.starts_at
    return visit.is_confirmed and view.status is EventStatus.PUBLISHED and is_before
