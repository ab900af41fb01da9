"""Choosing among those who apply: all who are ticked or nobody, never above the seats, two organizers at once."""

import logging

import pytest
from sqlalchemy import func, select

from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record_of
from cag_events.kinds.workshop import Target
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import Registration, Seat
from cag_events.registrations.services import approve
from cag_events.workshops.services import Verdict, choose
from tests.factories import csrf_token, make_segment, sign_in
from tests.races.test_seats import held, in_context, in_threads
from tests.workshops.given import SECRET, join, mailed, make_selection, row_of, team


def applying(event, number: int, **values) -> list[Registration]:
    return [join(event, one, **values) for one in range(number)]


def statuses(rows) -> list[str]:
    return [row_of(row.id).status.value for row in rows]


def test_choose_approves_several_at_once_and_each_gets_a_mail(any_ctx) -> None:
    event = make_selection(capacity=3)
    rows = applying(event, 4)
    mailed()

    assert choose(event.id, [row.row_id for row in rows[1:]], Verdict.APPROVE, by=team()) == 3

    assert statuses(rows) == ["pending", "confirmed", "confirmed", "confirmed"]
    told = [message.to for message in mailed() if message.kind == "registration.confirmed"]
    assert told == ["p1@example.org", "p2@example.org", "p3@example.org"]


def test_choose_declines_several_at_once(any_ctx) -> None:
    event = make_selection()
    rows = applying(event, 3)

    assert choose(event.id, [row.row_id for row in rows[:2]], Verdict.DECLINE, by=team()) == 2

    assert statuses(rows) == ["declined", "declined", "pending"]


def test_choose_approves_nobody_when_not_all_have_room(any_ctx) -> None:
    event = make_selection(capacity=3, guests=1, waitlist=True)
    rows = [join(event, number, party=2) for number in range(2)]

    with pytest.raises(Refused) as refused:
        choose(event.id, [row.row_id for row in rows], Verdict.APPROVE, by=team())

    assert refused.value.code == "workshop.too_many"
    assert refused.value.facts == {"people": 4, "free": 3}
    assert statuses(rows) == ["pending", "pending"]
    assert db.session.scalar(select(func.count()).select_from(Seat)) == 0


def test_choose_lets_nobody_past_the_queue(any_ctx) -> None:
    event = make_selection(capacity=2, guests=1, waitlist=True)
    large, small = join(event, 1, party=2), join(event, 2)
    first = join(event, 3)
    choose(event.id, [first.row_id], Verdict.APPROVE, by=team())
    approve(large.id, by=SYSTEM)  # waits for two seats

    with pytest.raises(Refused) as refused:
        choose(event.id, [small.row_id], Verdict.APPROVE, by=team())

    assert refused.value.code == "workshop.queue"


def test_choose_is_refused_when_somebody_has_answered_meanwhile(any_ctx) -> None:
    event = make_selection()
    rows = applying(event, 2)
    choose(event.id, [rows[0].row_id], Verdict.DECLINE, by=team())

    with pytest.raises(Refused) as refused:
        choose(event.id, [row.row_id for row in rows], Verdict.APPROVE, by=team())

    assert refused.value.code == "workshop.answered"
    assert statuses(rows) == ["declined", "pending"]


def test_choose_touches_no_other_event(app_ctx) -> None:
    event, other = make_selection(), make_selection()
    stranger = join(other, 1)

    with pytest.raises(Refused) as refused:
        choose(event.id, [stranger.row_id], Verdict.APPROVE, by=team())

    assert refused.value.code == "workshop.nobody"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.MEMBER])
def test_choose_is_for_organizers(app_ctx, role: Role) -> None:
    event = make_selection()
    row = join(event, 1)

    with pytest.raises(NotAllowed):
        choose(event.id, [row.row_id], Verdict.APPROVE, by=team(role))


def test_choose_by_many_at_once_never_gives_more_seats_than_there_are(any_app) -> None:
    with any_app.app_context():
        event = make_selection(capacity=5)
        event_id = event.id
        ids = [row.row_id for row in applying(event, 24)]
    batches = [ids[start : start + 2] for start in range(0, 24, 2)] + [
        ids[start : start + 3] for start in (0, 6, 12, 18)
    ]

    in_threads(in_context(any_app, lambda some: choose(event_id, some, Verdict.APPROVE, by=SYSTEM)), batches)

    with any_app.app_context():
        confirmed = db.session.scalar(
            select(func.count()).select_from(Registration).where(Registration.status == Status.CONFIRMED)
        )
        waiting = db.session.scalar(
            select(func.count()).select_from(Registration).where(Registration.status == Status.WAITLISTED)
        )
    assert held(any_app) == confirmed
    assert confirmed in (4, 5)
    assert waiting == 0


def page(client, key: str, path: str = "selection") -> str:
    return client.get(f"/en/organise/events/{key}/{path}").text


