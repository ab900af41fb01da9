"""Two people saved the same event: both versions side by side, one choice per field, nothing typed is lost."""

import json
from dataclasses import replace

import msgspec
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events import keyring
from cag_events.domain.errors import N_, Refused, Stale
from cag_events.events import services
from cag_events.events.blueprint import bp
from cag_events.events.comparing import changed, differences
from cag_events.events.drafts import fields_of, find_revision, get_event
from cag_events.events.editing import event_title
from cag_events.events.fields import EventFields, from_snapshot, to_snapshot
from cag_events.events.forms.choices import read_choices
from cag_events.events.models import Event
from cag_events.events.reading import reader
from cag_events.permissions import Permission
from cag_events.web.access import needs
from cag_events.web.actor import actor
from cag_events.web.errors import say
from cag_events.web.forms import Form
from cag_events.web.gate import whole_number

PURPOSE = "event-merge"


def conflict_page(
    event: Event, mine: EventFields, version: int, online_url: str | None, refused: Refused | None = None
) -> str:
    """Return the page that shows what was typed beside what stands now."""
    theirs = fields_of(event)
    earlier = find_revision(event.id, version)
    base = earlier.fields if earlier else None
    by_me = set(changed(base, mine)) if base else set(changed(theirs, mine))
    by_them = set(changed(base, theirs)) if base else set(changed(theirs, mine))
    rows = [
        {"difference": row, "both": row.name in by_me & by_them, "mine": row.name in by_me}
        for row in differences(theirs, mine, read_choices())
    ]
    carried = json.dumps(to_snapshot(mine), ensure_ascii=False, separators=(",", ":"))
    last = find_revision(event.id, event.version)
    return render_template(
        "events/conflict.html",
        form=Form(formdata=None),
        event={"key": event.key, "title": event_title(event.title), "version": event.version},
        rows=rows,
        mine=carried,
        signature=keyring.sign(carried, PURPOSE),
        online_url=online_url,
        base=version,
        who=last.by if last else "",
        saved_at=event.changed_at,
        problem=say(refused) if refused else "",
        site_tz=reader().home,
    )


@bp.post("/<lang>/organise/events/<key>/merge")
@needs(Permission.EVENT_EDIT)
def merge(key: str) -> ResponseReturnValue:
    """Save what was chosen of two versions."""
    event = get_event(key)
    carried = request.form.get("mine", "")
    if not keyring.is_signed(carried, request.form.get("signature", ""), PURPOSE):
        raise _unreadable()
    try:
        mine = from_snapshot(json.loads(carried))
    except (ValueError, msgspec.ValidationError) as fault:
        raise _unreadable() from fault
    seen, base = _number("version"), _number("base")
    online_url = request.form.get("online_url")
    theirs = fields_of(event)
    chosen = {name: getattr(mine, name) for name in changed(theirs, mine) if request.form.get(f"pick_{name}") == "mine"}
    merged = replace(theirs, **chosen)
    try:
        event = services.edit_event(event.id, merged, version=seen, online_url=online_url, by=actor())
    except Stale:
        return conflict_page(get_event(key), mine, base, online_url), 409
    except Refused as refused:
        return conflict_page(get_event(key), mine, base, online_url, refused), 422
    flash(_("Saved. Nothing of either version was lost."), "ok")
    return redirect(url_for(".edit", key=event.key), 303)


def _number(name: str) -> int:
    return whole_number(request.form.get(name), 0)


def _unreadable() -> Refused:
    return Refused("event.merge", N_("The page had been open for too long. Open the event and change it again."))
