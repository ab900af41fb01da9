"""The recording: who has said yes, how far it has come, publish and withdraw."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.recordings import ENOUGH, Consent, State
from cag_events.events.wording import ROLE_WORDS
from cag_events.permissions import Permission
from cag_events.talks import services
from cag_events.talks.forms import RecordingForm
from cag_events.talks.queries import consents_of, find_recording, names_missing
from cag_events.talks.views.blueprint import bp
from cag_events.talks.views.frame import frame_of
from cag_events.talks.wording import CONSENTS, STATES
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say


@bp.get("/<lang>/organise/events/<key>/recording")
@needs(Permission.EVENT_PUBLISH)
def recording(key: str) -> ResponseReturnValue:
    """See how far the recording has come."""
    return _page(key)


@bp.post("/<lang>/organise/events/<key>/recording")
@needs(Permission.EVENT_PUBLISH)
def save_recording(key: str) -> ResponseReturnValue:
    """Save what is said of the recording, publish it."""
    frame, form = frame_of(key), RecordingForm()
    if form.validate():
        with form.refusals():
            services.save_recording(frame.record.id, form.read(), by=actor())
            flash(_("Saved."), "ok")
            return redirect(url_for(".recording", key=key), 303)
    return _page(key, form), 422


@bp.post("/<lang>/organise/events/<key>/recording/withdraw")
@needs(Permission.EVENT_PUBLISH)
def withdraw_recording(key: str) -> ResponseReturnValue:
    """Take the recording off the page at once."""
    services.withdraw_recording(frame_of(key).record.id, by=actor())
    flash(_("The recording is no longer on the page. Take it down where it lies, too."), "ok")
    return redirect(url_for(".recording", key=key), 303)


@bp.post("/<lang>/organise/events/<key>/recording/consent")
@needs(Permission.EVENT_PUBLISH)
def write_consent(key: str) -> ResponseReturnValue:
    """Write down what somebody has said."""
    said = request.form.get("said", "")
    if said not in {consent.value for consent in Consent}:
        raise NotFound("consent")
    try:
        services.write_consent(frame_of(key).record.id, request.form.get("who", ""), Consent(said), by=actor())
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".recording", key=key, _anchor="consents"), 303)


def _page(key: str, form: RecordingForm | None = None) -> str:
    frame = frame_of(key)
    record, row = frame.record, find_recording(frame.record.id)
    said = consents_of([record.id]).get(record.id, {})
    if form is None:
        form = RecordingForm(
            formdata=None,
            state=(row.state if row else State.PLANNED).value,
            link=(row.link if row else "") or "",
            minutes=row.minutes if row else None,
            languages=list(row.languages) if row else list(record.languages),
            captions=list(row.captions) if row else [],
            has_transcript=row.has_transcript if row else False,
        )
    people = {person.key: person for person in record.people}
    return render_template(
        "talks/recording.html",
        frame=frame,
        event_tabs=frame.tabs,
        form=form,
        recording=row,
        state_text=_(STATES[row.state if row else State.PLANNED]),
        is_published=row is not None and row.state is State.PUBLISHED,
        missing=names_missing(record, said),
        people=[
            (
                person,
                _(ROLE_WORDS[person.role]) if person.role in ROLE_WORDS else person.role,
                said.get(key, Consent.UNKNOWN).value,
                said.get(key, Consent.UNKNOWN) in ENOUGH,
            )
            for key, person in people.items()
        ],
        choices=[(consent.value, _(text)) for consent, text in CONSENTS.items()],
    )
