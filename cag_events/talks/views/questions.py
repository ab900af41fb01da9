"""Questions sent in beforehand: asked by anybody or by those registered, sorted by the team, read by the moderator."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView
from cag_events.domain.seats import LIVE
from cag_events.domain.texts import pick
from cag_events.events.extensions import OwnVisit
from cag_events.events.queries import get_view
from cag_events.events.services import holder_of
from cag_events.permissions import Permission
from cag_events.registrations.visits import visit_of
from cag_events.talks import services
from cag_events.talks.forms import QuestionForm
from cag_events.talks.models import AudienceQuestion, Mark
from cag_events.talks.queries import MODERATOR, list_own_questions, list_questions, question_state
from cag_events.talks.views.blueprint import bp
from cag_events.talks.views.frame import frame_of
from cag_events.talks.wording import MARKS
from cag_events.web import session, throttle
from cag_events.web.access import needs, public
from cag_events.web.actor import actor
from cag_events.web.dates import language_name
from cag_events.web.language import current_language

_SESSION: Final = throttle.Limit("question.session", 10, throttle.HOUR, 5 * throttle.MINUTE, throttle.HOUR)
_EVENT: Final = throttle.Limit("question.event", 200, throttle.HOUR, throttle.MINUTE, 10 * throttle.MINUTE)
FOR_MODERATOR: Final = (Mark.CHOSEN, Mark.NEW, Mark.ANSWERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question as pages print it."""

    row_id: str
    text: str
    name: str
    lang: str
    language: str
    mark: str
    mark_text: str
    topic: str
    asked_at: datetime


@bp.get("/<lang>/events/<key>/question")
@public
def question(key: str) -> ResponseReturnValue:
    """Read how to send a question, or that it has come in."""
    view = _view(key)
    return _form_page(view, QuestionForm(formdata=None), url_for("site.event", key=key))


@bp.post("/<lang>/events/<key>/question")
@public
def send(key: str) -> ResponseReturnValue:
    """Send a question to the speakers."""
    view, form = _view(key), QuestionForm()
    if _asked(view, form):
        return redirect(url_for(".question", key=key, sent=1), 303)
    return _form_page(view, form, url_for("site.event", key=key)), 422


@bp.get("/<lang>/registrations/<token>/question")
@public
def own_question(token: str) -> ResponseReturnValue:
    """See what one has asked, and ask."""
    return _own_page(token, QuestionForm(formdata=None))


@bp.post("/<lang>/registrations/<token>/question")
@public
def send_own(token: str) -> ResponseReturnValue:
    """Send a question as somebody who is registered."""
    visit, form = visit_of(token), QuestionForm()
    if not _is_live(visit):
        raise NotFound("question")
    if _asked(visit.view, form, visit.registration_id):
        return redirect(url_for(".own_question", token=token, sent=1), 303)
    return _own_page(token, form), 422


@bp.get("/<lang>/organise/events/<key>/questions")
@needs(Permission.ATTENDEES_SEE)
def questions(key: str) -> ResponseReturnValue:
    """Read the questions that were sent in."""
    frame = frame_of(key)
    rows = [_row(one) for one in list_questions(frame.record.id)]
    return render_template(
        "talks/questions.html",
        frame=frame,
        event_tabs=frame.tabs,
        state=question_state(frame.record, clock.now()),
        groups=[(mark.value, _(MARKS[mark]), [row for row in rows if row.mark == mark]) for mark in FOR_MODERATOR],
        hidden=[row for row in rows if row.mark == Mark.HIDDEN],
        topics=sorted({row.topic for row in rows if row.topic}),
        number=len(rows),
    )


@bp.post("/<lang>/organise/events/<key>/questions/<row_id>")
@needs(Permission.ATTENDEES_EDIT)
def sort(key: str, row_id: str) -> ResponseReturnValue:
    """Choose a question, hide it, put it with others."""
    frame = frame_of(key)
    services.sort_question(frame.record.id, row_id, _mark(), request.form.get("topic"), by=actor())
    return redirect(url_for(".questions", key=key, _anchor=f"q-{row_id}"), 303)


@bp.get("/<lang>/organise/events/<key>/questions/print")
@needs(Permission.ATTENDEES_SEE)
def print_questions(key: str) -> ResponseReturnValue:
    """Print the chosen questions for the moderator; all that are not hidden where none is chosen."""
    frame = frame_of(key)
    rows = list_questions(frame.record.id, [Mark.CHOSEN]) or list_questions(frame.record.id, [Mark.NEW])
    return render_template(
        "talks/questions_print.html",
        frame=frame,
        rows=[_row(one) for one in rows],
        back=(url_for(".questions", key=key), _("Questions")),
    )


@bp.get("/<lang>/moderator/<token>")
@public
def moderator(token: str) -> ResponseReturnValue:
    """Read the questions as the moderator, on a phone or tablet."""
    holder = holder_of(token, MODERATOR)
    rows = [_row(one) for one in list_questions(holder.record.id, FOR_MODERATOR)]
    return render_template(
        "talks/moderator.html",
        title=pick(holder.record.title, current_language()),
        record=holder.record,
        until=holder.until,
        groups=[(mark.value, _(MARKS[mark]), [row for row in rows if row.mark == mark]) for mark in FOR_MODERATOR],
        token=token,
    )


@bp.post("/<lang>/moderator/<token>")
@public
def moderate(token: str) -> ResponseReturnValue:
    """Mark a question as chosen or answered."""
    row_id = request.form.get("question", "")
    services.sort_question_by_link(token, row_id, _mark())
    return redirect(url_for(".moderator", token=token, _anchor=f"q-{row_id}"), 303)


def _view(key: str) -> EventView:
    """The event of a question, if it takes any and this person may know what it is about. Raises NotFound."""
    view = get_view(key, actor().viewer)
    if view.neutral or not question_state(view, clock.now()).is_taken:
        raise NotFound(key)
    return view


def _asked(view: EventView, form: QuestionForm, registration_id: int | None = None) -> bool:
    """Take a question if it is right; otherwise the form says why not."""
    if not form.offer(view).validate():
        return False
    throttle.spend((_SESSION, session.current().id), (_EVENT, str(view.id)))
    with form.refusals():
        services.ask(view.id, form.read(), registration_id=registration_id)
    return not form.errors


def _own_page(token: str, form: QuestionForm) -> str:
    visit = visit_of(token)
    if visit.view.neutral or not _is_live(visit) or not question_state(visit.view, visit.now).is_taken:
        raise NotFound("question")
    own = [(one.text or "", one.language) for one in list_own_questions(visit.registration_id)]
    return _form_page(visit.view, form, url_for("registrations.mine", token=token), own)


def _form_page(view: EventView, form: QuestionForm, back: str, own: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "talks/question.html",
        view=view,
        title=pick(view.title, current_language()),
        form=form.offer(view),
        state=question_state(view, clock.now()),
        is_sent=request.method == "GET" and bool(request.args.get("sent")),
        own=own,
        back=back,
    )


def _is_live(visit: OwnVisit) -> bool:
    return visit.status in LIVE


def _mark() -> Mark:
    wanted = request.form.get("mark", "")
    if wanted not in {mark.value for mark in Mark}:
        raise NotFound("mark")
    return Mark(wanted)


def _row(one: AudienceQuestion) -> Row:
    return Row(
        row_id=one.row_id,
        text=one.text or "",
        name=one.name or "",
        lang=one.language,
        language=language_name(one.language, current_language()),
        mark=one.mark.value,
        mark_text=_(MARKS[one.mark]),
        topic=one.topic,
        asked_at=one.asked_at,
    )
