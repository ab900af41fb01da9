"""Thanks, and three questions: opened by a link from a mail, answered with three presses, by nobody in particular."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from cag_events import clock
from cag_events.domain.disclosure import Viewer, disclose
from cag_events.domain.errors import N_, Refused
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.queries import get_record
from cag_events.messages.services.survey import ACT, KNOWLEDGE, RATING, Asked, answer_survey, asked_by
from cag_events.messages.views.blueprint import bp
from cag_events.web.access import public
from cag_events.web.errors import say
from cag_events.web.forms import Form, RadioField

YES_NO = [SelectChoice("yes", N_("Yes")), SelectChoice("no", N_("No"))]


class SurveyForm(Form):
    """The three questions; each may be left out."""

    knowledge = RadioField(N_("Do you know more about the subject than before?"), choices=YES_NO, validate_choice=False)
    act = RadioField(N_("Will you do something with it?"), choices=YES_NO, validate_choice=False)
    rating = RadioField(
        N_("How good was it?"),
        choices=[SelectChoice(str(number), str(number)) for number in range(1, 6)],
        validate_choice=False,
    )

    def said(self) -> dict[str, str]:
        """Return what was ticked."""
        return {name: str(self._fields[name].data or "") for name in (KNOWLEDGE, ACT, RATING)}


@bp.get("/<lang>/thanks/<token>")
@public
def thanks(token: str) -> ResponseReturnValue:
    """Read the questions; opening the page answers nothing."""
    return _page(token, asked_by(token), SurveyForm(formdata=None))


@bp.post("/<lang>/thanks/<token>")
@public
def give(token: str) -> ResponseReturnValue:
    """Answer them, once."""
    asked, form = asked_by(token), SurveyForm()
    if form.validate():
        try:
            answer_survey(token, form.said())
        except Refused as refused:
            if asked.is_answered or asked.is_closed:
                flash(say(refused), "info")
                return redirect(url_for(".thanks", token=token), 303)
            form.form_errors = [*form.form_errors, say(refused)]
        else:
            return redirect(url_for(".thanks", token=token), 303)
    return _page(token, asked, form), 422


def _page(token: str, asked: Asked, form: SurveyForm) -> str:
    record = get_record(asked.event_id)
    view = disclose(record, Viewer(invited=True), clock.now())
    return render_template(
        "messages/thanks.html",
        token=token,
        title=None if view.neutral else title_of(view, reading.reader()),
        asked=asked,
        form=form,
    )
