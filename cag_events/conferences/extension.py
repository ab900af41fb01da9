"""What the conferences room adds to pages, files and daily work that are not its own."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import ngettext

from cag_events.conferences.calendars import own_entries
from cag_events.conferences.clashes import clashes_of
from cag_events.conferences.items import programme_of
from cag_events.conferences.models import LetterWish
from cag_events.conferences.queries import (
    CHOSEN,
    SERVED,
    count_versions,
    events_with_wishes,
    find_version,
    read_items,
    shown_instead,
    sign_ups_of,
)
from cag_events.conferences.services import delete_due, erase
from cag_events.db import db
from cag_events.domain.errors import N_
from cag_events.domain.event import Aspect, EventRecord, EventView
from cag_events.domain.lifecycle import SHOWN
from cag_events.domain.programme import changes
from cag_events.domain.seats import LIVE
from cag_events.events.extensions import Block, Extension, OwnVisit, Tab, Todo
from cag_events.kinds import details_of
from cag_events.kinds.conference import settled
from cag_events.permissions import Actor, Permission, may


def _on_page(view: EventView, _now: datetime) -> Block | None:
    """Say which version of the programme it is, once there is more than one."""
    if Aspect.PROGRAMME in view.hidden or not view.details.get("programme"):
        return None
    if count_versions(view.id) < 2:
        return None
    newest = find_version(view.id)
    if newest is None:
        return None
    return Block("conferences/_on_page.html", {"number": newest.number, "published_at": newest.published_at})


def _on_own_page(visit: OwnVisit) -> Block | None:
    """Lead to one's own programme, and to the letter of invitation where there is one."""
    view = visit.view
    has_programme = visit.is_confirmed and Aspect.PROGRAMME not in view.hidden and bool(programme_of(view).programme)
    has_letters = view.registration.travel_support and visit.status in LIVE
    if not has_programme and not has_letters:
        return None
    mine = sign_ups_of(visit.registration_id)
    return Block(
        "conferences/_on_own_page.html",
        {
            "token": visit.token,
            "has_programme": has_programme,
            "chosen": sum(row.status in CHOSEN for row in mine.values()),
            "has_letters": has_letters,
            "wish": db.session.get(LetterWish, visit.registration_id) if has_letters else None,
        },
    )


def _todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """Programmes that differ from what visitors see."""
    if not may(actor, Permission.EVENT_PUBLISH):
        return
    coming = [record for record in records if record.status in SHOWN and record.ends_at and record.ends_at > now]
    shown = shown_instead([record.id for record in coming])
    for record in coming:
        if record.id not in shown:
            continue
        published = read_items(shown[record.id]["programme"])
        if number := len(changes(published, settled(details_of(record), record))):
            yield Todo(
                event_id=record.id,
                text=ngettext(
                    "%(num)s change of the programme is not published",
                    "%(num)s changes of the programme are not published",
                    number,
                ),
                url=url_for("conferences.programme", key=record.key),
            )


EXTENSION = Extension(
    room="conferences",
    kinds=SERVED,
    on_page=_on_page,
    on_own_page=_on_own_page,
    tabs=(
        Tab(
            label=N_("Programme"),
            endpoint="conferences.programme",
            permission=Permission.EVENT_SEE,
            also=("conferences.publish", "conferences.item"),
        ),
        Tab(
            label=N_("Letters"),
            endpoint="conferences.letters",
            permission=Permission.ATTENDEES_SEE,
            wants=lambda record: record.registration.travel_support,
        ),
    ),
    todos=_todos,
    rules=clashes_of,
    delete_due=delete_due,
    holding=events_with_wishes,
    erase=erase,
    shown=shown_instead,
    own_entries=own_entries,
)
