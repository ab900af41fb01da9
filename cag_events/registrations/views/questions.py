"""An event's own questions in the workspace: the list of them, and the page of each."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventRecord, RegistrationMode
from cag_events.domain.questions import Answer, Question
from cag_events.domain.texts import pick
from cag_events.events.queries import get_record_of
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission
from cag_events.registrations.answers import label_of, reply_text
from cag_events.registrations.forms.editing import ANSWERS, QuestionForm, question_form
from cag_events.registrations.forms.questions import for_words, when_words
from cag_events.registrations.queries import list_segments
from cag_events.registrations.queries.answers import count_answers
from cag_events.registrations.services import questions as services
from cag_events.registrations.views.blueprint import bp
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.choices import own_languages
from cag_events.web.errors import say
from cag_events.web.language import current_language, languages

STEPS = {"up": -1, "down": 1}


@bp.get("/<lang>/organise/events/<key>/registrations/questions")
@needs(Permission.EVENT_EDIT)
def questions(key: str) -> ResponseReturnValue:
    """See which questions an event asks, in order."""
    record = get_record_of(key)
    asked, used = record.registration.questions, count_answers(record.id)
    segments = list_segments()
    return render_template(
        "registrations/questions.html",
        **_about(record),
        rows=[_row(one, asked, segments, used) for one in asked],
        has_form=record.registration.mode is not RegistrationMode.NONE,
    )


@bp.get("/<lang>/organise/events/<key>/registrations/questions/new")
@needs(Permission.EVENT_EDIT)
def new_question(key: str) -> ResponseReturnValue:
    """Write a new question."""
    record = get_record_of(key)
    form = _form(record, None)
    form.answer.data = str(Answer.YES_NO)
    return _question_page(record, form, None)


@bp.post("/<lang>/organise/events/<key>/registrations/questions/new")
@needs(Permission.EVENT_EDIT)
def add_question(key: str) -> ResponseReturnValue:
    """Add a question."""
    record = get_record_of(key)
    return _save(record, None, lambda question: services.add_question(record.id, question, by=actor()))


@bp.get("/<lang>/organise/events/<key>/registrations/questions/<question>")
@needs(Permission.EVENT_EDIT)
def question(key: str, question: str) -> ResponseReturnValue:
    """Open a question."""
    record = get_record_of(key)
    known = _find(record, question)
    form = _form(record, known)
    form.load(known)
    form.shown.data = _mark(known)
    return _question_page(record, form, known)


@bp.post("/<lang>/organise/events/<key>/registrations/questions/<question>")
@needs(Permission.EVENT_EDIT)
def save_question(key: str, question: str) -> ResponseReturnValue:
    """Save a question."""
    record = get_record_of(key)
    known = _find(record, question)
    return _save(record, known, lambda typed: services.save_question(record.id, known, typed, by=actor()))


@bp.post("/<lang>/organise/events/<key>/registrations/questions/<question>/move")
@needs(Permission.EVENT_EDIT)
def move_question(key: str, question: str) -> ResponseReturnValue:
    """Ask a question earlier or later."""
    record = get_record_of(key)
    _find(record, question)
    step = STEPS.get(request.form.get("to", ""), 0)
    return _after(key, lambda: services.move_question(record.id, question, step, by=actor()), anchor=question)


@bp.get("/<lang>/organise/events/<key>/registrations/questions/<question>/remove")
@needs(Permission.EVENT_EDIT)
def ask_to_remove(key: str, question: str) -> ResponseReturnValue:
    """See what removing a question means."""
    record = get_record_of(key)
    known = _find(record, question)
    used = count_answers(record.id).get(known.key)
    return render_template(
        "registrations/question_remove.html",
        **_about(record),
        question={"key": known.key, "label": label_of(known)},
        answered=used.parties if used else 0,
    )


@bp.post("/<lang>/organise/events/<key>/registrations/questions/<question>/remove")
@needs(Permission.EVENT_EDIT)
def remove_question(key: str, question: str) -> ResponseReturnValue:
    """Ask a question no more."""
    record = get_record_of(key)
    _find(record, question)

    def remove() -> None:
        services.remove_question(record.id, question, by=actor())
        flash(_("The question is asked no more."), "ok")

    return _after(key, remove)


def _after(key: str, do: Callable[[], Any], anchor: str = "") -> ResponseReturnValue:
    try:
        do()
    except Refused as refused:
        flash(say(refused), "error")
    return redirect(url_for(".questions", key=key, _anchor=f"question-{anchor}" if anchor else None), 303)


def _save(record: EventRecord, known: Question | None, do: Callable[[Question], Any]) -> ResponseReturnValue:
    """Save what was typed, or rearrange the rows, as the button says."""
    form = _form(record, known)
    if form.change_rows(request.form.get("do", "")):
        return _question_page(record, form, known)
    if form.validate():
        with form.refusals():
            if known is not None and form.shown.data != _mark(known):
                raise Refused("question.changed", services.CHANGED)
            do(form.read(known))
            flash(_("Saved. New registrations see it at once."), "ok")
            return redirect(url_for(".questions", key=record.key), 303)
    return _question_page(record, form, known), 422


def _form(record: EventRecord, known: Question | None) -> QuestionForm:
    asked = record.registration.questions
    form = question_form(languages())
    form.offer(asked[: asked.index(known)] if known else asked, list_segments())
    return form


def _question_page(record: EventRecord, form: QuestionForm, known: Question | None) -> str:
    form.add_rows()
    return render_template(
        "registrations/question.html",
        **_about(record),
        form=form,
        question={"key": known.key, "label": label_of(known)} if known else None,
        own_languages=own_languages(languages()),
        asks_approval=record.registration.mode is RegistrationMode.APPROVAL or bool(known and known.decides),
    )


def _about(record: EventRecord) -> dict[str, Any]:
    return {
        "key": record.key,
        "title": pick(record.title, current_language()),
        "event_tabs": tabs_of(record, actor()),
    }


def _row(one: Question, asked: Any, segments: Any, used: Any) -> dict[str, Any]:
    """A question as the list shows it."""
    marks = [
        word
        for word, holds in (
            (_("must be answered"), one.required),
            (_("sensitive"), one.sensitive),
            (_("decides"), one.decides),
        )
        if holds
    ]
    return {
        "key": one.key,
        "label": label_of(one),
        "answer": _(ANSWERS[one.answer]),
        "options": [reply_text(one, option.key) for option in one.options],
        "marks": marks,
        "limits": [words for words in (for_words(one, segments), when_words(one, asked)) if words],
        "answered": used[one.key].parties if one.key in used else 0,
    }


def _find(record: EventRecord, key: str) -> Question:
    found = next((one for one in record.registration.questions if one.key == key), None)
    if found is None:
        raise NotFound(key)
    return found


def _mark(question: Question) -> str:
    """By what a question is known to be as it was when its page was opened."""
    return sha256(msgspec.json.encode(question)).hexdigest()[:24]
