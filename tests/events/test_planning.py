"""Planning: make, edit, duplicate, delete; revisions, keys, occurrences that stay."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from flask import Flask

from cag_events.db import db
from cag_events.domain.errors import NotAllowed, NotFound, Refused, Stale
from cag_events.domain.event import Mode, RegistrationMode, Visibility
from cag_events.domain.lifecycle import Status
from cag_events.domain.seating import Pool
from cag_events.events.drafts import fields_of, list_revisions, occurrences_of
from cag_events.events.fields import EventFields, PersonFields, from_snapshot, in_old_order, to_snapshot
from cag_events.events.models import Event
from cag_events.events.queries import find_new_key, find_record, get_record
from cag_events.events.services import delete_draft, duplicate_event, edit_event, plan_event
from tests.events.given import EDITOR, MEMBER, ORGANIZER, facts, names, new_fields, occurrence, whole_fields
from tests.factories import make_contact, make_event, make_online_venue, make_segment, make_theme, make_venue


def fields(event_id: int) -> EventFields:
    event = db.session.get(Event, event_id)
    assert event is not None
    return fields_of(event)


def test_plan_makes_a_draft_with_a_key_from_the_title(any_ctx: Flask) -> None:
    event = plan_event(new_fields(), by=EDITOR)

    record = find_record("vatten-pa-gang")
    assert record is not None
    assert (record.id, record.status, record.version) == (event.id, Status.DRAFT, 1)
    assert [(row.version, row.what) for row in list_revisions(event.id)] == [(1, "created")]


def test_plan_refuses_a_member(app_ctx: Flask) -> None:
    with pytest.raises(NotAllowed):
        plan_event(new_fields(), by=MEMBER)


def test_plan_refuses_an_event_without_a_title(app_ctx: Flask) -> None:
    with pytest.raises(Refused) as refused:
        plan_event(new_fields(title={"sv": ""}), by=EDITOR)

    assert (refused.value.code, refused.value.field) == ("event.no_title", "title")


def test_plan_takes_the_next_number_where_the_key_is_taken(app_ctx: Flask) -> None:
    plan_event(new_fields(), by=EDITOR)

    assert plan_event(new_fields(), by=EDITOR).key == "vatten-pa-gang-2"


def test_plan_makes_a_random_key_where_the_event_is_not_public(app_ctx: Flask) -> None:
    event = plan_event(new_fields(visibility=Visibility.PRIVATE), by=EDITOR)

    assert len(event.key) == 16
    assert "vatten" not in event.key


def test_plan_keeps_every_field(any_ctx: Flask) -> None:
    theme, sub = make_theme("environment"), make_theme("water", parent=make_theme("environment"))
    asked = whole_fields(
        summary={"sv": "Kort", "en": "Short"},
        themes=(theme.key, sub.key),
        segments=(make_segment().key,),
        people=(PersonFields(who=make_contact("alva").key, role="speaker"),),
        languages=("sv", "ru"),
        registration_mode=RegistrationMode.OPEN,
        capacity=40,
        pools=(Pool(segment="students", seats=10, release_hours=24),),
        ask=("needs", "diet"),
        levels={"location": "registered"},
        min_age=13,
        details={"lecture": {"speakers": []}},
    )

    event = plan_event(asked, by=EDITOR)

    kept = fields(event.id)
    stays = [replace(item, id=None) for item in kept.occurrences]
    assert replace(kept, key="", occurrences=tuple(stays)) == asked


def test_plan_gives_an_online_event_the_online_venue(app_ctx: Flask) -> None:
    online = make_online_venue()

    event = plan_event(new_fields(mode=Mode.ONLINE), by=EDITOR)

    assert fields(event.id).venue == online.key


def test_plan_keeps_the_online_room_encrypted(app_ctx: Flask) -> None:
    event = plan_event(new_fields(mode=Mode.ONLINE), online_url="https://meet.example.org/secret", by=EDITOR)

    row = db.session.get(Event, event.id)
    assert row is not None
    assert row.online_url == "https://meet.example.org/secret"
    assert b"secret" not in (row.online_url_sealed or b"")
    assert "meet.example.org" not in str([r.fields for r in list_revisions(event.id)])


@pytest.mark.parametrize(
    ("starts", "code"),
    [("2027-03-28T02:30", "when.gap"), ("2027-10-31T02:30", "when.doubled")],
)
def test_plan_refuses_at_the_field_a_time_that_the_clocks_skip_or_double(
    app_ctx: Flask, starts: str, code: str
) -> None:
    asked = whole_fields(occurrences=(occurrence(starts, starts[:11] + "05:00"),))

    with pytest.raises(Refused) as refused:
        plan_event(asked, by=EDITOR)

    assert (refused.value.code, refused.value.field) == (code, "occurrences.0.start")


def test_plan_makes_the_later_dates_of_a_weekly_rule(app_ctx: Flask) -> None:
    rule = "FREQ=WEEKLY;COUNT=3"
    series = occurrence("2027-03-16T18:00", "2027-03-16T20:00", rrule=rule)

    event = plan_event(whole_fields(occurrences=(series,)), by=EDITOR)

    rows = occurrences_of(event.id)
    assert [row.starts_wall for row in rows] == ["2027-03-16T18:00", "2027-03-23T18:00", "2027-03-30T18:00"]
    assert [row.starts_at.hour for row in rows] == [17, 17, 16]
    assert [(row.rrule, row.series_of) for row in rows] == [(rule, None), (None, rows[0].id), (None, rows[0].id)]


def test_edit_saves_nothing_without_a_change(app_ctx: Flask) -> None:
    event = make_event()

    with facts() as heard:
        edit_event(event.id, fields(event.id), version=1, by=ORGANIZER)

    assert (get_record(event.id).version, names(heard)) == (1, [])


def test_edit_raises_stale_with_the_version_that_stands_now(any_ctx: Flask) -> None:
    event = make_event()
    first = fields(event.id)
    edit_event(event.id, replace(first, title={"sv": "Min"}), version=1, by=ORGANIZER)

    with pytest.raises(Stale) as refused:
        edit_event(event.id, replace(first, title={"sv": "Din"}), version=1, by=ORGANIZER)

    assert refused.value.current == 2
    assert get_record(event.id).title == {"sv": "Min"}


def test_edit_keeps_what_it_was_as_a_revision(app_ctx: Flask) -> None:
    event = make_event(title={"sv": "Förr"})

    edit_event(event.id, replace(fields(event.id), title={"sv": "Nu"}), version=1, by=ORGANIZER)

    kept = [(row.version, row.revision, row.what, row.fields and row.fields.title) for row in list_revisions(event.id)]
    assert kept == [(2, 2, "edited", {"sv": "Nu"}), (1, 1, "loaded", {"sv": "Förr"})]


def test_edit_raises_no_revision_of_a_draft(app_ctx: Flask) -> None:
    event = plan_event(new_fields(), by=EDITOR)

    edit_event(event.id, replace(fields(event.id), summary={"sv": "Kort"}), version=1, by=EDITOR)

    assert [(row.version, row.revision) for row in list_revisions(event.id)] == [(2, 0), (1, 0)]


def test_edit_keeps_the_uid_of_an_occurrence_that_moves(any_ctx: Flask) -> None:
    event = make_event(dates=["2026-12-03T18:00", "2026-12-10T18:00"])
    before = {row.id: row.uid for row in occurrences_of(event.id)}
    asked = fields(event.id)
    first, second = asked.occurrences
    moved = replace(first, starts_wall=datetime(2026, 12, 4, 18), ends_wall=datetime(2026, 12, 4, 19))
    added = occurrence("2026-12-17T18:00", "2026-12-17T19:00")

    edit_event(event.id, replace(asked, occurrences=(moved, second, added)), version=1, by=ORGANIZER)

    rows = occurrences_of(event.id)
    assert {row.id: row.uid for row in rows[:2]} == before
    assert [row.starts_wall for row in rows] == ["2026-12-04T18:00", "2026-12-10T18:00", "2026-12-17T18:00"]


def test_edit_keeps_a_series_whole_when_one_of_its_dates_moves(any_ctx: Flask) -> None:
    event = make_event(starts="2026-12-01T18:00", rrule="FREQ=WEEKLY;COUNT=3")
    asked = fields(event.id)
    first, second, third = asked.occurrences
    moved = replace(second, starts_wall=datetime(2026, 12, 9, 18), ends_wall=datetime(2026, 12, 9, 19))

    edit_event(event.id, replace(asked, occurrences=(first, moved, third)), version=1, by=ORGANIZER)

    rows = occurrences_of(event.id)
    assert [row.starts_wall for row in rows] == ["2026-12-01T18:00", "2026-12-09T18:00", "2026-12-15T18:00"]
    assert [(row.rrule, row.series_of) for row in rows] == [
        ("FREQ=WEEKLY;COUNT=3", None),
        (None, rows[0].id),
        (None, rows[0].id),
    ]


def test_edit_keeps_the_later_dates_when_the_first_of_a_draft_series_goes(any_ctx: Flask) -> None:
    event = make_event(starts="2026-12-01T18:00", rrule="FREQ=WEEKLY;COUNT=3", status=Status.DRAFT, published_at=None)
    asked = fields(event.id)

    edit_event(event.id, replace(asked, occurrences=asked.occurrences[1:]), version=1, by=ORGANIZER)

    assert [row.starts_wall for row in occurrences_of(event.id)] == ["2026-12-08T18:00", "2026-12-15T18:00"]


def test_edit_tells_that_a_published_event_moved(any_ctx: Flask) -> None:
    event = make_event()
    asked, other = fields(event.id), make_venue()
    (item,) = asked.occurrences
    later = replace(item, starts_wall=datetime(2026, 12, 3, 19), ends_wall=datetime(2026, 12, 3, 20))

    with facts() as heard:
        edit_event(
            event.id,
            replace(asked, occurrences=(later,), venue=other.key, room=None),
            version=1,
            by=ORGANIZER,
        )

    moved = {"event_id": event.id, "what": ["when", "where"], "before": 1, "after": 2}
    assert heard == [("event.changed", {"event_ids": [event.id]}), ("event.moved", moved)]


def test_edit_tells_nobody_that_a_draft_moved(app_ctx: Flask) -> None:
    event = make_event(status=Status.DRAFT)
    asked = fields(event.id)
    (item,) = asked.occurrences
    later = replace(item, starts_wall=datetime(2026, 12, 3, 19), ends_wall=datetime(2026, 12, 3, 20))

    with facts() as heard:
        edit_event(event.id, replace(asked, occurrences=(later,)), version=1, by=EDITOR)

    assert names(heard) == ["event.changed"]


def test_edit_tells_that_there_are_more_seats(app_ctx: Flask) -> None:
    event = make_event(capacity=10)

    with facts() as heard:
        edit_event(event.id, replace(fields(event.id), capacity=12), version=1, by=ORGANIZER)

    assert heard[-1] == ("event.capacity_changed", {"event_id": event.id})


def test_edit_lets_an_editor_mend_the_words_of_a_published_event(app_ctx: Flask) -> None:
    event = make_event()

    edit_event(event.id, replace(fields(event.id), summary={"sv": "Rätt"}), version=1, by=EDITOR)

    assert get_record(event.id).summary == {"sv": "Rätt"}


@pytest.mark.parametrize("change", [{"visibility": Visibility.UNLISTED}, {"mode": Mode.HYBRID}, {"key": "ny"}])
def test_edit_keeps_an_editor_from_what_those_who_come_are_told(app_ctx: Flask, change: dict[str, object]) -> None:
    event = make_event()

    with pytest.raises(Refused) as refused:
        edit_event(event.id, replace(fields(event.id), **change), version=1, by=EDITOR)

    assert refused.value.code == "event.needs_publisher"
    assert get_record(event.id).version == 1


def test_edit_refuses_a_cancelled_event(app_ctx: Flask) -> None:
    event = make_event(status=Status.CANCELLED)

    with pytest.raises(Refused) as refused:
        edit_event(event.id, replace(fields(event.id), title={"sv": "Nej"}), version=1, by=ORGANIZER)

    assert refused.value.code == "event.cancelled"


def test_edit_keeps_the_old_key_of_a_published_event_that_is_renamed(any_ctx: Flask) -> None:
    event = make_event(key="gammal")

    edit_event(event.id, replace(fields(event.id), key="ny"), version=1, by=ORGANIZER)

    assert (get_record(event.id).key, find_new_key("gammal")) == ("ny", "ny")


def test_edit_gives_an_event_its_old_key_back(app_ctx: Flask) -> None:
    event = make_event(key="gammal")
    edit_event(event.id, replace(fields(event.id), key="ny"), version=1, by=ORGANIZER)

    edit_event(event.id, replace(fields(event.id), key="gammal"), version=2, by=ORGANIZER)

    assert (get_record(event.id).key, find_new_key("ny"), find_new_key("gammal")) == ("gammal", "gammal", None)


@pytest.mark.parametrize("key", ["tagen", "new", "Å", "a b", "-x"])
def test_edit_refuses_a_key_that_is_taken_or_no_key(app_ctx: Flask, key: str) -> None:
    make_event(key="tagen")
    event = make_event()

    with pytest.raises(Refused) as refused:
        edit_event(event.id, replace(fields(event.id), key=key), version=1, by=ORGANIZER)

    assert refused.value.field == "key"


def test_edit_parks_the_details_of_the_kind_it_was_and_gives_them_back(app_ctx: Flask) -> None:
    hearing = {"hearing": {"id_required": True}}
    event = plan_event(new_fields(kind="hearing", details=hearing), by=EDITOR)

    edit_event(event.id, replace(fields(event.id), kind="lecture", details={}), version=1, by=EDITOR)

    row = db.session.get(Event, event.id)
    assert row is not None
    assert row.parked["hearing"]["hearing"]["id_required"] is True


def test_edit_keeps_a_capacity_below_the_room_as_typed(app_ctx: Flask) -> None:
    event = make_event(capacity=50)

    edit_event(event.id, replace(fields(event.id), capacity=3), version=1, by=ORGANIZER)

    assert get_record(event.id).registration.capacity == 3


def test_edit_of_an_unknown_event_raises_not_found(app_ctx: Flask) -> None:
    with pytest.raises(NotFound):
        edit_event(99, new_fields(), version=1, by=ORGANIZER)


def test_duplicate_shifts_all_dates_and_keeps_texts_and_settings(any_ctx: Flask) -> None:
    event = make_event(
        key="hosten",
        dates=["2026-12-03T18:00", "2026-12-10T18:00"],
        people=[(make_contact("bo"), "leader")],
        capacity=7,
    )

    copy = duplicate_event(event.id, first_on=date(2027, 4, 1), by=EDITOR)

    record = get_record(copy.id)
    assert [item.starts_wall for item in record.occurrences] == [datetime(2027, 4, 1, 18), datetime(2027, 4, 8, 18)]
    assert (record.status, record.registration.capacity, record.people[0].key) == (Status.DRAFT, 7, "bo")
    assert record.uid != get_record(event.id).uid


def test_duplicate_moves_the_run_of_an_exhibition(app_ctx: Flask) -> None:
    details = {"exhibition": {"from": "2026-12-01", "to": "2026-12-20"}}
    event = plan_event(new_fields(kind="exhibition", details=details), by=EDITOR)

    copy = duplicate_event(event.id, days=7, by=EDITOR)

    record = get_record(copy.id)
    assert (record.run_from, record.run_to) == (date(2026, 12, 8), date(2026, 12, 27))


def test_duplicate_keeps_the_rule_of_a_series(app_ctx: Flask) -> None:
    event = make_event(starts="2026-12-01T18:00", rrule="FREQ=WEEKLY;COUNT=3")

    copy = duplicate_event(event.id, days=28, by=EDITOR)

    rows = occurrences_of(copy.id)
    assert [row.starts_wall for row in rows] == ["2026-12-29T18:00", "2027-01-05T18:00", "2027-01-12T18:00"]
    assert rows[0].rrule == "FREQ=WEEKLY;COUNT=3"


def test_duplicate_asks_for_a_day(app_ctx: Flask) -> None:
    event = make_event()

    with pytest.raises(Refused) as refused:
        duplicate_event(event.id, by=EDITOR)

    assert (refused.value.code, refused.value.field) == ("event.shift", "first_on")


def test_delete_takes_a_draft_away(any_ctx: Flask) -> None:
    event = plan_event(new_fields(), by=EDITOR)

    delete_draft(event.id, version=1, by=EDITOR)

    assert find_record("vatten-pa-gang") is None


def test_delete_refuses_what_was_published(app_ctx: Flask) -> None:
    event = make_event(status=Status.DRAFT)

    with pytest.raises(Refused) as refused:
        delete_draft(event.id, version=1, by=ORGANIZER)

    assert refused.value.code == "event.not_draft"


def test_snapshot_gives_the_fields_back(app_ctx: Flask) -> None:
    asked = whole_fields(pools=(Pool(segment="students", seats=3),), levels={"map": "team"})

    assert from_snapshot(to_snapshot(asked)) == asked


def test_in_old_order_keeps_the_order_of_what_stays(app_ctx: Flask) -> None:
    assert in_old_order(["a", "b", "c"], ("c", "a", "x")) == ("c", "a", "b")
