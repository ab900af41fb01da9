"""Planning: make, edit, duplicate, delete; revisions, keys, occurrences that stay."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused, Stale
from cag_events.domain.event import Mode, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.events import records
from cag_events.events.drafts import fields_of, list_revisions, occurrences_of
from cag_events.events.fields import EventFields, OccurrenceFields
from cag_events.events.models import Event, EventOldKey, EventRecordRow
from cag_events.events.queries import find_record, get_record
from cag_events.events.services import delete_draft, duplicate_event, edit_event, plan_event
from cag_events.permissions import SYSTEM, Actor, Role
from tests.factories import make_event, make_theme, make_venue

EDITOR = Actor(role=Role.EDITOR)
ORGANIZER = Actor(role=Role.ORGANIZER)
MEMBER = Actor(role=Role.MEMBER)


def occurrence(start: str, end: str, **more: object) -> OccurrenceFields:
    return OccurrenceFields(starts_wall=datetime.fromisoformat(start), ends_wall=datetime.fromisoformat(end), **more)


def new_fields(**values: object) -> EventFields:
    """A lecture with a title in Swedish alone."""
    return replace(EventFields(kind="lecture", title={"sv": "Vatten på gång"}), **values)


def test_plan_makes_a_draft_with_a_key_from_the_title(any_ctx):
    event = plan_event(new_fields(), by=EDITOR)

    record = find_record("vatten-pa-gang")
    assert record is not None
    assert (record.id, record.status, record.version) == (event.id, Status.DRAFT, 1)
    assert [(row.version, row.what) for row in list_revisions(event.id)] == [(1, "created")]


def test_plan_refuses_a_member(app_ctx):
    with pytest.raises(NotAllowed):
        plan_event(new_fields(), by=MEMBER)


def test_edit_saves_nothing_without_a_change(app_ctx):
    event = make_event()

    edit_event(event.id, fields_of(event), version=1, by=ORGANIZER)

    assert get_record(event.id).version == 1
    assert list_revisions(event.id) == [] or [r.what for r in list_revisions(event.id)] == ["loaded"]


def test_edit_raises_stale_with_the_version_that_stands_now(any_ctx):
    event = make_event()
    first = fields_of(event)
    edit_event(event.id, replace(first, title={"sv": "Min"}), version=1, by=ORGANIZER)

    with pytest.raises(Stale) as refused:
        edit_event(event.id, replace(first, title={"sv": "Din"}), version=1, by=ORGANIZER)

    assert refused.value.current == 2
    assert get_record(event.id).title == {"sv": "Min"}
