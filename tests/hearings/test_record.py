"""Record and commitments: nothing is public before it is published; promises are followed up; files carry it."""

from datetime import date, timedelta

import msgspec
import pytest
from flask import Flask

from cag_events import clock
from cag_events.db import transaction
from cag_events.domain.errors import NotAllowed, Refused, Stale
from cag_events.domain.hearing import Level, Promise
from cag_events.events.queries import get_record
from cag_events.hearings import files, services
from cag_events.hearings.queries import (
    find_kept,
    find_public,
    list_commitment_changes,
    list_commitments,
    list_promised,
    list_submissions,
)
from cag_events.hearings.record import Answer, Record
from cag_events.hearings.services import NewCommitment
from cag_events.permissions import SYSTEM, Actor, Role
from tests.hearings.given import make_hearing, written

RECORD = Record(summary={"sv": "Kort"}, answers=(Answer(question=1, text={"sv": "Länge"}),))
EDITOR, ORGANIZER = Actor(role=Role.EDITOR), Actor(role=Role.ORGANIZER)
TODAY = date(2026, 11, 21)


def test_save_keeps_the_draft_apart_from_what_is_public(any_ctx: Flask) -> None:
    event = make_hearing()

    services.save_record(event.id, RECORD, version=0, by=EDITOR)
    assert find_public(get_record(event.id), TODAY) is None
    services.publish_record(event.id, by=ORGANIZER)
    services.save_record(event.id, Record(summary={"sv": "Nytt"}), version=1, by=EDITOR)

    kept, public = find_kept(event.id), find_public(get_record(event.id), TODAY)
    assert public is not None
    assert (kept.draft.summary, public.record) == ({"sv": "Nytt"}, RECORD)


def test_save_refuses_to_overwrite_and_editors_do_not_publish(app_ctx: Flask) -> None:
    event = make_hearing()
    services.save_record(event.id, RECORD, version=0, by=EDITOR)

    with pytest.raises(Stale):
        services.save_record(event.id, RECORD, version=0, by=EDITOR)
    with pytest.raises(NotAllowed):
        services.publish_record(event.id, by=EDITOR)


def test_publish_waits_for_the_embargo_and_for_something_to_say(app_ctx: Flask) -> None:
    event = make_hearing(details={"embargo_until": "2026-11-22"})

    with pytest.raises(Refused) as early:
        services.publish_record(event.id, by=SYSTEM)
    with clock.fixed(clock.now() + timedelta(days=1)):
        with pytest.raises(Refused) as empty:
            services.publish_record(event.id, by=SYSTEM)
        services.save_record(event.id, RECORD, version=find_kept(event.id).version, by=SYSTEM)
        services.publish_record(event.id, by=SYSTEM)

    assert [early.value.code, empty.value.code] == ["record.early", "record.empty"]
    assert find_kept(event.id).published == RECORD


def test_public_record_shows_submissions_from_their_day_and_cleared_commitments_alone(app_ctx: Flask) -> None:
    event = make_hearing()
    services.save_record(event.id, RECORD, version=0, by=SYSTEM)
    services.publish_record(event.id, by=SYSTEM)
    for level in Level:
        written(event.id, level, level.value, clear=True)
    written(event.id, Level.PUBLIC, "oläst")
    for number, cleared in enumerate((True, False)):
        services.save_commitment(
            event.id, None, NewCommitment(what={"sv": f"L{number}"}, is_cleared=cleared), by=SYSTEM
        )

    seen = {
        day: found and ([one.text for one in found.submissions], [one.what for one in found.commitments])
        for day in (TODAY + timedelta(days=1), TODAY + timedelta(days=2))
        if (found := find_public(get_record(event.id), day))
    }

    assert list(seen.values()) == [([], [{"sv": "L0"}]), (["public", "anonymous"], [{"sv": "L0"}])]


def test_withdraw_takes_the_record_back(app_ctx: Flask) -> None:
    event = make_hearing()
    services.save_record(event.id, RECORD, version=0, by=SYSTEM)
    services.publish_record(event.id, by=SYSTEM)

    services.withdraw_record(event.id, by=SYSTEM)

    assert find_public(get_record(event.id), TODAY) is None
    assert find_kept(event.id).draft == RECORD


