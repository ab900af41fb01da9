"""What the studies room adds to pages, files and daily work that are not its own."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from cag_events import clock
from cag_events.domain import when
from cag_events.domain.errors import N_, Refused
from cag_events.domain.event import EventRecord, EventView
from cag_events.domain.lifecycle import Status
from cag_events.domain.study_hours import State
from cag_events.events.extensions import Block, Extension, OwnVisit, PassKind, Tab, Todo
from cag_events.events.queries import get_record
from cag_events.kinds import details_of
from cag_events.kinds.study_session import CIRCLE
from cag_events.permissions import Actor, Permission, may
from cag_events.studies import circle, services
from cag_events.studies.queries import MeetingRow, Sheet, holding, list_files, sheet_of, sheets_of, terms_of
from cag_events.studies.reading import readings_of
from cag_events.studies.terms import refusals
from cag_events.studies.wording import say_short
from cag_events.web import dates

LEADER = "leader"
ASKED_FOR = timedelta(days=30)  # so long *today* asks for the attendance of a meeting
APPROVAL_BEFORE = timedelta(days=60)


def on_page(view: EventView, _now: datetime) -> Block | None:
    """What there is to read, for everybody."""
    files = frozenset(row.name for row in list_files(view.id)) if view.details else frozenset()
    readings = list(readings_of(view, lambda name: url_for("studies.file", key=view.key, name=name), files))
    return Block("studies/_readings.html", {"readings": readings}) if readings else None


def on_own_page(visit: OwnVisit) -> Block | None:
    """What there is to read for somebody, how much they have come to, and their certificate."""
    view = visit.view
    files = frozenset(row.name for row in list_files(view.id))
    readings = list(readings_of(view, lambda name: url_for("studies.own_file", token=visit.token, name=name), files))
    sheet = sheet_of(get_record(view.id), visit.now)
    mine = next((one for one in sheet.parties if one.registration_id == visit.registration_id), None)
    attended = sum(row.part.id in mine.came_to for row in sheet.meetings) if mine else 0
    if not readings and not attended:
        return None
    values = {
        "readings": readings,
        "attended": attended,
        "over": sum(row.is_over and row.minutes > 0 for row in sheet.meetings),
        "hours": mine.hours if mine else 0,
        "certificate_url": url_for("studies.certificate", token=visit.token) if circle.has_reached(sheet, mine) else "",
    }
    return Block("studies/_own.html", values)


def rules(record: EventRecord, now: datetime) -> Iterator[Refused]:
    """The terms of funding that hold on the day on which it begins; they are data."""
    terms = terms_of(record, when.day_of(now, record.tz))
    if terms is not None:
        yield from refusals(record, details_of(record), terms)


def todos(records: Sequence[EventRecord], actor: Actor, now: datetime) -> Iterable[Todo]:
    """Attendance that is asked for, circles that fall short of their terms, leaders who are not approved."""
    shown = [record for record in records if record.status is Status.PUBLISHED]
    if not shown or not may(actor, Permission.COUNTS_SEE):
        return
    sheets = sheets_of(shown, now)
    for record in shown:
        sheet = sheets[record.id]
        if may(actor, Permission.ATTENDEES_EDIT):
            yield from _attendance(sheet, now)
        yield from _short(sheet)
        if may(actor, Permission.EVENT_EDIT):
            yield from _approval(sheet, now)


def _attendance(sheet: Sheet, now: datetime) -> Iterator[Todo]:
    today = when.day_of(now, sheet.record.tz)
    for row in sheet.meetings:
        if _is_asked_for(row, now) and any(party.is_coming for party in sheet.parties):
            day = row.part.starts_wall.date()
            yield Todo(
                event_id=sheet.record.id,
                text=_(
                    "Take attendance of meeting %(number)s, %(day)s",
                    number=row.number,
                    day=dates.day_text(day, year=False),
                ),
                url=url_for("studies.take", key=sheet.record.key, meeting=row.number),
                due_on=day,
                is_late=day < today - timedelta(days=1),
            )


def _is_asked_for(row: MeetingRow, now: datetime) -> bool:
    ended = row.part.ends_at
    return (
        ended <= now < ended + ASKED_FOR
        and row.minutes > 0
        and row.noted is None
        and row.taken_at is None
        and not row.participants
    )


def _short(sheet: Sheet) -> Iterator[Todo]:
    """A circle that will miss its terms, while one meeting is left or the last one is just over."""
    held = [row for row in sheet.meetings if not row.part.is_cancelled]
    left = [row for row in held if not row.is_over]
    meter, terms = sheet.meter, sheet.terms
    if meter is None or terms is None or meter.state is not State.SHORT or len(left) > 1:
        return
    last = held[-1] if held else None
    if last is None or (not left and clock.now() >= last.part.ends_at + ASKED_FOR):
        return
    yield Todo(
        event_id=sheet.record.id,
        text=_("The circle falls short of its terms: %(what)s", what=say_short(meter, terms)),
        url=url_for("studies.show", key=sheet.record.key),
        due_on=last.part.starts_wall.date(),
        is_late=not left,
    )


def _approval(sheet: Sheet, now: datetime) -> Iterator[Todo]:
    record, starts = sheet.record, sheet.record.starts_at
    if sheet.study.form != CIRCLE or sheet.study.leader_approval or starts is None or record.ends_at is None:
        return
    if starts - APPROVAL_BEFORE <= now < record.ends_at:
        yield Todo(
            event_id=record.id,
            text=_("Note the association's approval of the leader"),
            url=url_for("events.edit", key=record.key) + "#kind-study-leader_approval",
            due_on=when.day_of(starts, record.tz),
            is_late=now >= starts,
        )


EXTENSION = Extension(
    room="studies",
    kinds=frozenset({"study_session"}),
    on_page=on_page,
    on_own_page=on_own_page,
    tabs=(
        Tab(
            label=N_("Attendance"),
            endpoint="studies.show",
            permission=Permission.COUNTS_SEE,
            also=("studies.take", "studies.mark"),
        ),
        Tab(
            label=N_("Readings"),
            endpoint="studies.readings",
            permission=Permission.EVENT_EDIT,
            also=("studies.upload",),
        ),
    ),
    passes=(
        PassKind(
            purpose=LEADER,
            label=N_("Attendance, for the leader"),
            hint=N_("A page for the phone on which the leader marks who is here. It shows first names alone."),
            endpoint="studies.leader",
            hours_after=7 * 24,
            permission=Permission.ATTENDEES_EDIT,
        ),
    ),
    todos=todos,
    rules=rules,
    holding=holding,
    delete_due=services.delete_due,
    erase=services.erase,
    copy=services.copy_files,
)
