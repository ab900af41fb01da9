"""The editor's page: everything that its template shows beside the fields."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.domain import when
from cag_events.domain.event import Aspect, RegistrationMode
from cag_events.domain.lifecycle import Status
from cag_events.domain.plans import Conflict
from cag_events.events import gate
from cag_events.events.cards import kind_label
from cag_events.events.conflicts import find_conflicts, plan_from, plan_of, url_of
from cag_events.events.conflicts import say as say_conflict
from cag_events.events.drafts import list_tasks
from cag_events.events.editing import OTHER_LANGUAGES, Editor, event_title, say
from cag_events.events.fields import EventFields
from cag_events.events.forms import choices as words
from cag_events.events.forms.reminders import OWN, reminder_text
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.reading import reader, today
from cag_events.events.repeating import series_groups
from cag_events.events.tabs import EventTabs, tabs_of
from cag_events.events.told import count_told, find_held
from cag_events.events.wording import STATUS_WORDS
from cag_events.kinds import KINDS
from cag_events.permissions import Permission, may
from cag_events.web.actor import actor
from cag_events.web.choices import LANGUAGE_WORDS, words_in
from cag_events.web.choices import own_languages as named
from cag_events.web.dates import clock_text
from cag_events.web.language import languages

PARTS = {
    "when": ("occurrences",),
    "texts": ("summary", "body", "content_note"),
    "kind": ("format", "agenda"),
    "people": ("people", "lead", "partners"),
    "audience": ("segments", "campaign", "part_of", "featured"),
    "languages": ("languages", "interpreting"),
    "registration": (
        *("registration_mode", "capacity", "online_capacity", "waitlist", "opens_days", "closes_hours", "guests"),
        *("group_max", "per_occurrence", "travel_support", "ask", "pools"),
    ),
    "reminders": ("reminders_how", "reminders"),
    "access": ("access_note", "photo_policy", "food", "min_age", "max_age"),
    "online": ("platform", "recording", "online_url", "remove_online_url"),
    "safety": ("visibility", "safety", "key", *(f"level_{aspect}" for aspect in Aspect)),
}


class Problems:
    """The faults of the event's form and of its kind's part as one, for the summary on top of the page."""

    def __init__(self, *forms: Any) -> None:
        self.forms = forms

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self.forms)

    @property
    def errors(self) -> dict[str, Any]:
        """All faults by field."""
        return {f"{number}{name}": text for number, form in enumerate(self.forms) for name, text in form.errors.items()}

    @property
    def form_errors(self) -> list[str]:
        """What is said above the form."""
        return [text for form in self.forms for text in form.form_errors]


def editor_page(editor: Editor, event: Event | None, *, moved: list[str] | None = None) -> str:
    """Return the editor with what was typed, its checklist and its tasks."""
    form, kind = editor.form, KINDS[editor.kind]
    stored = find_conflicts(plan_of(get_record(event.id)), actor()) if event else []
    is_typed = request.form.get("do") in ("check", "save", "publish")
    against = _typed_against(editor, event) if is_typed else stored
    extra = tuple(code for code in form.title.form._fields if code not in languages())
    form.more.data = " ".join(extra)
    who = reader()
    return render_template(
        "events/edit.html",
        form=form,
        kind_form=editor.kind_form,
        problems=Problems(form, editor.kind_form),
        kind=editor.kind,
        kind_label=kind_label(editor.kind, who),
        kind_template=[f"events/kinds/{editor.kind}/_form.html", "events/kinds/_default/_form.html"],
        has_agenda=kind.has_agenda,
        has_run=kind.has_run,
        event=_card(event, editor.before) if event and editor.before else None,
        event_tabs=tabs_of(get_record(event.id), actor()) if event else EventTabs(),
        series=[group for group in series_groups(get_record(event.id)) if group["head"]] if event else [],
        status_word=_(STATUS_WORDS[event.status.value]) if event else "",
        gate=gate.check_event(event.id, languages(), stored) if event else None,
        against=[(str(one.level), say_conflict(one), url_of(one)) for one in against],
        is_checked=event is not None or is_typed,
        say=say,
        tasks=list_tasks(get_record(event.id)) if event else [],
        is_over=bool(event and event.ends_at and event.ends_at <= clock.now()),
        today=today(),
        site_tz=who.home,
        choices=editor.choices,
        minutes=editor.minutes(),
        own_languages=named(languages()),
        extra_languages=named(extra),
        more_languages=[(code, LANGUAGE_WORDS[code]) for code in OTHER_LANGUAGES if code not in (*extra, *languages())],
        levels=[form.level(aspect) for aspect in Aspect],
        visibility_hints={str(level): _(hint) for level, _word, hint in words.VISIBILITIES},
        safety_hints={str(level): _(hint) for level, _word, hint in words.SAFETIES},
        notes=_notes(editor),
        usual_mails=[reminder_text(rule) for rule in KINDS[editor.kind].reminders],
        open_parts=_open_parts(editor),
        shows_kind=request.form.get("do") == "kind" and not editor.kind_form.errors,
        moved=moved or [],
        told=count_told(event.id) if event and moved else 0,
        held=find_held(event.id) if event else None,
        tz=get_record(event.id).tz if event else "",
        may_publish=may(actor(), Permission.EVENT_PUBLISH),
    )


def _typed_against(editor: Editor, event: Event | None) -> list[Conflict]:
    """What speaks against what was typed, as far as that is whole."""
    # asked again, the forms would forget what the service refused
    if Problems(editor.form, editor.kind_form).errors or not editor.validate():
        return []
    return find_conflicts(plan_from(editor.read(), event.id if event else None), actor())


def say_held(event_id: int) -> None:
    """Say when those who are registered get a mail about the change that was just saved."""
    held = find_held(event_id)
    if held is not None:
        tz = get_record(event_id).tz
        flash(
            ngettext(
                "%(num)s registration gets a mail at %(time)s. Until then you can undo it.",
                "%(num)s registrations get a mail at %(time)s. Until then you can undo it.",
                held.people,
                time=clock_text(when.wall_of(held.due_at, tz)),
            ),
            "info",
        )


def _open_parts(editor: Editor) -> set[str]:
    """The parts that stand open: those with a fault, and the kind's own when it was asked for."""
    wrong = {part for part, names in PARTS.items() if any(editor.form._fields[name].errors for name in names)}
    if editor.kind_form.errors:
        wrong.add("kind")
    changed = _changed_part(request.form.get("do", ""))
    if editor.form.is_submitted() and not wrong and not changed:
        wrong.add("kind")
    return wrong | changed