@pytest.fixture
def chosen(app):
    """A workshop of six seats that aims for students, with one who has a seat and two who apply."""
    with app.app_context():
        make_segment("students")
        make_segment("schools")
        event = make_selection(capacity=6, targets=(Target(segment="students", seats=3),), first_time_share=50)
        seated = join(event, 1, segment="schools", first_time=False)
        choose(event.id, [seated.row_id], Verdict.APPROVE, by=SYSTEM)
        helps = join(event, 2, segment="students", first_time=True, answers={"motivation": SECRET})
        join(event, 3, segment="schools", first_time=False)
        return event.key, helps.row_id


def test_page_shows_the_balance_and_who_would_improve_it(client, chosen) -> None:
    sign_in(client, Role.ORGANIZER)

    html = page(client, chosen[0])

    assert "Person 2" in html
    assert SECRET in html
    assert html.count("Would improve the balance") == 1
    assert "too few of this segment so far; too few first-timers so far" in html
    assert "(3 missing)" in html


def test_page_narrows_by_segment_and_sorts_by_help(client, chosen) -> None:
    sign_in(client, Role.ORGANIZER)

    narrowed, sorted_by = (
        page(client, chosen[0], "selection?segment=schools"),
        page(client, chosen[0], "selection?sort=balance"),
    )

    assert ("Person 2" in narrowed, "Person 3" in narrowed) == (False, True)
    assert sorted_by.index("Person 2") < sorted_by.index("Person 3")


def test_page_gives_editors_the_balance_and_neither_names_nor_words(client, chosen) -> None:
    sign_in(client, Role.EDITOR)

    html = page(client, chosen[0])

    assert "(3 missing)" in html
    assert ("Person" in html, SECRET in html, chosen[1] in html) == (False, False, False)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.REPORTER, Role.CHECKIN])
def test_page_is_for_the_team(client, chosen, role: Role) -> None:
    sign_in(client, role)

    assert client.get(f"/en/organise/events/{chosen[0]}/selection").status_code == 403


def test_post_keeps_the_ticks_when_it_is_refused(client, app, chosen) -> None:
    key, row_id = chosen
    with app.app_context():
        event_id = get_record_of(key).id
        choose(event_id, [row_id], Verdict.DECLINE, by=SYSTEM)
        rows = db.session.scalars(select(Registration).where(Registration.status == Status.PENDING)).all()
        left = rows[0].row_id
    sign_in(client, Role.ORGANIZER)

    answer = client.post(
        f"/en/organise/events/{key}/selection",
        data={
            "csrf_token": csrf_token(client, f"/en/organise/events/{key}/selection"),
            "choose": [row_id, left],
            "verdict": "approve",
        },
    )

    assert answer.status_code == 422
    assert "has had an answer meanwhile" in answer.text
    assert 'data-of="schools" checked' in answer.text


def test_what_people_write_to_be_chosen_is_in_no_export_mail_or_log(client, app, chosen, caplog) -> None:
    key = chosen[0]
    sign_in(client, Role.ORGANIZER)
    with caplog.at_level(logging.DEBUG):
        taken = [client.get(f"/en/organise/events/{key}/{name}.csv").text for name in ("participants", "registrations")]
        page(client, key)
    with app.app_context():
        texts = [f"{message.subject} {message.text} {message.html}" for message in mailed()]

    assert ["Person 2" in text for text in taken] == [True, True]
    assert [SECRET in text for text in taken] == [False, False]
    assert texts
    assert [text for text in texts if SECRET in text] == []
    assert SECRET not in caplog.text


def test_export_has_the_columns_of_the_balance(client, chosen) -> None:
    sign_in(client, Role.ORGANIZER)

    lines = client.get(f"/en/organise/events/{chosen[0]}/participants.csv").text.splitlines()

    assert lines[0].lstrip("\ufeff").replace('"', "").split(",")[6:9] == ["segment", "segment_aim", "segment_seats"]
    cells = [line.replace('"', "").split(",") for line in lines[1:]]
    assert [(row[1], row[5], row[6], row[7], row[8]) for row in cells] == [
        ("Person 1", "confirmed", "schools", "", "1"),
        ("Person 2", "pending", "students", "3", "0"),
        ("Person 3", "pending", "schools", "", "1"),
    ]


def test_xlsx_is_a_workbook(client, chosen) -> None:
    sign_in(client, Role.ORGANIZER)

    assert client.get(f"/en/organise/events/{chosen[0]}/participants.xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.MEMBER])
def test_export_is_for_organizers(client, chosen, role: Role) -> None:
    sign_in(client, role)

    assert client.get(f"/en/organise/events/{chosen[0]}/participants.csv").status_code == 403


def test_registration_form_asks_for_a_motivation_and_keeps_it_sealed(client, app, chosen) -> None:
    html = client.get(f"/en/events/{chosen[0]}").text

    assert 'name="motivation"' in html
    with app.app_context():
        sealed = db.session.scalars(select(Registration.answers_sealed).where(Registration.row_id == chosen[1])).one()
    assert SECRET.encode() not in sealed