def test_save_commitment_notes_standing_and_day_and_no_words(any_ctx: Flask) -> None:
    event = make_hearing()
    new = NewCommitment(what={"sv": "Svara"}, promised_by={"sv": "Myndigheten"}, due_on=date(2026, 11, 20))
    row_id = services.save_commitment(event.id, None, new, by=SYSTEM)

    later = NewCommitment(
        what={"sv": "Svara"}, due_on=date(2026, 12, 1), status=Promise.KEPT, evidence={"sv": "Brevet"}
    )
    services.save_commitment(event.id, row_id, later, version=1, by=SYSTEM)

    row = list_commitments(event.id)[0]
    assert [facts for _at, _who, facts in list_commitment_changes(row.id)] == [
        {
            "fields": ["due_on", "evidence", "promised_by", "status"],
            "status": ["open", "kept"],
            "due_on": ["2026-11-20", "2026-12-01"],
        },
        {"fields": [], "status": [None, "open"]},
    ]


def test_save_commitment_wants_evidence_of_what_was_kept_and_the_newest_version(app_ctx: Flask) -> None:
    event = make_hearing()
    row_id = services.save_commitment(event.id, None, NewCommitment(what={"sv": "Svara"}), by=SYSTEM)

    with pytest.raises(Refused) as bare:
        services.save_commitment(event.id, None, NewCommitment(what={}), by=SYSTEM)
    with pytest.raises(Refused) as unproven:
        kept = NewCommitment(what={"sv": "Svara"}, status=Promise.KEPT)
        services.save_commitment(event.id, row_id, kept, version=1, by=SYSTEM)
    with pytest.raises(Stale):
        services.save_commitment(event.id, row_id, NewCommitment(what={"sv": "Nej"}), version=0, by=SYSTEM)

    assert [bare.value.code, unproven.value.code] == ["commitment.what", "commitment.evidence"]


def test_save_commitment_by_an_editor_waits_to_be_cleared(app_ctx: Flask) -> None:
    event = make_hearing()
    cleared = NewCommitment(what={"sv": "Svara"}, is_cleared=True)
    row_id = services.save_commitment(event.id, None, cleared, by=ORGANIZER)
    assert len(list_promised(get_record(event.id))) == 1

    services.save_commitment(event.id, row_id, cleared, version=1, by=EDITOR)
    assert len(list_promised(get_record(event.id))) == 1
    changed = NewCommitment(what={"sv": "Något annat"}, is_cleared=True)
    services.save_commitment(event.id, row_id, changed, version=2, by=EDITOR)

    assert list_promised(get_record(event.id)) == []


def test_files_carry_record_commitments_and_public_submissions_and_nothing_else(any_ctx: Flask) -> None:
    event, other = make_hearing(), make_hearing(key="other", people=[])
    services.save_record(event.id, RECORD, version=0, by=SYSTEM)
    services.publish_record(event.id, by=SYSTEM)
    for level in Level:
        written(event.id, level, level.value, clear=True)
    written(event.id, Level.PUBLIC, "oläst")
    services.save_commitment(
        event.id, None, NewCommitment(what={"sv": "Svara"}, due_on=date(2026, 12, 1), is_cleared=True), by=SYSTEM
    )

    record, promised = files.read_records([event.id])[event.id], files.read_commitments([event.id])[event.id]
    from_json = _as_json(record), [_as_json(one) for one in promised]
    files_stored(other.id, *from_json)

    assert [one["text"] for one in record["submissions"]] == [{"sv": "public"}, {"sv": "anonymous"}]
    assert "Namn anonymous" not in str(record)
    assert files.read_records([other.id])[other.id] == record
    assert files.read_commitments([other.id])[other.id] == promised


def test_files_leave_alone_what_people_have_sent_in_here(app_ctx: Flask) -> None:
    event = make_hearing()
    mine = written(event.id, Level.PUBLIC, "min", clear=True)
    given = {
        "submissions": [{"key": mine.code, "text": {"sv": "en annan"}}, {"key": "fil", "text": {"sv": "från fil"}}]
    }

    files_stored(event.id, given, [])
    assert sorted((row.code, row.shown_text) for row in list_submissions(event.id)) == sorted(
        [(mine.code, "min"), ("fil", "från fil")]
    )
    files_stored(event.id, {"submissions": []}, [])

    assert [row.code for row in list_submissions(event.id)] == [mine.code]


def files_stored(event_id: int, record: dict[str, object], promised: list[dict[str, object]]) -> None:
    """Store what a file gives, within a writing unit, as a load does."""
    with transaction():
        files.store_record(event_id, record)
        files.store_commitments(event_id, promised)


def _as_json(value: object) -> dict[str, object]:
    return msgspec.json.decode(msgspec.json.encode(value))
