"""What the hearings room adds to pages, files and daily work that are not its own."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from cag_events.domain import when
from cag_events.domain.errors import N_
from cag_events.domain.event import EventRecord, EventView
from cag_events.domain.hearing import Slot
from cag_events.domain.texts import pick
from cag_events.events.extensions import Block, Extension, OwnVisit, PassKind, Section, Tab, Todo
from cag_events.hearings import files, rules
from cag_events.hearings.queries import (
    count_asking,
    count_uncleared,
    find_slot_of,
    find_submission_of,
    has_published,
    holding,
    overdue_by_event,
)
from cag_events.hearings.record import CommitmentInFiles, RecordInFiles
from cag_events.hearings.services.retention import delete_due, erase
from cag_events.hearings.wording import SLOTS
from cag_events.permissions import Actor, Permission, may
from cag_events.web.language import current_language


def on_page(view: EventView, now: datetime) -> Block | None:
    """Say how one gets to speak and to write, and where the record is."""
    if not view.details:
        return None
    is_over = view.ends_at is not None and now >= view.ends_at
    places, written = 0 if is_over else rules.places_of(view), rules.window(view)
    published = has_published(view.id)
    if not places and written is None and not published:
        return None
    return Block(
        "hearings/_on_page.html",
        {
            "places": places,
            "rules": rules.session_of(view),
            "asking_ends": rules.asking_ends(view),
            "can_ask": rules.speaking_obstacle(view, now) is None,
            "window": written,
            "takes": rules.takes_submissions(view, now),
            "record": published,
        },
    )


def on_own_page(visit: OwnVisit) -> Block | None:
    """Say how one's wish to speak stands, and lead to the submission."""
    view = visit.view
    slot = find_slot_of(visit.registration_id)
    can_ask = visit.is_confirmed and rules.speaking_obstacle(view, visit.now) is None
    sent = find_submission_of(visit.registration_id)
    takes = visit.is_confirmed and rules.takes_submissions(view, visit.now)
    published = has_published(view.id)
    if slot is None and sent is None and not (can_ask or takes or published):
        return None
    return Block(
        "hearings/_on_own_page.html",
        {
            "slot_words": _(SLOTS[slot.status]) if slot else "",
            "is_declined": slot is not None and slot.status is Slot.DECLINED,
            "can_ask": can_ask,
            "takes": takes,
            "has_sent": sent is not None,
            "record": published,
        },
    )


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """What hearings ask for: answers to those who would speak, submissions to look through, kept promises."""
    ids = [record.id for record in records]
    if may(actor, Permission.ATTENDEES_EDIT):
        yield from _waiting(ids, {record.id: record.key for record in records})
    if may(actor, Permission.EVENT_EDIT):
        yield from _overdue(records, now)


def _waiting(ids: Sequence[int], keys: dict[int, str]) -> Iterator[Todo]:
    for event_id, number in count_asking(ids).items():
        yield Todo(
            event_id=event_id,
            text=ngettext("%(num)s person asks to speak", "%(num)s people ask to speak", number),
            url=url_for("hearings.speakers", key=keys[event_id]),
        )
    for event_id, number in count_uncleared(ids).items():
        yield Todo(
            event_id=event_id,
            text=ngettext("%(num)s submission to look through", "%(num)s submissions to look through", number),
            url=url_for("hearings.submissions", key=keys[event_id]),
        )


def _overdue(records: Sequence[EventRecord], now: datetime) -> Iterator[Todo]:
    known = {record.id: record for record in records}
    today = when.day_of(now, when.HOME)
    for event_id, rows in overdue_by_event(today).items():
        if event_id not in known:
            continue
        for row in rows:
            yield Todo(
                event_id=event_id,
                text=_("Promised and not kept: %(what)s", what=_short(pick(row.what, current_language()).text)),
                url=url_for("hearings.commitment", key=known[event_id].key, row_id=row.row_id),
                due_on=row.due_on,
                is_late=True,
            )


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:89].rstrip() + "…"


def watching(now: datetime) -> frozenset[int]:
    """Return the events whose promises should have been kept by now, however long ago they were."""
    return frozenset(overdue_by_event(when.day_of(now, when.HOME)))


EXTENSION = Extension(
    room="hearings",
    kinds=frozenset({"hearing"}),
    on_page=on_page,
    on_own_page=on_own_page,
    tabs=(
        Tab(
            label=N_("Speakers"),
            endpoint="hearings.speakers",
            permission=Permission.ATTENDEES_SEE,
            also=("hearings.move", "hearings.decide"),
        ),
        Tab(
            label=N_("Submissions"),
            endpoint="hearings.submissions",
            permission=Permission.ATTENDEES_SEE,
            also=("hearings.read_submission",),
        ),
        Tab(
            label=N_("Record"),
            endpoint="hearings.edit_record",
            permission=Permission.EVENT_EDIT,
            also=("hearings.publishing",),
        ),
        Tab(
            label=N_("Commitments"),
            endpoint="hearings.commitments",
            permission=Permission.EVENT_EDIT,
            also=("hearings.commitment", "hearings.new_commitment"),
        ),
    ),
    passes=(
        PassKind(
            purpose="chair",
            label=N_("The chair's page"),
            hint=N_("Shows who speaks and who is next, and runs the clock. For the chair's phone."),
            endpoint="hearings.chair",
            permission=Permission.ATTENDEES_EDIT,
        ),
        PassKind(
            purpose="panel",
            label=N_("The panel's reading list"),
            hint=N_("The cleared submissions that the panel may read, until a month after the hearing."),
            endpoint="hearings.panel",
            hours_after=30 * 24,
            permission=Permission.ATTENDEES_EDIT,
        ),
    ),
    todos=todos,
    watching=watching,
    sections=(
        Section(name="record", content=RecordInFiles, read=files.read_records, store=files.store_record),
        Section(
            name="commitments",
            content=tuple[CommitmentInFiles, ...],
            read=files.read_commitments,
            store=files.store_commitments,
        ),
    ),
    delete_due=delete_due,
    holding=holding,
    erase=erase,
)
