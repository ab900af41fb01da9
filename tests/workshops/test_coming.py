"""Still coming? Asked once, answered with a press, a no frees the seat, silence keeps it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.coming import Answer, Coming, standing
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.seats import Status
from cag_events.events.queries import get_record
from cag_events.messages.models import AttendanceAsk
from cag_events.messages.queries.coming import find_asked, first_day
from cag_events.messages.services.coming import answer, ask_all, free_seat
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import RegistrationLink
from cag_events.registrations.services import make_link, restore
from cag_events.registrations.services.retention import delete_due
from cag_events.workshops.services import do_timed
from tests.factories import at, csrf_token, sign_in
from tests.races.test_seats import in_context, in_threads
from tests.workshops.given import join, mailed, make_workshop, row_of, team


def asked_mails() -> list[str]:
    return [message.to or "" for message in mailed() if message.kind == "attendance.asked"]


def stands(registration) -> Coming:
    return standing(find_asked(registration.id), first_day(get_record(registration.event_id)))


def token_for(registration) -> str:
    with transaction():
        return make_link(registration.id)


def test_ask_all_mails_those_who_have_a_seat_a_link_that_answers_nothing_by_itself(any_ctx) -> None:
    event = make_workshop(capacity=2)
    rows = [join(event, number) for number in (1, 2, 3)]

    assert ask_all(event.id, by=team()) == 2

    about = [message for message in mailed() if message.kind == "attendance.asked"]
    assert [message.to for message in about] == ["p1@example.org", "p2@example.org"]
    assert ["/coming" in (message.text or "") for message in about] == [True, True]
    assert [stands(row) for row in rows] == [Coming.ASKED, Coming.ASKED, Coming.NOT_ASKED]


def test_ask_all_asks_again_only_who_is_silent_and_not_at_once(any_ctx) -> None:
    event, by = make_workshop(), team()
    silent, coming = join(event, 1), join(event, 2)
    ask_all(event.id, by=by)
    mailed()
    answer(coming.id, Answer.YES)

    with pytest.raises(Refused) as refused:
        ask_all(event.id, by=by)
    with clock.fixed(clock.now() + timedelta(hours=12)):
        again = ask_all(event.id, by=by)
        mails = asked_mails()

    assert refused.value.code == "attendance.nobody"
    assert again == 1
    assert mails.count("p1@example.org") == 2
    assert mails.count("p2@example.org") == 1
    assert find_asked(silent.id).times == 2


def test_a_no_frees_the_seat_for_the_next_in_line(any_ctx) -> None:
    event = make_workshop(capacity=1)
    first, second = join(event, 1), join(event, 2)
    ask_all(event.id, by=team())

    answer(first.id, Answer.NO)

    assert [row_of(row.id).status for row in (first, second)] == [Status.WITHDRAWN, Status.CONFIRMED]


def test_a_no_that_is_taken_back_counts_as_silence(any_ctx) -> None:
    event = make_workshop()
    row = join(event, 1)
    ask_all(event.id, by=team())
    answer(row.id, Answer.NO)

    restore(row.id)

    assert stands(row) is Coming.ASKED


def test_answer_is_refused_to_those_without_a_seat_and_once_it_has_begun(any_ctx) -> None:
    event = make_workshop(capacity=1)
    seated, waiting = join(event, 1), join(event, 2)

    with pytest.raises(Refused) as no_seat:
        answer(waiting.id, Answer.YES)
    with clock.fixed(at("2026-12-03T18:00")), pytest.raises(Refused) as closed:
        answer(seated.id, Answer.NO)

    assert (no_seat.value.code, closed.value.code) == ("attendance.no_seat", "attendance.closed")
    assert row_of(seated.id).status is Status.CONFIRMED


def test_free_seat_takes_it_from_who_is_silent_and_from_nobody_else(any_ctx) -> None:
    event, by = make_workshop(capacity=2), team()
    silent, coming, waiting = (join(event, number) for number in (1, 2, 3))
    ask_all(event.id, by=by)
    answer(coming.id, Answer.YES)
    mailed()

    free_seat(event.id, silent.row_id, by=by)

    with pytest.raises(Refused):
        free_seat(event.id, coming.row_id, by=by)
    assert [row_of(row.id).status for row in (silent, coming, waiting)] == [
        Status.WITHDRAWN,
        Status.CONFIRMED,
        Status.CONFIRMED,
    ]
    assert [(m.to, m.kind) for m in mailed() if m.kind == "registration.withdrawn"] == [
        ("p1@example.org", "registration.withdrawn")
    ]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.MEMBER])
def test_ask_and_free_are_for_organizers(app_ctx, role: Role) -> None:
    event = make_workshop()
    row = join(event, 1)

    with pytest.raises(NotAllowed):
        ask_all(event.id, by=team(role))
    with pytest.raises(NotAllowed):
        free_seat(event.id, row.row_id, by=team(role))


def test_timed_work_asks_once_on_the_morning_that_is_set(any_ctx) -> None:
    event = make_workshop(ask_days=3)  # 30 November
    join(event, 1)
    with clock.fixed(at("2026-11-30T08:59")):
        assert do_timed(clock.now()) == 0
    with clock.fixed(at("2026-11-30T09:00")):
        assert [do_timed(clock.now()) for _time in range(3)] == [1, 0, 0]
        assert asked_mails() == ["p1@example.org"]
    with clock.fixed(at("2026-12-02T09:00")):
        assert do_timed(clock.now()) == 0


def test_timed_work_by_two_workers_at_once_asks_once(any_app) -> None:
    with any_app.app_context():
        event = make_workshop(ask_days=30)
        for number in range(4):
            join(event, number)

    done = in_threads(in_context(any_app, lambda _one: do_timed(clock.now())), list(range(8)))

    with any_app.app_context():
        rows = list(db.session.scalars(select(AttendanceAsk)))
    assert sorted(done) == [0] * 7 + [1]
    assert [row.times for row in rows] == [1] * 4


def test_opening_the_link_changes_nothing_and_a_press_does(client, app) -> None:
    with app.app_context():
        event = make_workshop()
        row = join(event, 1)
        ask_all(event.id, by=SYSTEM)
        token, row_id = token_for(row), row.id
    address = f"/en/registrations/{token}/coming"

    shown = client.get(address)
    with app.app_context():
        before = find_asked(row_id).answer
    sent = client.post(address, data={"csrf_token": csrf_token(client), "answer": "yes"})

    assert (shown.status_code, before) == (200, None)
    assert sent.status_code == 303
    with app.app_context():
        assert find_asked(row_id).answer is Answer.YES
    assert "You have told us that you come" in client.get(f"/en/registrations/{token}").text


def test_link_of_somebody_else_or_of_nobody_answers_404(client, app) -> None:
    assert client.get("/en/registrations/" + "A" * 43 + "/coming").status_code == 404
    assert client.get("/en/registrations/" + "A" * 43 + "/diploma").status_code == 404


def test_link_leads_on_to_ones_own_page_when_there_is_nothing_to_answer(client, app) -> None:
    with app.app_context():
        event = make_workshop(capacity=1)
        join(event, 1)
        token = token_for(join(event, 2))

    answer_ = client.get(f"/en/registrations/{token}/coming")

    assert (answer_.status_code, answer_.location) == (303, f"/en/registrations/{token}")


def test_list_names_people_to_organizers_alone(client, app) -> None:
    with app.app_context():
        event = make_workshop()
        join(event, 1)
        ask_all(event.id, by=SYSTEM)
        path = f"/en/organise/events/{event.key}/coming"
    sign_in(client, Role.ORGANIZER)
    organizers = client.get(path).text
    sign_in(client, Role.EDITOR)
    editors = client.get(path).text

    assert ("Person 1" in organizers, "No answer yet" in organizers) == (True, True)
    assert ("Person 1" in editors, "have not answered" in editors) == (False, True)


def test_mail_of_a_guarded_workshop_tells_only_its_date(app_ctx) -> None:
    event = make_workshop(safety="guarded", title={"sv": "Hemligt namn", "en": "Secret name"})
    join(event, 1)
    ask_all(event.id, by=SYSTEM)

    about = [message for message in mailed() if message.kind == "attendance.asked"]

    assert len(about) == 1
    for text in (about[0].subject, about[0].text, about[0].html):
        assert "Hemligt" not in (text or "")
    assert "/coming" in (about[0].text or "")


def test_retention_deletes_what_was_said_with_the_registration(any_ctx) -> None:
    event = make_workshop()
    row = join(event, 1)
    ask_all(event.id, by=SYSTEM)
    with clock.fixed(at("2027-01-03T12:00")):
        done = delete_due(event.id)

    assert done["registration"] == 1
    assert db.session.get(AttendanceAsk, row.id) is None
    assert db.session.scalars(select(RegistrationLink)).all() == []
