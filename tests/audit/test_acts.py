"""Which acts are logged, shown by doing them; and the page that administrators read."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from cag_events import clock, retention
from cag_events.accounts import services as accounts
from cag_events.accounts.models import Account
from cag_events.accounts.services import NewAccount
from cag_events.audit.acts import ACTS
from cag_events.audit.queries import Listed, Wanted, list_entries, verify
from cag_events.audit.services import Thing, record
from cag_events.db import db, transaction
from cag_events.domain.lifecycle import Status
from cag_events.door import services as door
from cag_events.door.queries import list_devices
from cag_events.events import services as events
from cag_events.events.models import Event
from cag_events.events.services.passes import list_passes
from cag_events.permissions import SYSTEM, Actor, Role
from cag_events.registrations.services.erasing import erase
from cag_events.registrations.services.queue import move_up
from tests.conftest import NOW
from tests.factories import make_account, make_event, make_organisation, sign_in
from tests.page import page
from tests.registrations.wishes import dates_of, made, of

ROOT = Path(__file__).parent.parent.parent


def actor(role: Role = Role.ADMIN) -> Actor:
    """Somebody who is signed in."""
    return Actor(account_id=make_account(role).id, role=role)


def logged() -> list[str]:
    """What stands in the log, the oldest first."""
    return [entry.what for entry in reversed(list_entries(Wanted()))]


def newest() -> Listed:
    """The last entry."""
    return list_entries(Wanted())[0]


def test_accounts_made_changed_and_disabled_are_logged_with_their_roles(any_ctx: Flask) -> None:
    admin = actor()
    made = accounts.add_account(NewAccount(email="ny@example.org", name="Ny", role=Role.EDITOR), by=admin)
    entry = newest()
    assert (entry.what, entry.thing_kind, entry.thing_key) == ("account.made", "account", made.row_id)
    assert entry.facts == {"role": "editor"}

    accounts.change_account(made.row_id, name="Ny", role=Role.ORGANIZER, is_disabled=False, by=admin)
    assert newest().facts == {"role": "organizer", "role_before": "editor"}
    accounts.change_account(made.row_id, name="Ny", role=Role.ORGANIZER, is_disabled=False, by=admin)
    accounts.change_account(made.row_id, name="Ny", role=Role.ORGANIZER, is_disabled=True, by=admin)
    accounts.change_account(made.row_id, name="Ny", role=Role.ORGANIZER, is_disabled=False, by=admin)

    assert logged() == ["account.made", "account.changed", "account.disabled", "account.enabled"]


def test_a_change_on_the_command_line_is_the_programs(app_ctx: Flask) -> None:
    make_account(Role.MEMBER, email="m@example.org")
    accounts.change_by_email("m@example.org", role=Role.EDITOR)

    assert (newest().what, newest().actor) == ("account.changed", "system")


def test_nothing_is_logged_of_what_was_refused(app_ctx: Flask) -> None:
    admin = actor()
    row_id = db.session.get_one(Account, admin.account_id).row_id
    with pytest.raises(Exception, match="your own role"):
        accounts.change_account(row_id, name="I", role=Role.MEMBER, is_disabled=False, by=admin)

    assert logged() == []


def version(event: Event) -> int:
    """The version that stands now."""
    db.session.expire_all()
    return db.session.get_one(Event, event.id).version


@pytest.mark.parametrize(
    ("status", "do", "what"),
    [
        (Status.PUBLISHED, events.postpone_event, "event.postponed"),
        (Status.PUBLISHED, lambda i, **k: events.cancel_event(i, {"sv": "Storm"}, **k), "event.cancelled"),
        (Status.PUBLISHED, events.withdraw_event, "event.withdrawn"),
        (Status.DRAFT, events.publish_event, "event.published"),
    ],
)
def test_moves_of_an_event_are_logged(app_ctx: Flask, status: Status, do: Callable[..., object], what: str) -> None:
    event = make_event(status=status)
    do(event.id, version=version(event), by=actor(Role.ORGANIZER))

    assert (newest().what, newest().event_key) == (what, event.key)


def test_links_made_and_ended_are_logged_without_what_they_are_called(app_ctx: Flask) -> None:
    event, by = make_event(kind="lecture"), actor(Role.ORGANIZER)
    events.make_pass(event.id, "heads", "Annas telefon", by=by)
    row_id = list_passes(event.id)[0].row_id
    for _ in range(2):
        events.end_pass(event.id, row_id, by=by)

    assert logged() == ["pass.made", "pass.ended"]
    assert newest().facts == {"purpose": "heads"}


def test_a_run_of_the_retention_is_logged_with_what_it_deleted(app_ctx: Flask, tmp_path: Path) -> None:
    make_account(Role.MEMBER, email="m@example.org")
    account = db.session.query(Account).one()
    accounts.make_token(account.id, "reset")
    with clock.fixed(NOW + timedelta(days=2)):
        retention.run(tmp_path, dry_run=True)
        assert logged() == []
        retention.run(tmp_path)
        assert newest().facts == {"deleted": ["account_token:1"], "faults": 0}
        retention.run(tmp_path)
    assert logged() == ["retention.run"]


def test_erasing_a_registration_is_logged_and_takes_out_what_was_said_of_it(any_ctx: Flask) -> None:
    event = make_event(capacity=5)
    rows = [of(made(event, number)) for number in (1, 2)]
    for row in rows:
        with transaction():
            record(
                "registration.moved", by=SYSTEM, event_id=event.id, thing=Thing("registration", row.code), reason="Sat"
            )
    erase(rows[0].id)

    erased, kept, gone = list_entries(Wanted())
    assert (erased.what, erased.actor, erased.thing_key) == ("registration.erased", "link", "")
    assert (kept.reason, gone.reason, gone.is_forgotten) == ("Sat", "", True)
    assert verify().holds


def test_every_act_is_logged_by_something() -> None:
    code = "\n".join(
        path.read_text("utf-8")
        for path in sorted((ROOT / "cag_events").rglob("*.py"))
        if path.name != "acts.py" and "demo" not in path.parts
    )

    assert {what for what in ACTS if f'"{what}"' not in code} == set()


def test_nobody_but_the_room_itself_touches_its_tables() -> None:
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "cag_events").rglob("*.py")
        if re.search(r"\bAudit(Entry|Chain)\b", path.read_text("utf-8"))
    }

    assert {name for name in naming if not name.startswith("cag_events/audit/")} == set()


def write_some() -> Event:
    """A log with some acts of two people."""
    make_organisation()
    event = make_event(key="the-talk")
    with transaction():
        record("badges.printed", by=SYSTEM, event_id=event.id, people=4)
        record("registrations.taken", by=SYSTEM, reason="<b>for the venue</b>", format="csv")
    with clock.fixed(NOW + timedelta(days=1)), transaction():
        record("pass.made", by=actor(Role.ORGANIZER), event_id=event.id, purpose="heads")
    return event


def test_admins_read_the_log(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        write_some()
    sign_in(client, Role.ADMIN)

    shown = client.get("/en/organise/log").text
    words = page(client, "/en/organise/log").main
    assert "3 entries" in words
    assert "Took the registrations along as a file" in words
    assert "format: csv" in words
    assert "&lt;b&gt;for the venue&lt;/b&gt;" in shown
    assert "people: 4" in words


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 3),
        ("what=badges.printed", 1),
        ("event=the-talk", 2),
        ("event=another", 0),
        ("who=system", 2),
        ("from=2026-11-22", 1),
        ("to=2026-11-21", 2),
        ("from=2026-11-22&to=2026-11-21", 0),
        ("from=nonsense", 3),
        ("what=nothing", 0),
        ("to=9999-12-31", 3),
    ],
)
def test_the_log_is_narrowed(client: FlaskClient, app: Flask, query: str, number: int) -> None:
    with app.app_context():
        write_some()
    sign_in(client, Role.ADMIN)

    words = page(client, f"/en/organise/log?{query}").main
    assert (f"{number} entr" in words) is (number > 0)
    assert ("No entries" in words) is (number == 0)


def test_a_changed_log_is_told_of_when_it_is_checked(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        write_some()
    sign_in(client, Role.ADMIN)
    assert "The log is whole" in page(client, "/en/organise/log?check=1").main

    with app.app_context(), transaction():
        db.session.execute(text("DELETE FROM audit_entry WHERE seq = 2"))
    words = page(client, "/en/organise/log?check=1").main
    assert "Somebody has changed the log" in words
    assert "no. 2 does not follow" in words


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.EDITOR, Role.REPORTER, Role.MEMBER])
def test_the_log_is_for_admins_alone(client: FlaskClient, role: Role) -> None:
    sign_in(client, role)

    assert client.get("/en/organise/log").status_code == 403


def test_moving_somebody_in_the_queue_is_logged_with_its_reason(app_ctx: Flask) -> None:
    event, by = make_event(capacity=1), actor(Role.ORGANIZER)
    made(event, 1)
    waits = of(made(event, 2))

    move_up(waits.id, "Came by train", by=by, to_head=True)

    entry = newest()
    assert (entry.what, entry.event_key, entry.thing_key) == ("registration.moved", event.key, waits.code)
    assert (entry.reason, entry.facts) == ("Came by train", {})


def test_links_to_the_door_made_and_ended_are_logged(app_ctx: Flask) -> None:
    event, by = make_event(), actor(Role.ORGANIZER)
    door.make_link(event.id, dates_of(event)[0], "Annas telefon", by=by)
    row_id = list_devices(event.id)[0].row_id
    for _ in range(2):
        door.end_link(event.id, row_id, by=by)

    purposes = [(entry.what, entry.facts["purpose"]) for entry in reversed(list_entries(Wanted()))]
    assert purposes == [("pass.made", "heads"), ("pass.made", "door"), ("pass.ended", "heads"), ("pass.ended", "door")]


@pytest.mark.parametrize("page_of", ["queue", "registrations/invitations", "answers", "approvals"])
def test_pages_with_names_are_logged_once_an_hour(client: FlaskClient, app: Flask, page_of: str) -> None:
    with app.app_context():
        make_organisation()
        key = make_event(capacity=1).key
    sign_in(client, Role.ORGANIZER)
    path = f"/en/organise/events/{key}/{page_of}"

    answers = [client.get(path).status_code for _ in range(2)]

    with app.app_context():
        assert (answers, logged()) == ([200, 200], ["registrations.read"])
