"""What visitors do: write in, come back to it by a secret link, read the record, take the commitments along."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain import when
from cag_events.domain.disclosure import STRANGER, disclose, may_know
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventView
from cag_events.domain.hearing import Promise
from cag_events.domain.lifecycle import Status
from cag_events.domain.texts import pick
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.queries import get_record
from cag_events.hearings import rules, services
from cag_events.hearings.forms import ChangeForm, SubmissionForm
from cag_events.hearings.models import Submission
from cag_events.hearings.queries import Public, find_public, find_submission
from cag_events.hearings.services.submissions import BY_EMAIL, BY_EVENT, BY_SESSION
from cag_events.hearings.views.blueprint import bp, require_hearing
from cag_events.hearings.wording import LEVEL_HINTS, LEVELS, PROMISE_TONES, PROMISES
from cag_events.permissions import ANONYMOUS, Actor
from cag_events.web import session
from cag_events.web.access import public
from cag_events.web.actor import actor
from cag_events.web.language import current_language
from cag_events.web.sheets import csv_answer


@bp.route("/<lang>/events/<key>/submit", methods=["GET", "POST"])
@public
def submit(key: str) -> ResponseReturnValue:
    """Write in."""
    view, who = _seen(key)
    if rules.window(view) is None:
        raise NotFound(key)
    form = SubmissionForm()
    form.offer()
    if form.is_submitted() and form.validate():
        new = form.read()
        limits = [(BY_SESSION, session.current().id), (BY_EVENT, str(view.id))]
        limits += [(BY_EMAIL, new.email)] if new.email else []
        with form.refusals():
            token = services.submit(view.id, new, viewer=who.viewer, limits=limits)
            return redirect(url_for(".submission", token=token, new=1), 303)
    return submit_page(view, form, _to_event(view)), 422 if form.is_submitted() else 200


def submit_page(view: EventView, form: SubmissionForm, back: tuple[str, str]) -> str:
    """The form, or that nothing is taken at the moment."""
    now = clock.now()
    return render_template(
        "hearings/submit.html",
        view=view,
        title=title_of(view, reading.reader()),
        form=form,
        back=back,
        takes=rules.takes_submissions(view, now),
        window=rules.window(view),
        rules=rules.session_of(view).submissions,
        embargo=rules.session_of(view).embargo_until,
        nameless=rules.is_nameless(view),
        kept=rules.kept_until(view),
        hints={level.value: _(text) for level, text in LEVEL_HINTS.items()},
    )


@bp.get("/<lang>/submissions/<token>")
@public
def submission(token: str) -> ResponseReturnValue:
    """See one's submission."""
    row = _own(token)
    form = ChangeForm()
    form.offer(row)
    return _own_page(row, token, form)


@bp.post("/<lang>/submissions/<token>")
@public
def change_submission(token: str) -> ResponseReturnValue:
    """Change one's submission, or take it back."""
    row = _own(token)
    if request.form.get("action") == "withdraw":
        services.withdraw_submission(row.id)
        return redirect(url_for(".withdrawn"), 303)
    form = ChangeForm()
    form.offer(row)
    if form.validate():
        with form.refusals():
            services.change_submission(row.id, form.read())
            flash(_("Your changes are saved."), "ok")
            return redirect(url_for(".submission", token=token), 303)
    return _own_page(_own(token), token, form), 422


@bp.get("/<lang>/submissions/withdrawn")
@public
def withdrawn() -> ResponseReturnValue:
    """Read that one's submission is gone."""
    return render_template("hearings/withdrawn.html")


def _own(token: str) -> Submission:
    row = find_submission(token)
    if row is None:
        raise NotFound("submission")
    return row


def _own_page(row: Submission, token: str, form: ChangeForm) -> str:
    record = get_record(row.event_id)
    view = disclose(record, STRANGER, clock.now())
    today = when.day_of(clock.now(), record.tz)
    return render_template(
        "hearings/submission.html",
        view=view,
        back=_to_event(view) if may_know(record, STRANGER) else None,
        title=title_of(view, reading.reader()),
        form=form if row.text_sealed is not None else None,
        shown_text=row.shown_text,
        token=token,
        is_new="new" in request.args,
        code=row.code,
        level=_(LEVELS[row.chosen]),
        limit=_(LEVELS[row.narrowed]) if row.narrowed else "",
        is_cleared=row.cleared_at is not None,
        shown_from=row.shown_from,
        is_public=row.shown_from is not None and row.shown_from <= today,
        received_at=row.received_at,
        kept=rules.kept_until(record),
        hints={level.value: _(text) for level, text in LEVEL_HINTS.items()},
    )


@bp.get("/<lang>/events/<key>/record")
@public
def record(key: str) -> ResponseReturnValue:
    """Read what came of a hearing."""
    view, _who = _seen(key)
    return render_template("hearings/record.html", **record_values(view, _published(view)), back=_to_event(view))


@bp.get("/<lang>/events/<key>/commitments.csv")
@public
def commitments_csv(key: str) -> ResponseReturnValue:
    """Take along what was promised."""
    view, _who = _seen(key)
    return commitments_file(f"commitments-{view.key}", _published(view))


def _published(view: EventView) -> Public:
    found = find_public(view, when.day_of(clock.now(), view.tz))
    if found is None:
        raise NotFound(view.key)
    return found


def _to_event(view: EventView) -> tuple[str, str]:
    return url_for("site.event", key=view.key), _("The hearing's page")


def record_values(view: EventView, found: Public) -> dict[str, object]:
    """What the template of a record prints."""
    today = when.day_of(clock.now(), view.tz)
    return {
        "view": view,
        "title": title_of(view, reading.reader()),
        "found": found,
        "questions": rules.session_of(view).questions,
        "question": rules.session_of(view).question,
        "promise_words": {status.value: _(text) for status, text in PROMISES.items()},
        "promise_tones": {status.value: tone for status, tone in PROMISE_TONES.items()},
        "today": today,
        "pending": ("open", "partly"),
    }


def commitments_file(name: str, found: Public) -> Response:
    """Commitments that everybody may read, as CSV."""
    lang = current_language()
    columns = ("key", "promised_by", "what", "due", "status", "evidence", "evidence_link", "reply", "updated")
    return csv_answer(
        name,
        columns,
        (
            (
                one.key,
                pick(one.by, lang).text,
                pick(one.what, lang).text,
                one.due_on.isoformat() if one.due_on else "",
                Promise(one.status).value,
                pick(one.evidence, lang).text,
                one.evidence_url,
                pick(one.reply, lang).text,
                one.updated_on.isoformat(),
            )
            for one in found.commitments
        ),
    )


def _seen(key: str) -> tuple[EventView, Actor]:
    """What this reader may see of a hearing, and who they are. Raises NotFound, also where it is neutral to them."""
    found = reading.find_record(key)
    if found is None or found.status is Status.DRAFT:
        raise NotFound(key)
    require_hearing(found)
    who = ANONYMOUS if may_know(found, STRANGER) else actor()
    if not may_know(found, who.viewer):
        raise NotFound(key)
    view = disclose(found, who.viewer, clock.now())
    if view.neutral or not view.details:
        raise NotFound(key)
    return view, who