def _changed_part(action: str) -> set[str]:
    """The part in which a button has added or removed something."""
    verb, _dash, rest = action.partition("-")
    if verb == "language":
        return {"texts"}
    name = rest.partition("-")[0] if verb in ("add", "remove") else ""
    return {part for part, names in PARTS.items() if name in names}


def _notes(editor: Editor) -> dict[str, str]:
    """What is in each part, in a few words beside its title."""
    form = editor.form
    names = {
        name: words_in(form._fields[name])
        for name in ("segments", "languages", "photo_policy", "visibility", "registration_mode")
    }
    registration = str(form.registration_mode.data or RegistrationMode.NONE)
    said = names["registration_mode"].get(registration, "")
    seats = (form.capacity.data or 0) + (form.online_capacity.data or 0)
    texts = [code for code in languages() if (form.body.data or {}).get(code)]
    return {
        "texts": ", ".join(LANGUAGE_WORDS.get(code, code) for code in texts),
        "kind": "",
        "people": _listed(len([row for row in form.people if row.form.who.data])),
        "audience": ", ".join(names["segments"].get(key, key) for key in form.segments.data or ()),
        "languages": ", ".join(names["languages"].get(key, key) for key in form.languages.data or ()),
        "registration": " · ".join(
            text for text in (said.partition(":")[0], str(seats) if registration != "none" and seats else "") if text
        ),
        "reminders": _("Own list") if form.reminders_how.data == OWN else _("As usual"),
        "access": names["photo_policy"].get(form.photo_policy.data, "") if form.photo_policy.data else "",
        "online": form.platform.data or "",
        "safety": names["visibility"].get(form.visibility.data, ""),
        "levels": "x" if any(form.level(aspect).data for aspect in Aspect) else "",
    }


def _listed(number: int) -> str:
    return str(number) if number else ""


def _card(event: Event, fields: EventFields) -> dict[str, Any]:
    """What the editor says of an event beside its form."""
    return {
        "id": event.id,
        "key": event.key,
        "title": event_title(fields.title),
        "status": event.status.value,
        "safety": event.safety.value,
        "version": event.version,
        "changed_at": event.changed_at,
        "has_online_room": event.online_url_sealed is not None,
        "was_published": event.published_at is not None,
        "is_draft": event.status is Status.DRAFT,
        "is_cancelled": event.status is Status.CANCELLED,
    }
