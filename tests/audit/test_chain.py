"""The log's chain: written with the act, and broken by whatever is done to it behind its back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from cag_events import clock
from cag_events.audit import queries
from cag_events.audit.acts import ACTS
from cag_events.audit.models import AuditEntry
from cag_events.audit.queries import Wanted, list_entries, verify
from cag_events.audit.services import Thing, delete_due, forget, record, record_reading
from cag_events.db import db, transaction
from cag_events.permissions import ANONYMOUS, SYSTEM, Actor, Role
from tests.conftest import NOW
from tests.factories import make_account, make_event


def write(number: int = 1, reason: str = "", **more: object) -> None:
    """Log so many acts, each in a unit of its own."""
    for count in range(number):
        with transaction():
            record("registrations.taken", by=SYSTEM, reason=reason, count=count, **more)  # type: ignore[arg-type]


def tamper(statement: str, **values: object) -> None:
    """Do something to the database behind the program's back."""
    with transaction():
        db.session.execute(text(statement), values)


def test_entries_are_chained_in_the_order_of_their_units(any_ctx: Flask) -> None:
    write(3)

    verdict = verify()
    assert (verdict.holds, verdict.entries, verdict.first, verdict.last) == (True, 3, 1, 3)
    assert [entry.facts["count"] for entry in list_entries(Wanted())] == [2, 1, 0]


def test_an_entry_goes_with_the_act_that_was_taken_back(any_ctx: Flask) -> None:
    write()
    with pytest.raises(ZeroDivisionError), transaction():
        record("registrations.taken", by=SYSTEM)
        raise ZeroDivisionError
    with transaction():
        with pytest.raises(ZeroDivisionError), transaction():
            record("registrations.taken", by=SYSTEM)
            raise ZeroDivisionError
        record("badges.printed", by=SYSTEM)

    assert [entry.what for entry in list_entries(Wanted())] == ["badges.printed", "registrations.taken"]
    assert verify().holds


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE audit_entry SET what = 'badges.printed' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET actor = 'link' WHERE seq = 3", 3),
        ("UPDATE audit_entry SET event_id = 7 WHERE seq = 1", 1),
        ("UPDATE audit_entry SET at = '2026-01-01 00:00:00' WHERE seq = 1", 1),
        ("UPDATE audit_entry SET facts = '{\"count\": 40}' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET reason_sealed = NULL WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 1", 1),
        ("DELETE FROM audit_entry WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 4", 4),
        ("UPDATE audit_chain SET anchor_seq = 1", 2),
        ("UPDATE audit_chain SET seq = 3", 5),
    ],
)
def test_changing_an_entry_breaks_the_chain(any_ctx: Flask, statement: str, at: int) -> None:
    write(4, reason="asked by the venue")
    assert verify().holds

    tamper(statement)

    assert verify().broken_at == at


def test_putting_an_entry_in_breaks_the_chain(any_ctx: Flask) -> None:
    write(2)
    tamper(
        "INSERT INTO audit_entry (row_id, at, actor, what, thing_kind, thing_key, facts, digest)"
        " SELECT 'forged', at, actor, what, thing_kind, thing_key, facts, digest FROM audit_entry WHERE seq = 1"
    )

    assert verify().broken_at == 3


def test_cutting_the_end_and_saying_so_in_the_chain_breaks_its_seal(any_ctx: Flask) -> None:
    write(3)
    tamper("DELETE FROM audit_entry WHERE seq = 3")
    tamper("UPDATE audit_chain SET seq = 2, hash = (SELECT hash FROM audit_entry WHERE seq = 2)")

    assert not verify().holds


def test_emptying_the_log_breaks_the_chain(any_ctx: Flask) -> None:
    write(2)
    tamper("DELETE FROM audit_chain")

    assert not verify().holds


def test_details_of_an_erased_thing_go_and_the_chain_holds(any_ctx: Flask) -> None:
    gone, other = Thing("registration", "AB12"), Thing("registration", "CD34")
    with transaction():
        record("registration.moved", by=SYSTEM, thing=gone, reason="Anna uses a wheelchair", count=1)
        record("registration.moved", by=SYSTEM, thing=other, reason="came first", count=2)
    with transaction():
        assert forget(gone) == 1

    kept, emptied = list_entries(Wanted())
    assert (kept.reason, kept.facts, kept.is_forgotten) == ("came first", {"count": 2}, False)
    assert (emptied.reason, emptied.facts, emptied.is_forgotten) == ("", {}, True)
    assert (verify().holds, verify().forgotten) == (True, 1)


