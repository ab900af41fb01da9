"""Held or not: decided once, told to those whom it concerns, asked anew for another date."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.deciding import Decision
from cag_events.domain.errors import NotAllowed, NotFound, Refused, Stale
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.events import records
from cag_events.events.models import Event, Occurrence
from cag_events.events.queries import get_record, programme_version
from cag_events.permissions import Role
from cag_events.web.language import in_language
from cag_events.workshops.blocks import todos
from cag_events.workshops.models import WorkshopDecision
from cag_events.workshops.queries import find_decision
from cag_events.workshops.services import call_off, do_timed, go_ahead
from tests.conftest import NOW
from tests.factories import at
from tests.holding import release_held
from tests.workshops.given import join, kinds_mailed, mailed, make_workshop, team, version_of

DECIDING = {"min_people": 3, "decide_days": 7}  # 26 November
ON_THE_DAY = at("2026-11-26T09:00")


def find(event: Event) -> WorkshopDecision | None:
    return find_decision(get_record(event.id))


def test_go_ahead_keeps_who_decided_when_and_how_many_there_were(any_ctx) -> None:
    event, by = make_workshop(**DECIDING), team()
    join(event, 1)
    before = programme_version()[0]

    told = go_ahead(event.id, tells=False, by=by)

    found = find(event)
    assert found is not None
    assert (told, found.decision, found.account_id, found.confirmed, found.least, found.decided_at) == (
        *(0, Decision.GO, by.account_id),
        *(1, 3, NOW),
    )
    assert programme_version()[0] > before


def test_go_ahead_tells_those_who_have_a_seat_and_nobody_else(any_ctx) -> None:
    event = make_workshop(capacity=2, **DECIDING)
    for number in (1, 2, 3):
        join(event, number)
    mailed()

    assert go_ahead(event.id, tells=True, by=team()) == 2

    assert [message.to for message in mailed() if message.kind == "workshop.takes_place"] == [
        "p1@example.org",
        "p2@example.org",
    ]


def test_call_off_cancels_and_tells_everybody_why(any_ctx) -> None:
    event = make_workshop(capacity=1, **DECIDING)
    for number in (1, 2):
        join(event, number)
    mailed()

    call_off(event.id, {"sv": "Det var för få."}, version=version_of(event), by=team())

    assert get_record(event.id).status is EventStatus.CANCELLED
    release_held()
    told = [message for message in mailed() if message.kind == "event.cancelled"]
    assert [message.to for message in told] == ["p1@example.org", "p2@example.org"]
    assert ["Det var för få." in (message.text or "") for message in told] == [True, True]


def test_decide_is_refused_the_second_time(any_ctx) -> None:
    event = make_workshop(**DECIDING)
    go_ahead(event.id, tells=False, by=team())

    with pytest.raises(Refused, match=r"workshop\.decided|decided"):
        call_off(event.id, {}, version=version_of(event), by=team())

    assert get_record(event.id).status is EventStatus.PUBLISHED


def test_call_off_changes_nothing_when_the_event_was_changed_meanwhile(any_ctx) -> None:
    event = make_workshop(**DECIDING)

    with pytest.raises(Stale):
        call_off(event.id, {}, version=version_of(event) - 1, by=team())

    assert find(event) is None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.MEMBER])
def test_decide_is_for_those_who_may_publish(app_ctx, role: Role) -> None:
    event = make_workshop(**DECIDING)

    with pytest.raises(NotAllowed):
        go_ahead(event.id, tells=False, by=team(role))


def test_decide_is_for_workshops_with_a_day_to_decide_before_they_begin(app_ctx) -> None:
    with pytest.raises(NotFound):
        go_ahead(make_workshop(min_people=3).id, tells=False, by=team())
    event = make_workshop(**DECIDING)
    with clock.fixed(at("2026-12-03T18:00")), pytest.raises(Refused):
        go_ahead(event.id, tells=False, by=team())


def test_another_date_asks_anew(any_ctx) -> None:
    event = make_workshop(**DECIDING)
    go_ahead(event.id, tells=False, by=team())

    move(event, timedelta(days=14))

    assert find(event) is None
    go_ahead(event.id, tells=False, by=team())


def move(event: Event, by: timedelta) -> None:
    """Give an event another date, as the editor does in the end."""
    with transaction():
        row = db.session.get_one(Event, event.id)
        row.starts_at, row.ends_at = row.starts_at + by, row.ends_at + by
        for part in db.session.scalars(select(Occurrence).where(Occurrence.event_id == event.id)):
            part.starts_at, part.ends_at = part.starts_at + by, part.ends_at + by
            part.starts_wall = (datetime.fromisoformat(part.starts_wall) + by).isoformat(timespec="minutes")
            part.ends_wall = (datetime.fromisoformat(part.ends_wall) + by).isoformat(timespec="minutes")
        records.refresh([event.id])


def test_timed_work_mails_the_owner_once_on_the_morning_of_the_decision(any_ctx) -> None:
    owner = team()
    event = make_workshop(lead_id=owner.account_id, **DECIDING)
    join(event, 1)
    mailed()
    with clock.fixed(at("2026-11-26T08:59")):
        assert do_timed(clock.now()) == 0
    with clock.fixed(ON_THE_DAY):
        assert [do_timed(clock.now()) for _time in range(3)] == [1, 0, 0]
        about = [message for message in mailed() if message.kind == "workshop.decision_due"]

    assert len(about) == 1
    assert f"/organise/events/{event.key}/decision" in (about[0].text or "")


def test_timed_work_asks_the_organizers_where_nobody_leads(app_ctx) -> None:
    make_workshop(**DECIDING)
    team()
    team(Role.EDITOR)

    with clock.fixed(ON_THE_DAY):
        do_timed(clock.now())
        kinds = kinds_mailed()

    assert kinds == ["workshop.decision_due"]


def test_timed_work_is_silent_when_enough_come_or_it_is_decided(any_ctx) -> None:
    enough, decided = make_workshop(**DECIDING), make_workshop(**DECIDING)
    for number in (1, 2, 3):
        join(enough, number)
    go_ahead(decided.id, tells=False, by=team())

    with clock.fixed(ON_THE_DAY):
        assert do_timed(clock.now()) == 0


def test_decision_mail_of_a_guarded_workshop_names_it_nowhere(app_ctx) -> None:
    event = make_workshop(safety="guarded", title={"sv": "Hemligt namn", "en": "Secret name"}, **DECIDING)
    team()

    with clock.fixed(ON_THE_DAY):
        do_timed(clock.now())
        (message,) = mailed()

    assert message.event_id == event.id
    for text in (message.subject, message.text, message.html):
        assert "Hemligt" not in (text or "")
        assert "Secret" not in (text or "")


def test_today_warns_before_the_day_asks_on_it_and_is_silent_after_the_decision(app) -> None:
    with app.test_request_context(), in_language("en"):
        event, by = make_workshop(**DECIDING), team()
        record = get_record(event.id)

        def said(day: int) -> list[tuple[str, bool]]:
            with clock.fixed(at(f"2026-11-{day:02}T12:00")):
                return [(todo.text, todo.is_late) for todo in todos([record], by, clock.now())]

        assert said(18) == []
        assert said(19) == [("Too few so far: 0 of at least 3 have a seat", False)]
        assert said(26) == [("Decide whether it is held: 0 of at least 3 have a seat", False)]
        assert said(27) == [("Decide whether it is held: 0 of at least 3 have a seat", True)]
        go_ahead(event.id, tells=False, by=by)
        assert said(27) == []


def test_public_page_says_how_few_are_too_few_until_it_is_decided(client, app) -> None:
    with app.app_context():
        event = make_workshop(**DECIDING)
        key, event_id = event.key, event.id
    before = client.get(f"/en/events/{key}").text

    with app.app_context():
        go_ahead(event_id, tells=False, by=team())

    assert "The workshop needs at least 3 people." in before
    assert "26 Nov" in before
    assert "The workshop needs at least" not in client.get(f"/en/events/{key}").text


def test_public_page_of_a_guarded_workshop_says_nothing_of_it(client, app) -> None:
    with app.app_context():
        key = make_workshop(safety="guarded", **DECIDING).key

    answer = client.get(f"/en/events/{key}")

    assert answer.status_code == 200
    assert "The workshop needs at least" not in answer.text
