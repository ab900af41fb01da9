"""The blueprint of the room's pages, and what they have in common."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cag_events import clock
from cag_events.audit.services import Fact
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import EventView, OccurrenceRecord
from cag_events.domain.labels import last_first
from cag_events.domain.texts import pick
from cag_events.events.queries import get_view
from cag_events.events.tabs import tabs_of
from cag_events.lists.forms import ListForm
from cag_events.lists.queries import Person
from cag_events.lists.reasons import keep_reason, reason_of
from cag_events.lists.services import check_reason, needs_reason, note_taken
from cag_events.web import throttle
from cag_events.web.actor import actor
from cag_events.web.dates import sort_key
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language

bp = Blueprint("lists", __name__)


def for_team(key: str) -> EventView:
    """Return an event for a page of the workspace, which asks for its permission itself. Raises NotFound."""
    return get_view(key, actor().viewer, clock.now())


def around(view: EventView) -> dict[str, Any]:
    """What every page of the room prints."""
    return {"view": view, "title": pick(view.title, current_language()), "event_tabs": tabs_of(view, actor())}


def form_page(form: ListForm, view: EventView, template: str, **more: Any) -> str:
    """Return the page with a list's form."""
    return render_template(template, form=form, is_guarded=needs_reason(view), **around(view), **more)


def sent(form: ListForm, view: EventView, result: str, template: str, **more: Any) -> ResponseReturnValue:
    """Answer to a list's form: lead to the list, with the reason kept; or show what is to be mended."""
    if form.validate():
        try:
            reason = check_reason(view, (form.reason.data or "") if needs_reason(view) else "")
        except Refused as refused:
            form.refuse(refused)
        else:
            keep_reason(view, reason)
            return redirect(url_for(result, key=view.key, _external=False, **form.query), 303)
    return form_page(form, view, template, **more), 422


def prefilled() -> dict[str, Any]:
    """Return what a list's address chooses, to fill its form in."""
    return {name: request.args[name] for name in request.args if name != "who"}


def taken(view: EventView, what: str, **facts: Fact) -> None:
    """Count and log that a list is printed or taken along; called before anything is printed of it."""
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    note_taken(view.id, what, facts, by=actor(), reason=reason_of(view))


def occurrence_of(view: EventView) -> OccurrenceRecord | None:
    """Return the date that the address names; None: all of them. Raises NotFound for one that is not the event's."""
    text = request.args.get("occurrence", "")
    if not text:
        return view.living[0] if len(view.living) == 1 else None
    number = whole_number(text, 0)
    for one in view.occurrences:
        if one.id == number:
            return one
    raise NotFound(text)


def named(view: EventView, what: str) -> str:
    """Return a file's name: with the event's key, but for a guarded event."""
    return what if needs_reason(view) else f"{what}-{view.key}"


def dates_of(occurrence: OccurrenceRecord | None) -> Mapping[str, Fact]:
    """Return the fact of how many dates a list is of."""
    return {"dates": 1} if occurrence and request.args.get("occurrence") else {}


def in_order(people: Iterable[Person], sort: str) -> list[Person]:
    """Return people by first or last name; those without a name after the party's contact, last of all alone."""
    if sort == "last":
        return sorted(people, key=lambda one: (*map(sort_key, last_first(one.name or one.contact)), one.position))
    return sorted(people, key=lambda one: (sort_key(one.name or one.contact), one.position))
