"""The demo: around this week, the same on the same day, full where it should be, and never mixed up with the real."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from cag_events import clock, demo
from cag_events.accounts.models import Organisation
from cag_events.accounts.services import check_password
from cag_events.app import create_app
from cag_events.config import BadSettings
from cag_events.db import db, transaction
from cag_events.domain.seats import Status
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import list_records
from cag_events.kinds import KINDS, Draft, details_of
from cag_events.outbox.models import Fact, Message
from cag_events.registrations.models import Registration, RegistrationOccurrence, Seat
from cag_events.schema import migrate
from cag_events.web.settings import settings_of
from tests.conftest import NOW, settings_for


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A demo on a database of its own."""
    return _fill(tmp_path_factory.mktemp("demo"))


def _fill(folder: Path) -> Flask:
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'demo.sqlite'}"))
    with app.app_context(), clock.fixed(NOW):
        migrate()
        assert demo.fill_if_empty(settings_of(app))
    return app


def _registrations() -> list[tuple[object, ...]]:
    query = select(
        Event.key, Registration.status, Registration.party, Registration.registered_at, Registration.checked_in_at
    )
    return [tuple(row) for row in db.session.execute(query.join(Event).order_by(Registration.id))]


def test_fill_puts_week_nought_on_this_monday(filled: Flask) -> None:
    with filled.app_context():
        query = select(Occurrence.starts_wall).join(Event).where(Event.key == "vald-ar-inte-tradition")

        assert db.session.scalars(query).one() == "2026-11-18T18:00"


def test_fill_is_the_same_on_the_same_day(filled: Flask, tmp_path: Path) -> None:
    again = _fill(tmp_path)

    with filled.app_context():
        first = _registrations()
    with again.app_context():
        assert _registrations() == first
        db.engine.dispose()


def test_fill_leaves_some_coming_events_full_with_a_queue(filled: Flask) -> None:
    with filled.app_context():
        waiting = select(Event.key).join(Registration).where(Registration.status == Status.WAITLISTED).distinct()

        assert len(db.session.scalars(waiting).all()) >= 2


def test_fill_holds_a_seat_for_each_person_of_each_confirmed_party_and_none_too_many(filled: Flask) -> None:
    with filled.app_context():
        held = db.session.scalar(select(func.count()).select_from(Seat))
        owed = db.session.scalar(
            select(func.sum(Registration.party))
            .join(RegistrationOccurrence)
            .where(Registration.status == Status.CONFIRMED)
        )
        taken = (
            select(Event.key, Seat.mode, Event.capacity, Event.online_capacity, func.max(Seat.no).label("most"))
            .join(Occurrence, Occurrence.event_id == Event.id)
            .join(Seat, Seat.occurrence_id == Occurrence.id)
            .group_by(Event.key, Seat.mode, Event.capacity, Event.online_capacity)
        )
        over = [
            row.key
            for row in db.session.execute(taken)
            if row.most > (row.capacity if row.mode == "onsite" else row.online_capacity)
        ]

    assert held == owed
    assert over == []


def test_fill_checks_people_in_at_events_that_are_over_alone(filled: Flask) -> None:
    with filled.app_context():
        arrived = select(Event.key).join(Registration).where(Registration.checked_in_at.is_not(None)).distinct()
        keys = set(db.session.scalars(arrived))
        coming = set(db.session.scalars(select(Event.key).where(Event.starts_at > NOW)))

    assert len(keys) >= 8
    assert keys & coming == set()


def test_fill_sends_nobody_a_mail(filled: Flask) -> None:
    with filled.app_context():
        assert db.session.scalar(select(func.count()).select_from(Fact)) == 0
        assert db.session.scalar(select(func.count()).select_from(Message)) == 0


def test_fill_gives_every_account_the_password_of_the_demo(filled: Flask) -> None:
    with filled.app_context():
        signed_in = [check_password(user["email"], demo.PASSWORD) for user in demo.programme()["users"]]

    assert [account.role.value for account in signed_in if account] == [u["role"] for u in demo.programme()["users"]]


def test_published_events_of_the_demo_pass_the_rules_of_their_kinds(filled: Flask) -> None:
    with filled.app_context():
        online = dict(map(tuple, db.session.execute(select(Event.id, Event.online_url_sealed.is_not(None)))))
        found = [
            (record.key, refused.code)
            for record in list_records(Event.status == "published")
            for rule in KINDS[record.kind].publish_rules
            for refused in rule(
                Draft(
                    record=record,
                    details=details_of(record),
                    has_online_room=online[record.id],
                    room_keys=frozenset(record.venue.rooms if record.venue else ()),
                ),
                NOW,
            )
        ]

    assert found == []


def test_fill_if_empty_keeps_what_was_changed(filled: Flask) -> None:
    with filled.app_context():
        with transaction():
            db.session.scalars(select(Event).where(Event.key == "kafe-till-kommun")).one().food = "snack"

        assert demo.fill_if_empty(settings_of(filled)) is False
        assert db.session.scalar(select(Event.food).where(Event.key == "kafe-till-kommun")) == "snack"


def test_fill_if_empty_leaves_an_installation_alone(app_ctx: Flask) -> None:
    with transaction():
        db.session.add(Organisation(key="real", name={"en": "Real"}))

    with pytest.raises(BadSettings, match="holds no demo but an installation"):
        demo.fill_if_empty(settings_of(app_ctx))


def test_forget_deletes_a_demo_and_nothing_else(tmp_path: Path, app_ctx: Flask) -> None:
    made = _fill(tmp_path)
    with made.app_context():
        db.engine.dispose()
    with transaction():
        db.session.add(Organisation(key="real", name={"en": "Real"}))
    from tests.factories import make_account

    make_account()
    db.session.remove()

    demo.forget(settings_of(made))
    with pytest.raises(BadSettings, match="is no demo and is left alone"):
        demo.forget(settings_of(app_ctx))

    assert not (tmp_path / "demo.sqlite").exists()


def test_settings_for_refuses_an_address_that_others_reach(tmp_path: Path) -> None:
    public = settings_for(tmp_path, "sqlite:///x", base_url="https://events.example.org")

    with pytest.raises(BadSettings, match=r"CAG_BASE_URL names events\.example\.org"):
        demo.settings_for(public, 5000)


def test_welcome_names_addresses_and_accounts(tmp_path: Path) -> None:
    settings = demo.settings_for(settings_for(tmp_path, "sqlite:///x"), 5055)

    text = demo.welcome(settings, is_new=True)

    assert "http://127.0.0.1:5055/sv/" in text
    assert [user["email"] for user in demo.programme()["users"] if user["email"] not in text] == []