def test_a_reason_is_sealed_in_the_database(any_ctx: Flask) -> None:
    write(reason="canary-4711")

    row = db.session.execute(text("SELECT * FROM audit_entry")).one()
    assert not any(b"canary-4711" in bytes(str(value), "utf-8") for value in row)
    assert not any(isinstance(value, bytes | memoryview) and b"canary" in bytes(value) for value in row)


def test_old_entries_go_after_a_year_and_the_chain_is_anchored(any_ctx: Flask) -> None:
    with clock.fixed(NOW - timedelta(days=366)):
        write(3)
    with clock.fixed(NOW - timedelta(days=364)):
        write(2)

    assert delete_due() == 3
    assert delete_due() == 0

    verdict = verify()
    assert (verdict.holds, verdict.first, verdict.last, verdict.entries) == (True, 4, 6, 3)
    assert [entry.what for entry in list_entries(Wanted())] == ["log.shortened", *["registrations.taken"] * 2]


def test_the_chain_goes_on_after_everything_in_it_has_gone(any_ctx: Flask) -> None:
    with clock.fixed(NOW - timedelta(days=366)):
        write(2)
    delete_due()
    write()

    assert (verify().holds, verify().entries) == (True, 2)


def test_entries_written_at_the_same_time_are_one_chain(any_app: Flask) -> None:
    def one(number: int) -> None:
        with any_app.app_context(), clock.fixed(NOW):
            write()
            db.session.remove()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(40)))

    with any_app.app_context():
        assert (verify().holds, verify().entries) == (True, 40)


def test_reading_is_logged_once_an_hour_for_each_account_and_event(any_ctx: Flask) -> None:
    events = [make_event().id, make_event().id]
    readers = [Actor(make_account(role=Role.ORGANIZER).id, Role.ORGANIZER) for _ in range(2)]
    for reader in readers:
        for event_id in (*events, *events):
            record_reading("registrations.read", by=reader, event_id=event_id)
    assert queries.count_entries(Wanted()) == 4

    with clock.fixed(NOW + timedelta(minutes=61)):
        record_reading("registrations.read", by=readers[0], event_id=events[0])
    assert queries.count_entries(Wanted()) == 5


def test_who_did_it_is_an_account_the_program_or_a_link(any_ctx: Flask) -> None:
    account = make_account(role=Role.ADMIN, name="Siv Prov")
    for by in (SYSTEM, ANONYMOUS, Actor(account.id, Role.ADMIN)):
        with transaction():
            record("pass.made", by=by, purpose="door")

    assert [(entry.actor, entry.name) for entry in list_entries(Wanted())] == [
        (account.row_id, "Siv Prov"),
        ("link", ""),
        ("system", ""),
    ]


@pytest.mark.parametrize("value", ["Anna", "anna@example.org", "з", "a b", 1.5, None])
def test_facts_that_could_be_somebodys_words_are_refused(app_ctx: Flask, value: object) -> None:
    with pytest.raises(TypeError), transaction():
        record("registrations.taken", by=SYSTEM, status=value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("what", "fact"), [("registration.unheard", "count"), ("badges.printed", "name")])
def test_acts_and_facts_without_words_are_refused(app_ctx: Flask, what: str, fact: str) -> None:
    with pytest.raises(TypeError), transaction():
        record(what, by=SYSTEM, **{fact: 1})


def test_an_entry_outside_a_unit_is_refused(app_ctx: Flask) -> None:
    with pytest.raises(RuntimeError):
        record("badges.printed", by=SYSTEM)


def test_the_program_itself_cannot_change_an_entry(app_ctx: Flask) -> None:
    write()
    with pytest.raises(TypeError, match="only grows"), transaction():
        db.session.query(AuditEntry).one().what = "badges.printed"
    with pytest.raises(TypeError, match="only grows"), transaction():
        db.session.delete(db.session.query(AuditEntry).one())

    assert verify().holds


def test_names_of_acts_fit_their_column() -> None:
    assert max(len(what) for what in ACTS) <= 40
