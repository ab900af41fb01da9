"""The door in the workspace: links for phones, how they are doing, who is here; helpers with an account."""

from typing import Any, Final

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain.event import EventRecord, OccurrenceRecord
from cag_events.domain.texts import pick
from cag_events.door import services
from cag_events.door.forms import HelpersForm, LinkForm, choices
from cag_events.door.queries import list_devices, list_helpers, list_presses, standing_of
from cag_events.door.views.blueprint import bp
from cag_events.door.wording import OUTCOME, REASON, WHAT
from cag_events.events import reading
from cag_events.events.cards import title_of
from cag_events.events.queries import get_record_of, get_view
from cag_events.events.tabs import tabs_of
from cag_events.permissions import Permission
from cag_events.registrations.queries import list_segments
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.dates import span_text
from cag_events.web.gate import whole_number
from cag_events.web.language import current_language
from cag_events.web.templating import absolute

NEW: Final = "new_door"  # in the session: the link that is shown once


@bp.get("/<lang>/organise/events/<key>/door")
@needs(Permission.ATTENDEES_EDIT)
def desk(key: str) -> ResponseReturnValue:
    """See who is here, and the phones at the door."""
    record = get_record_of(key)
    return _page(record, _link_form(record), _helpers_form(record))


@bp.post("/<lang>/organise/events/<key>/door")
@needs(Permission.ATTENDEES_EDIT)
def make_link(key: str) -> ResponseReturnValue:
    """Give a phone a link."""
    record = get_record_of(key)
    form = _link_form(record)
    if form.validate():
        with form.refusals():
            part = whole_number(str(form.occurrence.data), 0)
            token = services.make_link(record.id, part, str(form.name.data), by=actor())
            session[NEW] = [record.id, token]
            return redirect(url_for(".desk", key=key, occurrence=part, _anchor="new-link"), 303)
    return _page(record, form, _helpers_form(record)), 422


@bp.post("/<lang>/organise/events/<key>/door/links/<row_id>/end")
@needs(Permission.ATTENDEES_EDIT)
def end_link(key: str, row_id: str) -> ResponseReturnValue:
    """End a phone's link at once."""
    services.end_link(get_record_of(key).id, row_id, by=actor())
    flash(_("The link is dead. The phone empties itself when it is next in touch."), "ok")
    return redirect(url_for(".desk", key=key), 303)


@bp.post("/<lang>/organise/events/<key>/door/helpers")
@needs(Permission.ATTENDEES_EDIT)
def assign(key: str) -> ResponseReturnValue:
    """Say which check-in accounts may open the doors of this event."""
    record = get_record_of(key)
    form = _helpers_form(record)
    if not form.validate():
        return _page(record, _link_form(record), form), 422
    chosen = frozenset(whole_number(value, 0) for value in form.helpers.data or [])
    services.assign(record.id, chosen, by=actor())
    flash(_("The helpers are saved."), "ok")
    return redirect(url_for(".desk", key=key, _anchor="helpers-with-account"), 303)


def part_of(record: EventRecord, wanted: str | None) -> OccurrenceRecord | None:
    """The date that is looked at: the chosen one, else the one going on or next, else the last."""
    chosen = whole_number(wanted, 0)
    parts = sorted(record.living, key=lambda one: (one.starts_at, one.id))
    found = [one for one in parts if one.id == chosen] or [one for one in parts if one.ends_at > clock.now()][:1]
    return next(iter(found or parts[-1:]), None)


def part_links(record: EventRecord, endpoint: str, current: OccurrenceRecord | None) -> list[tuple[str, str, bool]]:
    """Label and address of the same page for each date, where there are several."""
    if len(record.living) < 2:
        return []
    return [(_span(one), url_for(endpoint, key=record.key, occurrence=one.id), one is current) for one in record.living]


def _span(one: OccurrenceRecord) -> str:
    return span_text(one.starts_wall, one.ends_wall, year=False)


def _link_form(record: EventRecord) -> LinkForm:
    form = LinkForm()
    part = part_of(record, request.args.get("occurrence"))
    form.occurrence.choices = choices([(str(one.id), _span(one)) for one in record.living])
    if part is not None and not form.is_submitted():
        form.occurrence.data = str(part.id)
    return form


def _helpers_form(record: EventRecord) -> HelpersForm:
    known = list_helpers(record.id)
    form = HelpersForm() if request.endpoint == "door.assign" else HelpersForm(formdata=None)
    form.helpers.choices = choices([(str(account_id), name) for account_id, name, _is in known])
    if request.endpoint != "door.assign":
        form.helpers.data = [str(account_id) for account_id, _name, is_assigned in known if is_assigned]
    return form


def _page(record: EventRecord, form: LinkForm, helpers: HelpersForm) -> str:
    part = part_of(record, request.args.get("occurrence"))
    link, code = _new_link(record)
    spans = {one.id: _span(one) for one in record.occurrences}
    return render_template(
        "door/desk.html",
        record=record,
        title=title_of(get_view(record.key, actor().viewer), reading.reader()),
        event_tabs=tabs_of(record, actor()),
        part=part,
        part_links=part_links(record, ".desk", part),
        standing=standing_of(record.id, part.id) if part else None,
        segments={one.key: pick(one.name, current_language()).text for one in list_segments()},
        devices=list_devices(record.id),
        spans=spans,
        presses=_presses(part),
        form=form,
        helpers=helpers,
        link=link,
        code=code,
    )


def _new_link(record: EventRecord) -> tuple[str, str]:
    """Address and QR code of the link that was just made; shown once."""
    shown = session.pop(NEW, None) if request.method == "GET" else None
    if not shown or shown[0] != record.id:
        return "", ""
    import segno  # noqa: PLC0415 (only for the code)

    link = absolute(url_for(".phone", token=shown[1], lang=current_language()))
    return link, segno.make(link, error="m").svg_data_uri(border=2, dark="#1c1b1f", light="#ffffff", omitsize=True)


def _presses(part: OccurrenceRecord | None) -> list[dict[str, Any]]:
    return [
        {
            "at": one.at,
            "by": one.by,
            "what": _(WHAT[one.what]),
            "code": one.code,
            "people": one.people,
            "outcome": one.outcome.value,
            "said": _(REASON[one.reason]) if one.reason else _(OUTCOME[one.outcome]),
        }
        for one in (list_presses(part.id) if part else [])
    ]
