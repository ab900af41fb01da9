"""What an event was before: each saved version and what changed with it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from cag_events.domain.errors import N_
from cag_events.events.blueprint import bp
from cag_events.events.comparing import differences
from cag_events.events.drafts import get_event, list_revisions
from cag_events.events.editing import event_title
from cag_events.events.forms.choices import read_choices
from cag_events.events.reading import reader
from cag_events.permissions import Permission
from cag_events.web.access import needs

WHAT = {
    "created": N_("Created"),
    "clocks": N_("The clocks there were changed by law; the time on the spot stays"),
    "loaded": N_("As it was before its first change here"),
    "edited": N_("Edited"),
    "published": N_("Published"),
    "postponed": N_("Postponed"),
    "cancelled": N_("Cancelled"),
    "withdrawn": N_("Withdrawn from the programme"),
    "restored": N_("Undone: as it was before"),
}


@bp.get("/<lang>/organise/events/<key>/history")
@needs(Permission.EVENT_SEE)
def history(key: str) -> ResponseReturnValue:
    """Read who changed what, and when."""
    event = get_event(key)
    revisions = list_revisions(event.id)
    choices = read_choices()
    earlier = [*revisions[1:], None] if revisions else []
    versions = [
        {
            "revision": row,
            "what": WHAT.get(row.what, row.what),
            "changes": differences(before.fields, row.fields, choices)
            if before and before.fields and row.fields
            else [],
        }
        for row, before in zip(revisions, earlier, strict=True)
    ]
    return render_template(
        "events/history.html",
        event={"key": event.key, "title": event_title(event.title)},
        versions=versions,
        site_tz=reader().home,
    )
