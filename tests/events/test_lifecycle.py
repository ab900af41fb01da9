"""The life of an event: published through the gate, postponed, cancelled, withdrawn; what is noted of it."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask

from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused, Stale
from cag_events.domain.lifecycle import Status
from cag_events.events.drafts import fields_of, list_revisions
from cag_events.events.fields import EventFields
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.events.services import (
    cancel_event,
    edit_event,
    plan_event,
    postpone_event,
    publish_event,
    withdraw_event,
)
from tests.events.given import EDITOR, ORGANIZER, facts, names, new_fields, whole_fields
from tests.factories import make_event


def moved_to(event_id: int, starts: datetime) -> EventFields:
    event = db.session.get(Event, event_id)
    assert event is not None
    asked = fields_of(event)
    (item,) = asked.occurrences
    return replace(asked, occurrences=(replace(item, starts_wall=starts, ends_wall=starts.replace(hour=20)),))


def test_publish_shows_a_whole_draft(any_ctx: Flask) -> None:
    event = plan_event(whole_fields(), by=EDITOR)

    with facts() as heard:
        publish_event(event.id, version=1, by=ORGANIZER)

    assert get_record(event.id).status is Status.PUBLISHED
    assert names(heard) == ["event.changed", "event.published"]
    assert [(row.version, row.revision, row.what) for row in list_revisions(event.id)] == [
        (2, 1, "published"),
        (1, 0, "created"),
    ]


def test_publish_refuses_a_draft_that_lacks_what_it_must_have(app_ctx: Flask) -> None:
    event = plan_event(new_fields(), by=EDITOR)

    with pytest.raises(Refused) as refused:
        publish_event(event.id, version=1, by=ORGANIZER)

    assert (refused.value.code, refused.value.facts) == ("event.not_ready", {"count": 3})
    assert get_record(event.id).status is Status.DRAFT


def test_publish_is_not_for_editors(app_ctx: Flask) -> None:
    event = plan_event(whole_fields(), by=EDITOR)

    with pytest.raises(NotAllowed):
        publish_event(event.id, version=1, by=EDITOR)


def test_publish_raises_stale_where_the_draft_was_changed_meanwhile(app_ctx: Flask) -> None:
    event = plan_event(whole_fields(), by=EDITOR)
    edit_event(event.id, whole_fields(key=event.key, title={"sv": "Annat"}), version=1, by=EDITOR)

    with pytest.raises(Stale):
        publish_event(event.id, version=1, by=ORGANIZER)


def test_publish_of_a_postponed_event_asks_for_its_new_date(app_ctx: Flask) -> None:
    event = make_event()
    postpone_event(event.id, version=1, by=ORGANIZER)

    with pytest.raises(Refused) as refused:
        publish_event(event.id, version=2, by=ORGANIZER)

    assert refused.value.code == "event.same_date"


def test_publish_of_a_postponed_event_tells_the_new_date_once(any_ctx: Flask) -> None:
    event = make_event()
    postpone_event(event.id, version=1, by=ORGANIZER)
    with facts() as while_postponed:
        edit_event(event.id, moved_to(event.id, datetime(2027, 1, 14, 18)), version=2, by=ORGANIZER)

    with facts() as heard:
        publish_event(event.id, version=3, by=ORGANIZER)

    assert names(while_postponed) == ["event.changed"]
    assert heard[-1] == ("event.moved", {"event_id": event.id, "what": ["when"], "before": 2, "after": 4})


def test_postpone_keeps_the_event_visible(any_ctx: Flask) -> None:
    event = make_event()

    with facts() as heard:
        postpone_event(event.id, version=1, by=ORGANIZER)

    assert get_record(event.id).status is Status.POSTPONED
    assert names(heard) == ["event.changed", "event.postponed"]


def test_cancel_keeps_the_reason_in_each_language(any_ctx: Flask) -> None:
    event = make_event()

    with facts() as heard:
        cancel_event(event.id, {"sv": "Sjukdom.", "en": ""}, version=1, by=ORGANIZER)

    record = get_record(event.id)
    assert (record.status, record.cancel_reason) == (Status.CANCELLED, {"sv": "Sjukdom."})
    assert record.cancelled_on == date(2026, 11, 21)
    assert names(heard) == ["event.changed", "event.cancelled"]


def test_cancel_refuses_a_draft(app_ctx: Flask) -> None:
    event = make_event(status=Status.DRAFT)

    with pytest.raises(Refused) as refused:
        cancel_event(event.id, {}, version=1, by=ORGANIZER)

    assert refused.value.code == "event.move"


def test_withdraw_makes_it_a_draft_and_tells_nobody(any_ctx: Flask) -> None:
    event = make_event()

    with facts() as heard:
        withdraw_event(event.id, version=1, by=ORGANIZER)

    assert get_record(event.id).status is Status.DRAFT
    assert names(heard) == ["event.changed", "event.withdrawn"]


@pytest.mark.parametrize("do", [postpone_event, withdraw_event])
def test_steps_are_not_for_editors(app_ctx: Flask, do: object) -> None:
    event = make_event()

    with pytest.raises(NotAllowed):
        do(event.id, version=1, by=EDITOR)  # type: ignore[operator]
