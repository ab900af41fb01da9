"""What people told is deleted on its day, and not before; what stays is a number, and every page copes with it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

import msgspec
import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import Refused
from cag_events.domain.event import RegistrationMode, Safety
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.retention import kept_until
from cag_events.domain.seating import Proof
from cag_events.domain.seats import Status
from cag_events.events import records
from cag_events.events.keys import data_key_of
from cag_events.events.models import Event, EventCarer, EventDataKey, Occurrence
from cag_events.events.queries import get_record
from cag_events.registrations.codes import alias_code, join_token
from cag_events.registrations.models import (
    Invitation,
    PoolCode,
    Registration,
    RegistrationChange,
    RegistrationLink,
    Seat,
)
from cag_events.registrations.queries import count_by, find_by_join_token, list_queue, list_registrations
from cag_events.registrations.services import (
    add,
    approve,
    check_in,
    decline,
    invite,
    make_link,
    open_by_code,
    withdraw,
)
from cag_events.registrations.services.proof import add_code
from cag_events.registrations.services.retention import delete_due, list_over
from cag_events.web.settings import settings_of
from tests.factories import at, make_contact, make_event, make_organisation, make_segment, sign_in
from tests.registrations.wishes import Apart, dates_of, made, of, organizer, statuses, wish

# Events here end on 3 December at 19.30 in Stockholm, unless a test says otherwise.
VISITOR_LIST = ("2026-12-03T23:59", "2026-12-04T00:00")  # before and on the day
SENSITIVE = ("2026-12-09T23:59", "2026-12-10T00:00")
REGISTRATION = ("2027-01-01T23:59", "2027-01-02T00:00")
SEALED = ("name_sealed", "email_sealed", "email_index", "answers_sealed", "alias_code", "form_key")
HOUR = timedelta(hours=1)
ANSWERS = {"needs": "hörslinga", "diet": "vegan", "id_name": "Anna Andersson", "organisation": "Skolan"}


def on(wall: str, *events: Event) -> int:
    """Delete what is due at a wall time; how many rows of all tables it was."""
    with clock.fixed(at(wall)):
        return sum(delete_due(event.id).total() for event in events)


def answers_of(registered) -> set[str]:
    return set(msgspec.json.decode(of(registered).answers or "{}"))


def personal() -> list[int]:
    """How many rows hold something in each of the personal columns."""
    columns = [func.count(getattr(Registration, name)) for name in SEALED]
    return list(db.session.execute(select(*columns)).one())


def number_of(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def everything(event: Event):
    """A confirmed, a withdrawn, a waiting party and an alias, with links, an invitation and a history."""
    by = organizer()
    seated = made(event, 1, answers=ANSWERS, idempotency_key="k1", first_time=True, segment="students")
    gone, alias = made(event, 2, answers=ANSWERS), made(event, 3, email=None, idempotency_key="k3")
    waits = made(event, 4, answers=ANSWERS)
    with transaction():
        make_link(seated.registration_id)
    check_in(seated.registration_id, dates_of(event)[0], by=by)
    withdraw(gone.registration_id)
    withdraw(alias.registration_id)
    return seated, gone, waits, alias


def full_event(**values) -> Event:
    make_segment("students")
    return make_event(capacity=3, ask=["alias", "needs", "diet", "id_name", "org", "segment"], **values)


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (VISITOR_LIST, {"needs", "diet", "organisation"}),
        (SENSITIVE, {"organisation"}),
        (REGISTRATION, set()),
    ],
)
def test_delete_due_removes_answers_on_their_day_and_not_before(any_ctx: Flask, days, left):
    event = make_event()
    registered = made(event, answers=ANSWERS)
    before, due = days
    on(before, event)

    earlier = answers_of(registered)
    on(due, event)

    assert earlier > left
    assert answers_of(registered) == left


def test_delete_due_empties_those_who_never_got_a_seat_after_a_week_and_the_rest_after_thirty_days(any_ctx: Flask):
    by = organizer()
    event = make_event(registration_mode=RegistrationMode.APPROVAL, capacity=1)
    seated, waiting, pending, declined = (made(event, number) for number in range(4))
    for one in (seated, waiting):
        approve(one.registration_id, by=by)
    decline(declined.registration_id, by=by)
    shown = []
    for wall in (*SENSITIVE, *REGISTRATION):
        on(wall, event)
        shown.append([of(one).is_removed for one in (seated, waiting, pending, declined)])

    assert shown == [
        [False, False, False, False],
        [False, True, True, False],
        [False, True, True, False],
        [True, True, True, True],
    ]
    assert statuses(event) == ["confirmed", "waitlisted", "pending", "declined"]


def test_delete_due_takes_all_of_a_guarded_event_after_a_week(any_ctx: Flask):
    event = make_event(safety=Safety.GUARDED)
    registered = made(event)
    on(SENSITIVE[0], event)

    assert of(registered).name == "Person 1"
    on(SENSITIVE[1], event)
    assert of(registered).is_removed


def test_delete_due_leaves_nothing_personal_but_the_numbers(any_ctx: Flask):
    event = full_event()
    seated, *_rest = everything(event)
    invite(event.id, [make_contact(email="guest@example.org").id], by=organizer())
    row = of(seated)
    names, counts = (row.row_id, row.code), count_by(event.id)

    on(REGISTRATION[1], event)

    row = of(seated)
    assert personal() == [0] * len(SEALED)
    assert [number_of(model) for model in (RegistrationLink, Invitation, EventDataKey)] == [0, 0, 0]
    assert count_by(event.id) == counts
    assert (row.status, row.party, row.mode.value, row.language, row.first_time) == (
        Status.CONFIRMED,
        1,
        "onsite",
        "sv",
        True,
    )
    assert (row.segment_id is not None, row.checked_in_at is not None, row.consent_text) == (True, True, "")
    assert row.row_id not in names
    assert row.code not in names
    assert {str(one) for one in db.session.scalars(select(RegistrationChange.facts))} == {"{}"}


def test_delete_due_ends_links_join_links_and_words_of_an_alias(any_ctx: Flask):
    event = full_event()
    alias = made(event, email=None, name="Ugglan")
    token, joining = alias.token, join_token(of(alias).row_id)
    assert open_by_code(alias_code(token)) is not None

    on(REGISTRATION[1], event)

    assert open_by_code(alias_code(token)) is None
    assert find_by_join_token(joining) is None


def test_delete_due_changes_nothing_when_repeated(any_ctx: Flask):
    event = full_event()
    everything(event)
    for wall in (VISITOR_LIST[1], SENSITIVE[1], REGISTRATION[1]):
        assert on(wall, event) > 0
        assert on(wall, event) == 0
    with clock.fixed(at(REGISTRATION[1])):
        assert list_over() == []


def test_list_over_leaves_out_events_to_come_and_without_dates(any_ctx: Flask):
    coming, over, undated = make_event(starts="2027-01-10T10:00"), make_event(), make_event()
    for event in (coming, over, undated):
        made(event)
    with transaction():
        db.session.execute(update(Event).where(Event.id == undated.id).values(ends_at=None))

    with clock.fixed(at(VISITOR_LIST[1])):
        assert list_over() == [over.id]
    assert on(VISITOR_LIST[1], coming) == 0


def test_delete_due_waits_for_the_new_date_of_a_postponed_event_for_half_a_year(any_ctx: Flask):
    event = make_event()
    registered = made(event, answers=ANSWERS)
    with transaction():
        db.session.get_one(Event, event.id).status = EventStatus.POSTPONED
        db.session.flush()
        records.refresh([event.id])
    on("2027-05-31T23:59", event)

    assert answers_of(registered) == set(ANSWERS)
    on("2027-06-01T00:00", event)
    assert (of(registered).is_removed, number_of(Seat)) == (True, 0)


def give_date(event: Event, wall: str) -> None:
    """Give an event that is over another date, and more seats."""
    start = at(wall)
    with transaction():
        row = db.session.get_one(Event, event.id)
        row.starts_at, row.ends_at, row.changed_at, row.capacity = start, start + HOUR, clock.now(), 9
        occurrences = update(Occurrence).where(Occurrence.event_id == event.id)
        db.session.execute(occurrences.values(starts_at=start, ends_at=start + HOUR))


def test_event_given_a_new_date_after_all_takes_registrations_under_a_new_key(
    any_ctx: Flask, make_app: Callable[..., Flask]
):
    event = make_event(capacity=2)
    for number in (1, 2, 3):
        made(event, number)
    other = make_app(settings_of(any_ctx).database_url)  # a process that remembers the old key
    with clock.fixed(at("2027-01-01T23:40")), other.app_context():
        old = data_key_of(event.id)
    on(REGISTRATION[1], event)
    with clock.fixed(at("2027-01-02T00:10")):
        give_date(event, "2027-02-03T18:00")
        with other.app_context(), pytest.raises(Refused) as none:
            made(event, 8)
        registered = made(event, 9)
        with other.app_context():
            again = made(event, 10)
            names = [of(one).name for one in (registered, again)]

        assert none.value.code == "registration.taken"
        assert (names, data_key_of(event.id) != old) == (["Person 9", "Person 10"], True)
        assert list_queue(event.id) == []
    assert statuses(event) == ["confirmed", "confirmed", "waitlisted", "confirmed", "confirmed"]


def test_stale_key_is_noticed_also_where_there_is_a_new_one(any_ctx: Flask, make_app: Callable[..., Flask]):
    event = make_event()
    made(event, 1)
    other = make_app(settings_of(any_ctx).database_url)
    with clock.fixed(at("2027-01-01T23:40")), other.app_context():
        data_key_of(event.id)
    on(REGISTRATION[1], event)
    with clock.fixed(at("2027-01-02T00:10")):
        give_date(event, "2027-02-03T18:00")
        made(event, 2)
        with other.app_context():
            with pytest.raises(Refused) as refused:
                made(event, 3)
            name = of(made(event, 3)).name

    assert (refused.value.code, name) == ("registration.taken", "Person 3")


def test_add_is_refused_when_it_would_have_to_be_deleted_at_once(any_ctx: Flask):
    by, event = organizer(), make_event()
    with clock.fixed(at(REGISTRATION[0])):
        assert add(event.id, wish(1), by=by).status is Status.CONFIRMED
    with clock.fixed(at(REGISTRATION[1])), pytest.raises(Refused) as refused:
        add(event.id, wish(2), by=by)
    assert refused.value.code == "registration.over"


def test_desk_refuses_to_act_on_what_is_only_counted(any_ctx: Flask):
    by, event = organizer(), make_event()
    registered = made(event)
    on(REGISTRATION[1], event)

    with pytest.raises(Refused) as refused:
        check_in(registered.registration_id, by=by)
    assert refused.value.code == "registration.removed"


def test_search_finds_no_removed_row_by_words(any_ctx: Flask):
    event = make_event(ask=["alias"])
    made(event, 1)
    made(event, 2, email=None, name="Ugglan")
    on(REGISTRATION[1], event)

    assert list_registrations(event.id, words="nobody") == []
    assert list_registrations(event.id, words="p1@example.org") == []
    assert len(list_registrations(event.id)) == 2


def test_database_file_holds_no_sealed_byte_any_more(app: Flask, sqlite_url: str):
    with app.app_context():
        event = full_event()
        seated, *_rest = everything(event)
        row = of(seated)
        sealed = [row.name_sealed, row.email_sealed, row.email_index, row.answers_sealed]
        wrapped = db.session.scalar(select(EventDataKey.wrapped))
        on(REGISTRATION[1], event)
        with db.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.session.remove()
    path = sqlite_url.removeprefix("sqlite:///")
    with open(path, "rb") as file:  # noqa: PTH123 (the address is a text)
        raw = file.read()
    with closing(sqlite3.connect(path)) as plain:
        columns = ", ".join(SEALED)
        rows = set(plain.execute(f"SELECT {columns} FROM registration"))

    assert rows == {(None,) * len(SEALED)}
    assert [one for one in (*sealed, wrapped) if one in raw] == []


@pytest.fixture
def past(app: Flask, client):
    """An event long over, with removed rows, and an organizer's browser today."""
    app.test_client_class = Apart
    with app.app_context():
        make_organisation()
        event = full_event()
        seated, *_rest = everything(event)
        with transaction():
            token = make_link(seated.registration_id)
        browser = app.test_client()
        with clock.fixed(at("2027-01-03T10:00")):
            delete_due(event.id)
            sign_in(browser)
            yield event, of(seated).code, browser, token


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_desk_shows_removed_rows_as_such(past, lang):
    event, code, browser, _token = past
    words = {"sv": "Uppgifterna är borttagna", "en": "Details removed"}[lang]
    listed = browser.get(f"/{lang}/organise/events/{event.key}/registrations")
    detail = browser.get(f"/{lang}/organise/events/{event.key}/registrations/{code}")

    assert (listed.status_code, listed.text.count(words)) == (200, 4)
    assert (detail.status_code, detail.text.count(words)) == (200, 1)
    assert "check-in" not in listed.text + detail.text
    assert [name for name in ("Person 1", "Person 4", "@example.org") if name in listed.text + detail.text] == []
    assert browser.get(f"/{lang}/organise/events/{event.key}/registrations?q=person").status_code == 200


