"""The steps of an event's life: each asks first and says how many people will be told."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.domain.disclosure import TEAM, disclose
from cag_events.domain.errors import N_, Refused, Stale
from cag_events.domain.lifecycle import MOVES, Status
from cag_events.domain.texts import Texts
from cag_events.events import gate, services
from cag_events.events.cards import card_of
from cag_events.events.drafts import get_event
from cag_events.events.editing import event_title, say
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.reading import reader
from cag_events.events.told import count_told
from cag_events.events.wording import STATUS_WORDS
from cag_events.messages.queries.notices import find_held
from cag_events.messages.services.holding import send_now
from cag_events.permissions import Permission
from cag_events.web import errors
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages as named
from cag_events.web.choices import texts_field, typed
from cag_events.web.forms import BooleanField, Form, HiddenField
from cag_events.web.gate import whole_number
from cag_events.web.language import languages
from cag_events.workspace.blueprint import bp


class StepForm(Form):
    """One step: the version of the event that it was decided on."""

    version = HiddenField()
    at_once = BooleanField(N_("Tell them at once, without the ten minutes in which it can be undone"))

    def number(self) -> int:
        """Return the version as a number; 0 for anything else."""
        return whole_number(self.version.data, 0)

    def reason(self) -> Texts:
        """Return the reason that was typed, where the step asks for one."""
        field = self._fields.get("why")
        return typed(field) if field is not None else {}


@lru_cache(maxsize=8)
def _reason_form(codes: tuple[str, ...]) -> type[StepForm]:
    """Return the form that asks for a reason in these languages."""
    return type("ReasonForm", (StepForm,), {"why": texts_field(codes, N_("Why"), most=600, is_long=True, rows=3)})


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of an event's life: what its page asks, what its button says, who hears of it."""

    name: str
    to: Status
    question: str
    text: str
    button: str
    done: str
    tells: bool = True
    is_grave: bool = False
    asks_why: bool = False


PUBLISH = Step(
    name="publish",
    to=Status.PUBLISHED,
    question=N_("Publish the event?"),
    text=N_("Everybody who may know of it finds it in the programme, in calendars and in searches."),
    button=N_("Publish"),
    done=N_("Published. Everybody who may know of it finds it in the programme now."),
    tells=False,
)
POSTPONE = Step(
    name="postpone",
    to=Status.POSTPONED,
    question=N_("Postpone the event?"),
    text=N_(
        "The page stays and says that there will be a new date. Seats are kept. Publish it again with its new date."
    ),
    button=N_("Postpone it"),
    done=N_("Postponed. Give it a new date and publish it again when you know more."),
)
CANCEL = Step(
    name="cancel",
    to=Status.CANCELLED,
    question=N_("Cancel the event?"),
    text=N_("The page stays and says that it is cancelled. It can be undone until those who are registered are told."),
    button=N_("Cancel the event"),
    done=N_("The event is cancelled."),
    is_grave=True,
    asks_why=True,
)
WITHDRAW = Step(
    name="withdraw",
    to=Status.DRAFT,
    question=N_("Withdraw the event?"),
    text=N_(
        "For safety: the page is gone at once and calendars keep nothing but an empty entry. It is a draft again. "
        "Those who have registered get a mail that the page is closed, without a word about which event it is."
    ),
    button=N_("Withdraw it"),
    done=N_("Withdrawn. The page is gone and the event is a draft again."),
    is_grave=True,
)


@bp.route("/<lang>/organise/events/<key>/publish", methods=["GET", "POST"])
@needs(Permission.EVENT_PUBLISH)
def publish(key: str) -> ResponseReturnValue:
    """Publish an event, or read what is missing."""
    return _take(PUBLISH, key, lambda event, form: services.publish_event(event, version=form.number(), by=actor()))


@bp.route("/<lang>/organise/events/<key>/postpone", methods=["GET", "POST"])
@needs(Permission.EVENT_PUBLISH)
def postpone(key: str) -> ResponseReturnValue:
    """Postpone an event."""
    return _take(POSTPONE, key, lambda event, form: services.postpone_event(event, version=form.number(), by=actor()))


@bp.route("/<lang>/organise/events/<key>/cancel", methods=["GET", "POST"])
@needs(Permission.EVENT_PUBLISH)
def cancel(key: str) -> ResponseReturnValue:
    """Cancel an event, with a reason."""
    return _take(
        CANCEL,
        key,
        lambda event, form: services.cancel_event(event, form.reason(), version=form.number(), by=actor()),
    )


@bp.route("/<lang>/organise/events/<key>/withdraw", methods=["GET", "POST"])
@needs(Permission.EVENT_PUBLISH)
def withdraw(key: str) -> ResponseReturnValue:
    """Withdraw an event."""
    return _take(WITHDRAW, key, lambda event, form: services.withdraw_event(event, version=form.number(), by=actor()))


def _take(step: Step, key: str, do: Callable[[int, StepForm], Event]) -> ResponseReturnValue:
    event = get_event(key)
    form = (_reason_form(languages()) if step.asks_why else StepForm)()
    if not form.is_submitted():
        form.version.data = str(event.version)
        return _page(step, event, form)
    if form.validate():
        try:
            do(event.id, form)
        except Refused as refused:
            form.form_errors = [*form.form_errors, errors.say(refused)]
        except Stale:
            event = get_event(key)
            form.version.data = str(event.version)
            form.form_errors = [
                *form.form_errors,
                _("Somebody has changed the event since you opened this page. Look at it and decide again."),
            ]
            return _page(step, event, form), 409
        else:
            flash(_(step.done), "ok")
            if (notice := find_held(event.id)) is None:
                return redirect(url_for("events.edit", key=key), 303)
            if form.at_once.data:
                told = send_now(notice.id, by=actor())
                flash(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", told), "ok")
            return redirect(url_for("messages.of_event", key=key), 303)
    return _page(step, get_event(key), form), 422


def _page(step: Step, event: Event, form: StepForm) -> str:
    who = reader()
    tells = step.tells or (step is PUBLISH and event.status is Status.POSTPONED)
    found = gate.check_event(event.id, languages()) if step is PUBLISH else None
    record = get_record(event.id)
    return render_template(
        "workspace/step.html",
        step=step,
        form=form,
        event={"key": event.key, "title": event_title(event.title)},
        card=card_of(disclose(record, TEAM, clock.now()), url_for("events.edit", key=event.key), who),
        status_word=_(STATUS_WORDS[event.status.value]),
        status=event.status.value,
        may_go=step.to in MOVES[event.status],
        tells=tells,
        told=count_told(event.id),
        gate=found,
        say=say,
        own_languages=named(languages()),
    )
