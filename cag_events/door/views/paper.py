"""The list on paper for those who prefer it, and the page by which it is typed in afterwards."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events import clock
from cag_events.audit.services import record_reading
from cag_events.db import new_row_id
from cag_events.domain.doors import Outcome, Press, State
from cag_events.domain.errors import NotFound
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.texts import pick
from cag_events.door import services
from cag_events.door.forms import TypeInForm, read_codes
from cag_events.door.queries import Guest, list_guests, standing_of
from cag_events.door.services import Action
from cag_events.door.services.actions import MOST_AT_ONCE
from cag_events.door.views.blueprint import bp
from cag_events.door.views.desk import part_links, part_of
from cag_events.door.wording import REASON, phone_texts
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.queries import get_record_of, get_view
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission
from cag_events.registrations.queries import list_segments
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language


@bp.get("/<lang>/organise/events/<key>/door/paper")
@needs(Permission.ATTENDEES_SEE)
def paper(key: str) -> ResponseReturnValue:
    """Print the list for the door: no more on it than a helper's phone shows."""
    record, part = _asked(key)
    record_reading("paper.printed", by=actor(), event_id=record.id)
    guests = _seated(record, part)
    return render_template(
        "door/paper.html",
        record=record,
        title=title_of(get_view(record.key, actor().viewer), reading.reader()),
        part=part,
        part_links=part_links(record, ".paper", part),
        guests=guests,
        people=sum(one.party for one in guests),
        segments={one.key: pick(one.name, current_language()).text for one in list_segments()},
        back=(url_for(".desk", key=key, occurrence=part.id), _("Door")),
    )


@bp.get("/<lang>/organise/events/<key>/door/type-in")
@needs(Permission.ATTENDEES_EDIT)
def type_in(key: str) -> ResponseReturnValue:
    """Type in who came, from the list on paper."""
    record, part = _asked(key)
    return _page(record, part, TypeInForm())


@bp.post("/<lang>/organise/events/<key>/door/type-in")
@needs(Permission.ATTENDEES_EDIT)
def take_typed(key: str) -> ResponseReturnValue:
    """Count everybody whose code was typed as here; codes that are wrong stay in the field."""
    record, part = _asked(key)
    form = TypeInForm()
    if not form.validate():
        return _page(record, part, form), 422
    now = clock.now()
    results = []
    codes = read_codes(str(form.codes.data))
    for start in range(0, len(codes), MOST_AT_ONCE):
        actions = [
            Action(client_id=new_row_id(), what=Press.ARRIVE, who=code, at=now)
            for code in codes[start : start + MOST_AT_ONCE]
        ]
        results += services.take(record.id, part.id, actions, by=actor())
    done = sum(one.outcome is not Outcome.REFUSED for one in results)
    flash(ngettext("%(num)s party is here.", "%(num)s parties are here.", done), "ok" if done else "warn")
    wrong = [(code, one) for code, one in zip(codes, results) if one.outcome is Outcome.REFUSED]
    if not wrong:
        return redirect(url_for(".type_in", key=key, occurrence=part.id), 303)
    form.codes.data = "\n".join(code for code, _one in wrong)
    form.codes.errors = [_("%(code)s: %(why)s.", code=code, why=_(REASON[one.reason])) for code, one in wrong[:10]]
    return _page(record, part, form), 422


def _asked(key: str) -> tuple[EventRecord, OccurrenceRecord]:
    """The event and the date that the address is about. Raises NotFound where it has none."""
    record = get_record_of(key)
    part = part_of(record, request.args.get("occurrence"))
    if part is None:
        raise NotFound(key)
    return record, part


def _seated(record: EventRecord, part: OccurrenceRecord) -> list[Guest]:
    return [one for one in list_guests(record.id, part.id) if one.state is State.SEAT]


def _page(record: EventRecord, part: OccurrenceRecord, form: TypeInForm) -> str:
    guests: list[list[Any]] = [[one.code, one.name, one.party, one.here] for one in _seated(record, part)]
    return render_template(
        "door/type_in.html",
        record=record,
        title=title_of(get_view(record.key, actor().viewer), reading.reader()),
        event_tabs=tabs_of(record, actor()),
        part=part,
        part_links=part_links(record, ".type_in", part),
        form=form,
        guests=guests,
        standing=standing_of(record.id, part.id),
        texts=phone_texts(),
    )