def test_exports_leave_names_of_removed_rows_empty(past):
    event, _code, browser, _token = past
    answer = browser.get(f"/sv/organise/events/{event.key}/registrations.csv")
    lines = [line.split(",") for line in answer.text.splitlines()[1:]]

    assert {(line[1], line[2]) for line in lines} == {('""', '""')}
    assert [line[6] for line in lines] == ['"confirmed"', '"withdrawn"', '"withdrawn"', '"confirmed"']
    assert browser.get(f"/sv/organise/events/{event.key}/registrations.xlsx").status_code == 200


def test_own_link_is_unknown_once_the_details_are_removed(past):
    _event, _code, browser, token = past

    assert browser.get(f"/sv/registrations/{token}").status_code == 404


def test_forms_name_the_days_that_the_job_keeps_to(app_ctx: Flask):
    kept = kept_until(get_record(make_event().id))

    assert kept is not None
    days = [kept.visitor_list, kept.sensitive, kept.queue, kept.registration]
    assert days == [
        datetime.fromisoformat(on).date() for on in (VISITOR_LIST[1], SENSITIVE[1], SENSITIVE[1], REGISTRATION[1])
    ]


def test_delete_due_deletes_codes_after_a_week_and_the_care_right_with_the_registrations(any_ctx: Flask):
    by = organizer()
    make_segment("students")
    event = make_event(pools=[{"segment": "students", "seats": 2, "proof": Proof.CODE.value}])
    add_code(event.id, "students", "kurs-2026", label="Anna's course", most_uses=None, by=by)
    with transaction():
        db.session.add(EventCarer(event_id=event.id, account_id=by.account_id, given_at=clock.now()))

    left = []
    for wall in (*SENSITIVE, *REGISTRATION):
        with clock.fixed(at(wall)):
            assert event.id in list_over() or not left[-1][1]
        on(wall, event)
        left.append([number_of(PoolCode), number_of(EventCarer)])

    assert left == [[1, 1], [0, 1], [0, 1], [0, 0]]
