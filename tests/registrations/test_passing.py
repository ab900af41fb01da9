"""A seat is passed on only when the new person takes it; nothing of the giver stays, and no link of theirs opens it."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.event import RegistrationMode, Safety
from cag_events.domain.seating import Proof
from cag_events.domain.seats import Status
from cag_events.permissions import ANONYMOUS, Role
from cag_events.registrations.models import Registration, RegistrationChange, RegistrationLink, Seat
from cag_events.registrations.queries import find_by_token, find_successor
from cag_events.registrations.services import approve, check_in, register, restore, withdraw
from cag_events.registrations.services.groups import Told, name_members
from cag_events.registrations.services.passing import (
    OFFER_LASTS,
    Taken,
    allow,
    forget_unanswered,
    pass_on,
    refuse,
    take_back,
    take_over,
    turn_down,
)
from cag_events.registrations.services.proof import add_code
from tests.factories import make_event, make_organisation, make_segment
from tests.registrations.given import link_token, mail_to, token_in, written
from tests.registrations.wishes import dates_of, made, of, organizer, seats_held, statuses, wish

NEW = "vera@example.org"


@pytest.fixture(autouse=True)
def _house(request: pytest.FixtureRequest) -> None:
    if "any_app" not in request.fixturenames:
        request.getfixturevalue("app_ctx")
        make_organisation()


def offered(registered) -> str:
    """Pass a seat on to Vera; returns the token of her link."""
    pass_on(registered.registration_id, "Vera", NEW)
    return token_in(mail_to(NEW), "taking-over")


def taken(token: str, **more) -> Registration:
    values = {"name": "Vera Ny", "language": "en", "answers": {}, **more}
    return db.session.get_one(Registration, take_over(token, Taken(**values)))


def refusal(do, *args, **more) -> str:
    with pytest.raises(Refused) as caught:
        do(*args, **more)
    return caught.value.code


def test_pass_on_moves_nothing_until_the_new_person_takes_the_seat():
    event = make_event(capacity=1)
    giver = made(event)

    asks_organizer = pass_on(giver.registration_id, "Vera", NEW)

    assert asks_organizer is False
    assert (of(giver).name, statuses(event), seats_held()) == ("Person 1", ["confirmed"], 1)
    assert "Person 1" not in (mail_to(NEW).text or "")


def test_take_over_gives_the_same_seat_to_a_registration_of_its_own():
    make_segment("students")
    event = make_event(capacity=2, guests=1, ask=["needs", "segment"])
    giver = made(event, party=2, segment="students", answers={"needs": "hörslinga"})
    numbers = list(db.session.scalars(select(Seat.no).order_by(Seat.no)))

    mine = taken(offered(giver))

    assert (mine.name, mine.email, mine.party, mine.status.value) == ("Vera Ny", NEW, 2, "confirmed")
    assert (mine.answers, mine.segment_id) == (None, of(giver).segment_id)
    assert (mine.consent_channel, mine.consented_at) == ("passed_on", clock.now())
    assert list(db.session.scalars(select(Seat.no).where(Seat.registration_id == mine.id).order_by(Seat.no))) == numbers
    assert statuses(event) == ["withdrawn", "confirmed"]


def test_take_over_ends_every_link_of_the_giver_and_has_no_undo():
    event = make_event(capacity=1)
    giver = made(event)
    old = link_token(giver.registration_id)
    token = offered(giver)

    mine = taken(token)

    assert find_by_token(old) is None
    assert refusal(restore, giver.registration_id) == "registration.too_late"
    assert find_by_token(token_in(mail_to(NEW), "registrations")).id == mine.id  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        taken(token)


def test_take_over_has_no_undo_although_the_giver_has_just_taken_back_a_withdrawal():
    event = make_event(capacity=1)
    giver = made(event, 1)
    withdraw(giver.registration_id)
    restore(giver.registration_id)
    taken(offered(giver))

    assert refusal(restore, giver.registration_id) == "registration.too_late"
    assert (statuses(event), seats_held()) == (["withdrawn", "confirmed"], 1)


def test_take_over_tells_the_giver_and_then_deletes_what_they_told():
    event = make_event(capacity=1, guests=1)
    giver = made(event, party=2, answers={"organisation": "Skolan"}) if False else made(event)
    row_id = of(giver).row_id
    taken(offered(giver))

    mail = mail_to("p1@example.org")

    assert "lämnad vidare" in (mail.subject or "")
    assert "METHOD:CANCEL" in (mail.calendar or "")
    assert "/registrations/" not in (mail.text or "")
    assert (of(giver).name, of(giver).email_index, of(giver).row_id == row_id) == (None, None, False)
    assert [row.what for row in db.session.scalars(select(RegistrationChange).order_by(RegistrationChange.id))] == [
        "pass_asked",
        "passed_on",
        "taken_over",
        "erased",
    ]


def test_take_over_does_not_show_the_new_person_whom_the_giver_would_have_brought():
    event = make_event(capacity=3, guests=2)
    giver = made(event, party=3)
    name_members(giver.registration_id, {2: Told("Kanarieholm")})

    mine = taken(offered(giver))

    assert mine.party == 3
    assert "Kanarieholm" not in "".join(mail.text or "" for mail in written())


def test_take_back_leaves_the_seat_and_kills_the_link():
    giver = made(make_event())
    token = offered(giver)

    take_back(giver.registration_id)
    take_back(giver.registration_id)

    assert find_successor(giver.registration_id) is None
    with pytest.raises(NotFound):
        taken(token)


def test_turn_down_leaves_the_seat_and_tells_the_giver():
    event = make_event()
    giver = made(event)

    turn_down(offered(giver))

    assert (statuses(event), find_successor(giver.registration_id)) == (["confirmed"], None)
    assert "Du har kvar din plats" in (mail_to("p1@example.org").subject or "")


def test_an_offer_lasts_three_days():
    giver = made(make_event())
    token = offered(giver)

    with clock.fixed(clock.now() + timedelta(days=3)), pytest.raises(NotFound):
        taken(token)
    with clock.fixed(clock.now() + timedelta(days=3, seconds=-1)):
        assert taken(token).status is Status.CONFIRMED


def test_pass_on_is_for_seats_alone_and_not_after_one_has_been_there():
    by = organizer()
    event = make_event(capacity=1)
    here, waits = made(event, 1), made(event, 2)
    check_in(here.registration_id, dates_of(event)[0], by=by)

    assert refusal(pass_on, waits.registration_id, "Vera", NEW) == "passing.status"
    assert refusal(pass_on, here.registration_id, "Vera", NEW) == "passing.here"


def test_pass_on_names_one_person_at_a_time_and_never_oneself():
    giver = made(make_event())
    assert refusal(pass_on, giver.registration_id, "Jag", "P1@example.org") == "passing.own"
    offered(giver)

    assert refusal(pass_on, giver.registration_id, "Someone", "other@example.org") == "passing.again"


def test_pass_on_says_the_same_of_an_address_that_is_registered_and_only_its_owner_learns_it():
    event = make_event()
    giver = made(event, 1)
    register(event.id, wish(2, email=NEW), by=ANONYMOUS)

    token = offered(giver)

    assert refusal(taken, token) == "passing.known"
    assert statuses(event) == ["confirmed", "confirmed"]


def test_pass_on_stops_when_the_giver_withdraws():
    giver = made(make_event())
    token = offered(giver)
    withdraw(giver.registration_id)

    assert refusal(taken, token) == "passing.status"


@pytest.mark.parametrize(
    "closed",
    [{"registration_mode": RegistrationMode.APPROVAL}, {"safety": Safety.GUARDED}],
    ids=["approval", "guarded"],
)
def test_pass_on_asks_the_organizer_first_where_not_everybody_may_come(closed):
    by = organizer()
    event = make_event(**closed)
    giver = made(event)
    if of(giver).status is Status.PENDING:
        approve(giver.registration_id, by=by)

    assert pass_on(giver.registration_id, "Vera", NEW) is True
    assert NEW not in [mail.to for mail in written()]
    allow(giver.registration_id, by=by)

    assert taken(token_in(mail_to(NEW), "taking-over")).status is Status.CONFIRMED


def test_refuse_keeps_the_seat_with_the_giver_and_forgets_who_was_named():
    by = organizer()
    event = make_event(safety=Safety.GUARDED)
    giver = made(event)
    pass_on(giver.registration_id, "Vera", NEW)

    refuse(giver.registration_id, by=by)

    assert (statuses(event), find_successor(giver.registration_id)) == (["confirmed"], None)
    assert refusal(allow, giver.registration_id, by=by) == "passing.none"
    assert NEW not in [mail.to for mail in written()]


def test_allow_is_for_organizers():
    giver = made(make_event(safety=Safety.GUARDED))
    pass_on(giver.registration_id, "Vera", NEW)

    for role in (Role.EDITOR, Role.REPORTER, Role.MEMBER):
        with pytest.raises(NotAllowed):
            allow(giver.registration_id, by=organizer(role))


def test_the_mail_of_a_guarded_event_tells_the_new_person_its_date_alone():
    by = organizer()
    event = make_event(safety=Safety.GUARDED, title={"en": "Kanarieberget", "sv": "Kanarieberget"})
    giver = made(event)
    pass_on(giver.registration_id, "Vera", NEW)
    allow(giver.registration_id, by=by)

    mail = mail_to(NEW)

    assert "Kanarieberget" not in f"{mail.subject}{mail.text}{mail.html}"
    assert "2026" in (mail.text or "") or "Dec" in (mail.text or "")


@pytest.mark.real_clock
def test_two_presses_at_once_move_the_seat_once(any_app: Flask):
    with any_app.app_context():
        make_organisation()
        event = make_event(capacity=1, dates=["2027-01-03T18:00"])
        giver = made(event)
        token = offered(giver)
        event_id = event.id
    outcomes, both = [], Barrier(2)

    def press() -> None:
        with any_app.app_context():
            both.wait()
            try:
                taken(token)
                outcomes.append("taken")
            except (NotFound, Refused) as fault:
                outcomes.append(type(fault).__name__)

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with any_app.app_context():
        found = db.session.scalars(select(Registration).where(Registration.event_id == event_id)).all()
        assert sorted(outcomes) == ["NotFound", "taken"]
        assert sorted(row.status.value for row in found) == ["confirmed", "withdrawn"]
        assert seats_held() == 1
        with transaction():
            assert len(list(db.session.scalars(select(RegistrationLink)))) <= 1


def test_take_over_takes_the_use_of_a_code_along_so_that_nobody_more_gets_in_by_it(any_ctx: Flask):
    by = organizer()
    make_segment("students")
    pool = {"segment": "students", "seats": 2, "proof": Proof.CODE.value}
    event = make_event(capacity=3, pools=[pool], ask=["segment"])
    add_code(event.id, "students", "kurs-2026", label="The course", most_uses=1, by=by)
    giver = made(event, 2, pool_code="kurs-2026")
    pass_on(giver.registration_id, "Vera", NEW)
    allow(giver.registration_id, by=by)

    taken(token_in(mail_to(NEW), "taking-over"))

    assert refusal(made, event, 3, pool_code="kurs-2026") == "registration.pool_code"


def test_forget_unanswered_deletes_who_was_named_once_their_time_is_over_and_not_before(any_ctx: Flask):
    event = make_event(starts="2026-12-20T18:00")
    giver = made(event)
    pass_on(giver.registration_id, "Vera", NEW)
    early = forget_unanswered()

    with clock.fixed(clock.now() + OFFER_LASTS):
        late = forget_unanswered()

    assert (early, late) == (0, 1)
    assert find_successor(giver.registration_id) is None
