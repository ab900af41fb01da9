"""The programme and the lists of its items to take along."""

from collections.abc import Iterator
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cag_events.conferences.queries import Fullness, fullness_of
from cag_events.conferences.views.blueprint import bp
from cag_events.conferences.views.organise import conference, listed
from cag_events.domain.event import EventView
from cag_events.domain.texts import pick
from cag_events.kinds import details_of
from cag_events.kinds.conference import Conference, placed
from cag_events.permissions import Permission
from cag_events.web import throttle
from cag_events.web.access import confirmed, needs
from cag_events.web.actor import actor
from cag_events.web.language import current_language, languages
from cag_events.web.sheets import Cell, csv_answer, xlsx_answer


@bp.get("/<lang>/organise/events/<key>/programme.csv")
@needs(Permission.EVENT_SEE)
def programme_csv(key: str) -> ResponseReturnValue:
    """Take the programme along as CSV."""
    view = conference(key)
    return csv_answer(f"programme-{view.key}", columns(), rows(view))


@bp.get("/<lang>/organise/events/<key>/programme.xlsx")
@needs(Permission.EVENT_SEE)
def programme_xlsx(key: str) -> ResponseReturnValue:
    """Take the programme along as a workbook."""
    view = conference(key)
    return xlsx_answer(f"programme-{view.key}", columns(), rows(view), "programme")


@bp.get("/<lang>/organise/events/<key>/programme/<item>/print")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def item_list(key: str, item: str) -> ResponseReturnValue:
    """Print the list of an item."""
    view, found = _wanted(key, item)
    back = (url_for(".item", key=view.key, item=item), _("Back to the list"))
    return render_template("conferences/item_list.html", back=back, **found)


@bp.get("/<lang>/organise/events/<key>/programme/<item>.csv")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def item_csv(key: str, item: str) -> ResponseReturnValue:
    """Take the list of an item along as CSV."""
    view, head, cells = _list(key, item)
    return csv_answer(f"programme-{view.key}-{item}", head, cells)


@bp.get("/<lang>/organise/events/<key>/programme/<item>.xlsx")
@needs(Permission.ATTENDEES_EXPORT)
@confirmed
def item_xlsx(key: str, item: str) -> ResponseReturnValue:
    """Take the list of an item along as a workbook."""
    view, head, cells = _list(key, item)
    return xlsx_answer(f"programme-{view.key}-{item}", head, cells, "list")


def columns() -> list[str]:
    """Return the names of the columns: a title for each language of the site."""
    return [
        *("key", "day", "start", "end", "room", "track"),
        *(f"title_{code}" for code in languages()),
        *("people", "language", "interpreting", "break", "cancelled", "seats", "sign_up", "signed_up", "waiting"),
    ]


def rows(view: EventView) -> Iterator[list[Cell]]:
    """Yield a row for each item as the editor holds it, in order of time; names only those that may be named."""
    details: Conference = details_of(view)
    full = fullness_of(view.id)
    rooms = view.venue.rooms if view.venue else {}
    names = {person.key: person.name for person in view.people if person.named}
    for one in placed(details, view):
        item, held = one.item, full.get(one.key, Fullness())
        yield [
            one.key,
            one.starts_wall.date().isoformat(),
            f"{one.starts_wall:%H:%M}",
            f"{one.ends_wall:%H:%M}",
            rooms.get(item.room, item.room),
            item.track,
            *((item.title or {}).get(code, "") for code in languages()),
            ", ".join(names[who] for who in item.who if who in names),
            item.lang,
            ", ".join(item.interpreting),
            "yes" if item.break_ else "",
            "yes" if one.is_cancelled else "",
            item.capacity if item.capacity is not None else "",
            "yes" if item.sign_up else "",
            held.people,
            held.waiting,
        ]


def _wanted(key: str, item: str) -> tuple[EventView, dict[str, Any]]:
    throttle.spend((throttle.EXPORT_ACCOUNT, str(actor().account_id)))
    view = conference(key)
    return view, listed(view, item)


def _list(key: str, item: str) -> tuple[EventView, list[str], Iterator[list[Cell]]]:
    view, found = _wanted(key, item)
    title = pick(found["one"].item.title, current_language()).text
    cells: Iterator[list[Cell]] = (
        [title, row.name, row.code, row.people, "waiting" if row.is_waiting else ""] for row in found["people"]
    )
    return view, ["item", "name", "code", "people", "status"], cells
