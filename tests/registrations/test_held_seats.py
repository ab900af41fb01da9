"""Held seats with the tables: whose they are, how they are proven, when they are free for all, and who comes first."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.disclosure import STRANGER, disclose
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.event import Mode, RegistrationMode, Safety
from cag_events.domain.seating import Proof
from cag_events.domain.seats import Status
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.events.queries import get_record
from cag_events.permissions import Actor, Role
from cag_events.registrations.models import PoolAddress, PoolCode, PoolCodeUse
from cag_events.registrations.queries import seat_state, seat_words
from cag_events.registrations.services import add as add_by_hand
from cag_events.registrations.services import (
    add_code,
    change,
    promote_waiting,
    read_addresses,
    remove_code,
    set_addresses,
    withdraw,
)
from cag_events.registrations.services.own import Changed
from cag_events.registrations.services.queue import do_timed
from tests.factories import make_account, make_event, make_segment, sign_in
from tests.page import page
from tests.registrations.wishes import Apart, made, of, organizer, seats_held, send, statuses, wish

HOUR = timedelta(hours=1)


def pool(segment="students", seats=1, **more):
    return {"segment": segment, "seats": seats, "online": False, "release_hours": None, **more}


def holding(*pools, **more):
    """An event with two seats, of which some are held."""
    for segment in ("students", "media"):
        make_segment(segment)
    return make_event(**{"capacity": 2, "ask": ["segment"], "pools": list(pools or [pool()]), **more})


def refusal(do, *args, **more):
    with pytest.raises(Refused) as caught:
        do(*args, **more)
    return caught.value.code


@contextmanager
def counting():
    """The statements that are sent within."""
    sent = []

    def count(_connection, _cursor, statement, *_more):
        if statement != "BEGIN":
            sent.append(statement)

    listening.listen(db.engine, "before_cursor_execute", count)
    yield sent
    listening.remove(db.engine, "before_cursor_execute", count)


def test_register_keeps_held_seats_for_those_for_whom_they_are(any_ctx):
    event = holding(pool(seats=1))

    shown = [made(event, 1).shown, made(event, 2).shown, made(event, 3, segment="students").shown]

    assert [one.value for one in shown] == ["confirmed", "waitlisted", "confirmed"]
    assert seats_held() == 2


def test_register_holds_seats_on_site_and_online_apart(app_ctx):
    event = holding(pool(online=True), mode=Mode.HYBRID, capacity=1, online_capacity=1)

    assert made(event, 1, mode=Mode.ONLINE).shown is Status.WAITLISTED
    assert made(event, 2, mode=Mode.ONSITE).shown is Status.CONFIRMED
    assert made(event, 3, mode=Mode.ONLINE, segment="students").shown is Status.CONFIRMED


def test_register_never_takes_more_statements_where_seats_are_held(app_ctx):
    plain, held = make_event(ask=["segment"]), holding(capacity=50)
    made(plain, 98), made(held, 99, segment="students")
    with counting() as without:
        made(plain, 1, segment="students")
    with counting() as with_pools:
        made(held, 2, segment="students")

    assert len(with_pools) == len(without)


def test_timed_gives_held_seats_to_who_waits_once_they_are_released(any_ctx):
    event = holding(pool(seats=1, release_hours=24))
    made(event, 1)
    second = made(event, 2)

    with clock.fixed(event.starts_at - 25 * HOUR):
        assert do_timed(clock.now()) == 0
    with clock.fixed(event.starts_at - 24 * HOUR):
        assert do_timed(clock.now()) == 1
        assert do_timed(clock.now()) == 0

    assert of(second).status is Status.CONFIRMED


def test_timed_reads_no_event_where_nobody_waits_or_nothing_is_held(app_ctx):
    for _number in range(3):
        made(make_event(capacity=5))
    with counting() as few:
        do_timed(clock.now())

    assert len(few) == 2


def test_change_of_the_pools_gives_seats_to_who_waits(app_ctx):
    event = holding(pool(seats=1))
    made(event, 1)
    second = made(event, 2)

    with transaction():
        db.session.get_one(Event, event.id).pools = []
        records.refresh([event.id])
        promote_waiting(event.id)

    assert of(second).status is Status.CONFIRMED


def test_change_of_segment_goes_to_the_end_and_then_gets_held_seats(app_ctx):
    event = holding(pool(seats=1))
    made(event, 1)
    second = made(event, 2)

    with clock.fixed(clock.now() + HOUR):
        change(second.registration_id, Changed(name="Person 2", party=1, segment="students", answers={}))

        assert of(second).joined_at == clock.now()
    assert of(second).status is Status.CONFIRMED


def test_withdraw_of_a_student_frees_a_held_seat_for_students_alone(app_ctx):
    event = holding(pool(seats=1))
    made(event, 1)
    student = made(event, 2, segment="students")
    other, waiting = made(event, 3), made(event, 4, segment="students")

    withdraw(student.registration_id)

    assert [of(one).status.value for one in (other, waiting)] == ["waitlisted", "confirmed"]


# Proof


def test_proof_by_mail_domain_is_in_the_address(app_ctx):
    event = holding(pool(seats=1, proof=Proof.DOMAIN.value, domains=["uni.example.org"]))
    made(event, 1)

    assert made(event, 2, segment="students").shown is Status.WAITLISTED
    assert made(event, 3, segment="students", email="x@mail.uni.example.org").shown is Status.CONFIRMED


def test_proof_by_code_says_the_segment_and_counts_its_uses(any_ctx):
    event, by = holding(pool(seats=2, proof=Proof.CODE.value)), organizer()
    add_code(event.id, "students", "kurs-2026 höst", label="The course", most_uses=1, by=by)

    assert made(event, 1, segment="students").shown is Status.WAITLISTED
    first = made(event, 2, pool_code="KURS 2026 HÖST")
    assert (first.shown, of(first).is_proven) == (Status.CONFIRMED, True)
    assert refusal(made, event, 3, pool_code="kurs2026höst") == "registration.pool_code"
    assert refusal(made, event, 3, pool_code="something else") == "registration.pool_code"
    withdraw(first.registration_id)
    assert made(event, 3, pool_code="kurs2026höst").shown is Status.CONFIRMED


def test_codes_are_kept_as_hashes_and_ended_by_them(app_ctx):
    event, by = holding(pool(proof=Proof.CODE.value)), organizer()
    add_code(event.id, "students", "kurs-2026", label="The course", most_uses=None, by=by)
    made(event, 1, pool_code="kurs-2026")

    row = db.session.scalars(select(PoolCode)).one()
    assert b"kurs" not in row.code_hash
    assert refusal(add_code, event.id, "students", "KURS2026", label="x", most_uses=None, by=by) == "pool.code"
    assert refusal(add_code, event.id, "students", "abc", label="x", most_uses=None, by=by) == "pool.code"
    remove_code(event.id, row.code_hash.hex(), by=by)

    assert db.session.scalars(select(PoolCodeUse)).all() == []
    assert refusal(made, event, 2, pool_code="kurs-2026") == "registration.pool_code"


def test_proof_by_list_keeps_blind_indexes_and_lets_those_who_wait_have_their_turn(any_ctx):
    event, by = holding(pool(seats=1, proof=Proof.LIST.value)), organizer()
    made(event, 1)
    second = made(event, 2, segment="students")
    assert of(second).status is Status.WAITLISTED

    assert set_addresses(event.id, "students", ["P2@example.org", "other@example.org"], replaces=True, by=by) == 2

    assert of(second).status is Status.CONFIRMED
    assert len(db.session.scalars(select(PoolAddress)).all()) == 2
    assert set_addresses(event.id, "students", ["third@example.org"], replaces=False, by=by) == 3
    assert set_addresses(event.id, "students", [], replaces=True, by=by) == 0


def test_read_addresses_takes_them_as_they_are_pasted():
    assert read_addresses('Anna <A@example.org>; b@example.org,\nb@example.org "c@" x') == (
        ["a@example.org", "b@example.org"],
        ["c@"],
    )


def test_held_seats_are_the_organizers_to_fill_in(app_ctx):
    event = holding(pool(proof=Proof.CODE.value))
    editor = Actor(account_id=make_account(Role.REPORTER).id, role=Role.REPORTER)

    with pytest.raises(NotAllowed):
        add_code(event.id, "students", "kurs-2026", label="x", most_uses=None, by=editor)
    with pytest.raises(NotAllowed):
        set_addresses(event.id, "students", ["a@example.org"], replaces=True, by=editor)
    with pytest.raises(NotFound):
        set_addresses(event.id, "students", ["a@example.org"], replaces=True, by=organizer())


def test_add_by_hand_vouches_for_who_it_is(app_ctx):
    event = holding(pool(seats=2, proof=Proof.CODE.value))

    registration = add_by_hand(event.id, wish(1, segment="students"), by=organizer())

    assert (registration.status, registration.is_proven) == (Status.CONFIRMED, True)


# Nobody learns from the page who is on a list


@pytest.mark.parametrize("waitlist", [True, False])
def test_register_says_the_same_of_addresses_on_the_list_and_others(app_ctx, waitlist):
    event, by = holding(pool(seats=1, proof=Proof.LIST.value), waitlist=waitlist), organizer()
    set_addresses(event.id, "students", ["p2@example.org"], replaces=True, by=by)
    made(event, 1)

    stranger, listed = made(event, 3, segment="students"), made(event, 2, segment="students")

    assert stranger.shown is listed.shown is Status.OFFERED  # the page says: the mail tells
    assert of(listed).status is Status.CONFIRMED
    assert statuses(event) == (["confirmed", "waitlisted", "confirmed"] if waitlist else ["confirmed", "confirmed"])


def test_register_says_it_plainly_where_the_list_makes_no_difference(app_ctx):
    event, by = holding(pool(seats=1, proof=Proof.LIST.value), capacity=5), organizer()
    set_addresses(event.id, "students", ["p2@example.org"], replaces=True, by=by)

    assert made(event, 1, segment="students").shown is made(event, 2, segment="students").shown is Status.CONFIRMED


def test_page_tells_no_numbers_and_the_same_words_whether_a_listed_address_took_a_seat(app_ctx):
    def words_after(email):
        event = holding(pool(seats=3, proof=Proof.LIST.value), capacity=6)
        set_addresses(event.id, "students", ["listed@example.org"], replaces=True, by=organizer())
        made(event, 1, segment="students", email=email)
        record = get_record(event.id)
        words = seat_words(_seen(record), seat_state(record))
        return words.slug, words.modes, [(one.seats, one.left) for one in words.held]

    assert words_after("listed@example.org") == words_after("other@example.org") == ("few", (), [(3, None)])


def _seen(record):

    return disclose(record, STRANGER, clock.now())


# Phases


def opening(**more):
    phases = [{"segment": "", "hours": 72}, {"segment": "students", "hours": 24}]
    return holding(pool(seats=0), **{"phases": phases, "opens_days": 5, **more})


def member():
    return Actor(account_id=make_account(Role.MEMBER).id, role=Role.MEMBER)


def test_phases_let_members_and_then_a_segment_in_before_everybody(any_ctx):
    event = opening(capacity=50)
    opens_at = event.starts_at - 5 * 24 * HOUR

    with clock.fixed(opens_at - 73 * HOUR):
        assert refusal(made, event, 1, by=member()) == "registration.not_open"
    with clock.fixed(opens_at - 72 * HOUR):
        assert refusal(made, event, 1) == "registration.phase"
        assert refusal(made, event, 1, segment="students") == "registration.phase"
        assert made(event, 2, by=member()).shown is Status.CONFIRMED
    with clock.fixed(opens_at - 24 * HOUR):
        assert refusal(made, event, 1) == "registration.phase"
        assert made(event, 3, segment="students").shown is Status.CONFIRMED
    with clock.fixed(opens_at):
        assert made(event, 1).shown is Status.CONFIRMED


def test_a_phase_of_a_segment_asks_for_the_proof_of_its_pool(app_ctx):
    event = holding(
        pool(seats=1, proof=Proof.DOMAIN.value, domains=["uni.example.org"]),
        phases=[{"segment": "students", "hours": 24}],
        opens_days=5,
    )

    with clock.fixed(event.starts_at - (5 * 24 + 1) * HOUR):
        assert refusal(made, event, 1, segment="students") == "registration.phase"
        assert made(event, 2, segment="students", email="a@uni.example.org").shown is Status.CONFIRMED


def test_a_phase_by_list_says_the_same_to_all_and_keeps_nothing_of_others(app_ctx):
    event = holding(
        pool(seats=1, proof=Proof.LIST.value), phases=[{"segment": "students", "hours": 24}], opens_days=5, capacity=9
    )
    set_addresses(event.id, "students", ["p2@example.org"], replaces=True, by=organizer())

    with clock.fixed(event.starts_at - (5 * 24 + 1) * HOUR):
        other, listed = made(event, 1, segment="students"), made(event, 2, segment="students")

    assert other.shown is listed.shown is Status.OFFERED
    assert (other.registration_id, statuses(event)) == (0, ["confirmed"])


# Pages


@pytest.fixture
def browser(app_ctx):
    return Apart(app_ctx)


def text_of(browser, event, lang="en"):
    return browser.get(f"/{lang}/events/{event.key}").text


def test_page_says_what_is_held_for_whom_until_when_and_how_many_are_free(browser):
    event = holding(pool(seats=30, release_hours=48), capacity=100)
    made(event, 1, segment="students")

    page = text_of(browser, event)

    assert "30 seats are held for Group students until Tue 1 Dec, 18:00." in page
    assert "29 of them are free." in page
    assert "70 seats left" in page


def test_page_of_a_careful_event_says_it_without_numbers_and_of_a_guarded_one_not_at_all(browser):
    careful = holding(pool(seats=30, release_hours=48), capacity=100, safety=Safety.CAREFUL)
    guarded = holding(pool(seats=30), capacity=100, safety=Safety.GUARDED)

    page = text_of(browser, careful)
    assert "Seats are held for Group students until Tue 1 Dec, 18:00." in page
    assert "30 seats" not in page
    assert "are held for" not in text_of(browser, guarded)


def test_page_says_that_the_free_seats_are_held_when_no_others_are_left(browser):
    event = holding(pool(seats=1))
    made(event, 1)

    page = text_of(browser, event)

    assert "The seats that are free are held." in page
    assert "Held seats left" in page


def test_page_says_who_may_register_now_and_who_later(browser):
    event = opening(capacity=50)
    opens_at = event.starts_at - 5 * 24 * HOUR

    with clock.fixed(opens_at - 48 * HOUR):
        members = text_of(browser, event)
    with clock.fixed(opens_at - 12 * HOUR):
        students = text_of(browser, event)

    who = (
        "Who may register when: members from Wed 25 Nov, 18:00, Group students from Fri 27 Nov, 18:00, "
        "everybody from Sat 28 Nov, 18:00."
    )
    assert "Registration is open for members now." in members
    assert who in members
    assert "Sign in" in members
    assert "Registration is open for members and Group students now." in students
    assert 'name="segment"' in students
    with clock.fixed(opens_at - 12 * HOUR):
        early = page(browser, f"/en/events/{event.key}").one("select", name="segment")
    with clock.fixed(opens_at):
        late = page(browser, f"/en/events/{event.key}").one("select", name="segment")
    assert [one.get("required") is not None for one in (early, late)] == [True, False]


def test_form_is_refused_at_the_segment_while_it_is_open_for_some_alone(browser):
    event = opening(capacity=50)

    with clock.fixed(event.starts_at - (5 * 24 + 12) * HOUR):
        answer = send(browser, f"/en/events/{event.key}", name="Anna", email="anna@example.org")

    assert answer.status_code == 422
    assert 'id="segment-error"' in answer.text


def test_form_asks_for_a_code_where_one_opens_held_seats(browser):
    event = holding(pool(seats=2, proof=Proof.CODE.value, release_hours=48))
    add_code(event.id, "students", "kurs-2026", label="x", most_uses=None, by=organizer())
    url = f"/en/events/{event.key}"

    wrong = send(browser, url, name="Anna", email="anna@example.org", pool_code="wrong-one")
    right = send(browser, url, name="Anna", email="anna@example.org", pool_code="kurs-2026")

    assert wrong.status_code == 422
    assert 'id="pool_code-error"' in wrong.text
    assert right.headers["Location"].endswith("outcome=seat")
    with clock.fixed(event.starts_at - 48 * HOUR):
        assert 'name="pool_code"' not in browser.get(url).text


@pytest.mark.parametrize("proof", [Proof.CODE, Proof.LIST])
def test_held_seats_page_names_each_field_once_where_both_modes_are_held(browser, proof):
    both = [pool(proof=proof.value, release_hours=24), pool(proof=proof.value, online=True)]
    event = holding(*both, mode=Mode.HYBRID, online_capacity=2)
    sign_in(browser, Role.ORGANIZER)

    seen = page(browser, f"/en/organise/events/{event.key}/held-seats")

    assert seen.main.count("open these seats too") == 1


def test_receipt_by_list_says_that_the_mail_tells(browser):
    event = holding(pool(seats=1, proof=Proof.LIST.value))
    made(event, 1)
    url = f"/en/events/{event.key}"

    answer = send(browser, url, name="Anna", email="anna@example.org", segment="students")

    assert answer.headers["Location"].endswith("outcome=mail")
    assert "You get our answer by mail" in browser.get(answer.headers["Location"]).text


def test_register_by_approval_waits_for_an_answer_whatever_is_held(app_ctx):
    event = holding(pool(seats=1), registration_mode=RegistrationMode.APPROVAL)

    assert made(event, 1, segment="students").shown is Status.PENDING
