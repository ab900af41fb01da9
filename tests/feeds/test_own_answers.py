"""A private feed is made anew when anything in it may have changed, and not at a poll between."""

from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.event import Safety
from cag_events.domain.seats import Status
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.feeds import personal
from cag_events.feeds.models import PrivateFeed
from cag_events.permissions import Role
from cag_events.registrations.models import Registration
from tests.conftest import NOW
from tests.factories import make_account, make_event
from tests.feeds.reading import fetch
from tests.feeds.test_mine import make_token, register


@pytest.fixture
def made(monkeypatch) -> list[int]:
    """Grows by one whenever a private feed is made."""
    made: list[int] = []
    make = personal.personal_calendar
    monkeypatch.setattr(personal, "personal_calendar", lambda *args: made.append(1) or make(*args))
    return made


@pytest.fixture
def own(any_app) -> str:
    """The address of a member's feed, with a seat at a lecture whose place is told a day before."""
    with any_app.app_context():
        member = make_account(Role.MEMBER, language="en")
        register(member, make_event(title={"en": "Careful"}, safety=Safety.CAREFUL))
        return f"/feeds/private/{make_token(member)}.ics"


def edit_title() -> None:
    event = db.session.query(Event).one()
    event.title = {"en": "Another"}
    records.refresh([event.id])


def give_up_seat() -> None:
    row = db.session.query(Registration).one()
    row.status, row.withdrawn_at, row.revision = Status.WITHDRAWN, clock.now(), 1


def ask_for_alarms() -> None:
    db.session.query(PrivateFeed).one().alarms = [15]


@pytest.mark.parametrize("change", [edit_title, give_up_seat, ask_for_alarms])
def test_private_feed_is_made_anew_after_each_change_and_only_then(any_app, own, made, change):
    client = any_app.test_client()
    first = [fetch(client, own) for _ in range(3)]
    assert len(made) == 1

    with any_app.app_context(), transaction():
        change()
    after = [fetch(client, own, If_None_Match=first[0].headers["ETag"]) for _ in range(2)]

    assert len(made) == 2
    assert {(answer.data, answer.headers["ETag"], answer.headers["Last-Modified"]) for answer in first} == {
        (first[0].data, first[0].headers["ETag"], first[0].headers["Last-Modified"])
    }
    assert [answer.status_code for answer in after] == [200, 200]
    assert after[0].data == after[1].data != first[0].data


def test_private_feed_is_made_anew_at_the_moment_that_more_may_be_told(any_app, own, made):
    client = any_app.test_client()
    release = NOW.replace(month=12, day=2, hour=17)  # a day before it begins

    with clock.fixed(release - timedelta(seconds=1)):
        before = [fetch(client, own).data for _ in range(2)]
    with clock.fixed(release):
        after = [fetch(client, own).data for _ in range(2)]

    assert (before[0] == before[1], after[0] == after[1], before[0] == after[0]) == (True, True, False)
    assert len(made) == 2
    assert b"The House" in after[0]
    assert b"The House" not in before[0]


def test_private_feed_that_has_not_changed_costs_few_statements(any_app, own):
    client = any_app.test_client()
    etag = [fetch(client, own) for _ in range(2)][1].headers["ETag"]
    with any_app.app_context():
        engine = db.engine
    asked: list[str] = []
    sqlalchemy_event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_r: asked.append(statement))

    assert fetch(client, own, If_None_Match=etag).status_code == 304

    tables = ("private_feed", "programme_version", "registration", "feed_fetch")
    assert [one for one in asked if one.startswith(("INSERT", "UPDATE", "DELETE"))] == []
    assert [one for one in asked if one.startswith("SELECT") and not any(table in one for table in tables)] == []
    assert len([one for one in asked if one.startswith("SELECT")]) <= 5


def test_private_feed_of_somebody_else_is_never_given(any_app, own):
    client = any_app.test_client()
    with any_app.app_context():
        other = f"/feeds/private/{make_token(make_account(Role.MEMBER, language='en'), name='Other')}.ics"

    mine, others = ([fetch(client, address).data for _ in range(2)] for address in (own, other))

    assert mine[0] == mine[1]
    assert b"Careful" in mine[0]
    assert b"STATUS:CONFIRMED" in mine[0]
    assert others[0] == others[1]
    assert b"NAME:cag_events: Other" in others[0]
    assert b"Other" not in mine[0]
