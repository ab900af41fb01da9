"""Withdrawing, taking that back, changing; and who gets what is freed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db, transaction
from cag_events.domain.errors import Refused
from cag_events.domain.event import Mode, RegistrationMode
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.events import records
from cag_events.events.models import Event
from cag_events.registrations.models import RegistrationChange, RegistrationOccurrence, Seat
from cag_events.registrations.queries import find_by_token
from cag_events.registrations.services import (
    Changed,
    ask_for_link,
    change,
    make_link,
    restore,
    revoke_other_links,
    withdraw,
)
from tests.factories import make_event, make_segment
from tests.registrations.wishes import dates_of, made, noted, of, seats_held, statuses, wish


def as_it_is(number=1, **more):
    return Changed(**{"name": f"Person {number}", "party": 1, "answers": {}, **more})


def refusal(do, *args):
    with pytest.raises(Refused) as caught:
        do(*args)
    return caught.value.code


def change_event(event, **values):
    """Change an event as its editor does, in one writing unit."""
    with transaction():
        row = db.session.get_one(Event, event.id)
        for name, value in values.items():
            setattr(row, name, value)
        records.refresh([event.id])


def test_withdraw_frees_exactly_one_seat_for_the_next_in_line(app_ctx):
    event = make_event(capacity=2)
    first, _second, third, _fourth = [made(event, number) for number in range(4)]

    withdraw(first.registration_id)
    withdraw(first.registration_id)

    assert statuses(event) == ["withdrawn", "confirmed", "confirmed", "waitlisted"]
    assert seats_held() == 2
    assert of(third).confirmed_at == clock.now()
    assert noted()[-2:] == ["registration.withdrawn", "registration.promoted"]


def test_withdraw_of_a_small_party_does_not_let_others_pass_the_large_one_at_the_head(app_ctx):
    event = make_event(capacity=4, guests=3)
    small = made(event, 1)
    made(event, 2, party=3)
    made(event, 3, party=4)
    made(event, 4, party=1)

    withdraw(small.registration_id)

    assert statuses(event) == ["withdrawn", "confirmed", "waitlisted", "waitlisted"]


def test_withdraw_of_one_who_waits_lets_those_behind_go_on(app_ctx):
    event = make_event(capacity=2, guests=1)
    made(event, 1)
    large = made(event, 2, party=2)
    made(event, 3)

    withdraw(large.registration_id)

    assert statuses(event) == ["confirmed", "withdrawn", "confirmed"]


def test_withdraw_is_not_for_events_that_are_over(app_ctx):
    event = make_event()
    registered = made(event)

    with clock.fixed(event.ends_at):
        assert refusal(withdraw, registered.registration_id) == "registration.over"


def test_restore_gives_the_free_seat_back(app_ctx):
    event = make_event(capacity=1)
    registered = made(event)
    withdraw(registered.registration_id)

    assert restore(registered.registration_id) is Status.CONFIRMED
    assert seats_held() == 1
    assert noted() == [
        "registration.made",
        "registration.withdrawn",
        "registration.promoted",
        "registration.restored",
    ]


def test_restore_goes_to_the_head_of_the_queue_when_the_seat_is_taken(app_ctx):
    event = make_event(capacity=1)
    first, second, third = [made(event, number) for number in range(3)]
    withdraw(first.registration_id)

    assert restore(first.registration_id) is Status.WAITLISTED
    withdraw(second.registration_id)

    assert statuses(event) == ["confirmed", "withdrawn", "waitlisted"]
    assert of(third).status is Status.WAITLISTED


def test_restore_is_refused_when_the_seat_is_taken_and_there_is_no_queue(app_ctx):
    event = make_event(capacity=1, waitlist=False)
    registered = made(event, 1)
    withdraw(registered.registration_id)
    made(event, 2)

    assert refusal(restore, registered.registration_id) == "registration.full"
    assert statuses(event) == ["withdrawn", "confirmed"]


def test_restore_ends_after_ten_minutes(app_ctx):
    event = make_event()
    registered = made(event)
    withdraw(registered.registration_id)

    with clock.fixed(clock.now() + timedelta(minutes=10)):
        assert refusal(restore, registered.registration_id) == "registration.too_late"
    with clock.fixed(clock.now() + timedelta(minutes=9, seconds=59)):
        assert restore(registered.registration_id) is Status.CONFIRMED


def test_restore_keeps_the_place_of_one_who_waited(app_ctx):
    event = make_event(capacity=1)
    _seated, waiting, _behind = [made(event, number) for number in range(3)]
    joined = of(waiting).joined_at
    withdraw(waiting.registration_id)

    restore(waiting.registration_id)

    assert (of(waiting).status, of(waiting).joined_at) == (Status.WAITLISTED, joined)


def test_restore_waits_for_an_answer_again_if_it_did_before(app_ctx):
    registered = made(make_event(registration_mode=RegistrationMode.APPROVAL))
    withdraw(registered.registration_id)

    assert restore(registered.registration_id) is Status.PENDING
    assert seats_held() == 0


def test_restore_is_refused_to_an_address_that_has_registered_anew(app_ctx):
    event = make_event()
    registered = made(event)
    withdraw(registered.registration_id)
    made(event)

    assert refusal(restore, registered.registration_id) == "registration.again"


def test_change_of_words_and_consents_changes_nothing_else(app_ctx):
    event = make_event(ask=["org", "photo", "segment"])
    make_segment("students")
    registered = made(event, answers={"organisation": "Skolan"})

    change(
        registered.registration_id,
        as_it_is(name="Ny", answers={"organisation": "Museet"}, consent_photo=True, segment="students"),
    )

    row = of(registered)
    assert (row.name, row.answers, row.consent_photo, row.revision) == ("Ny", '{"organisation":"Museet"}', True, 0)
    entry = db.session.scalars(select(RegistrationChange)).one()
    assert entry.facts == {"fields": ["consent_photo", "name", "organisation", "segment"]}
    assert noted() == ["registration.made", "registration.changed"]


def test_change_that_changes_nothing_notes_nothing(app_ctx):
    registered = made(make_event())

    change(registered.registration_id, as_it_is())

    assert noted() == ["registration.made"]


def test_change_to_fewer_people_frees_their_seats(app_ctx):
    event = make_event(capacity=3, guests=2)
    registered = made(event, 1, party=3)
    made(event, 2)

    change(registered.registration_id, as_it_is(party=2))

    assert statuses(event) == ["confirmed", "confirmed"]
    assert db.session.scalars(select(Seat.no).order_by(Seat.no)).all() == [1, 2, 3]


def test_change_to_more_people_needs_free_seats_that_nobody_waits_for(app_ctx):
    event = make_event(capacity=3, guests=2)
    registered = made(event, 1)

    change(registered.registration_id, as_it_is(party=2))
    made(event, 2, party=3)

    assert refusal(change, registered.registration_id, as_it_is(party=3)) == "registration.no_room"
    assert of(registered).party == 2
    assert seats_held() == 2


def test_change_of_mode_takes_a_seat_there_and_frees_the_one_here(app_ctx):
    event = make_event(mode=Mode.HYBRID, capacity=1, online_capacity=1)
    registered = made(event, 1, mode=Mode.ONSITE)
    made(event, 2, mode=Mode.ONSITE)

    change(registered.registration_id, as_it_is(mode=Mode.ONLINE))

    assert statuses(event) == ["confirmed", "confirmed"]
    assert sorted(db.session.scalars(select(Seat.mode))) == [Mode.ONLINE, Mode.ONSITE]
    assert of(registered).revision == 1


def test_change_of_mode_keeps_the_seat_when_there_is_none_on_the_other_side(app_ctx):
    event = make_event(mode=Mode.HYBRID, capacity=1, online_capacity=1)
    registered = made(event, 1, mode=Mode.ONSITE)
    made(event, 2, mode=Mode.ONLINE)

    assert refusal(change, registered.registration_id, as_it_is(mode=Mode.ONLINE)) == "registration.no_room"
    assert of(registered).mode is Mode.ONSITE
    assert seats_held() == 2


def test_change_of_occurrences_adds_and_drops_seats_all_or_none(app_ctx):
    event = make_event(dates=["2026-12-03T18:00", "2026-12-04T18:00"], per_occurrence=True, capacity=1)
    first, second = dates_of(event)
    registered = made(event, 1, occurrences=(first,))

    change(registered.registration_id, as_it_is(occurrences=(first, second)))
    change(registered.registration_id, as_it_is(occurrences=(second,)))
    made(event, 2, occurrences=(first,))

    assert refusal(change, registered.registration_id, as_it_is(occurrences=(first, second))) == "registration.no_room"
    query = select(Seat.occurrence_id).where(Seat.registration_id == registered.registration_id)
    assert list(db.session.scalars(query)) == [second]
    came = select(RegistrationOccurrence.occurrence_id).where(
        RegistrationOccurrence.registration_id == registered.registration_id
    )
    assert list(db.session.scalars(came)) == [second]


def test_change_of_one_who_waits_keeps_the_place_for_less_and_loses_it_for_more(app_ctx):
    event = make_event(capacity=1, guests=2)
    made(event, 0)
    waiting = made(event, 1, party=2)
    joined = of(waiting).joined_at

    with clock.fixed(clock.now() + timedelta(minutes=1)):
        change(waiting.registration_id, as_it_is(party=1))
        kept = of(waiting).joined_at
        change(waiting.registration_id, as_it_is(party=3))

    assert kept == joined
    assert of(waiting).joined_at == joined + timedelta(minutes=1)


def test_change_to_more_is_refused_after_closing_and_to_less_is_not(app_ctx):
    event = make_event(guests=2, closes_hours=2)
    registered = made(event, party=2)

    with clock.fixed(event.starts_at - timedelta(hours=1)):
        assert refusal(change, registered.registration_id, as_it_is(party=3)) == "registration.closed"
        change(registered.registration_id, as_it_is(party=1))

    assert of(registered).party == 1


def test_change_is_refused_once_withdrawn(app_ctx):
    registered = made(make_event())
    withdraw(registered.registration_id)

    assert refusal(change, registered.registration_id, as_it_is(name="X")) == "registration.gone"


def test_more_capacity_promotes_those_who_wait_within_the_same_unit(any_ctx):
    event = make_event(capacity=1)
    for number in range(4):
        made(event, number)

    change_event(event, capacity=3)

    assert statuses(event) == ["confirmed", "confirmed", "confirmed", "waitlisted"]
    assert noted().count("registration.promoted") == 2


def test_less_capacity_keeps_people_and_closes_entry(app_ctx):
    event = make_event(capacity=3)
    first, *_rest = [made(event, number) for number in range(3)]

    change_event(event, capacity=2)
    withdraw(first.registration_id)

    assert made(event, 9).shown is Status.WAITLISTED
    assert statuses(event) == ["withdrawn", "confirmed", "confirmed", "waitlisted"]


def test_nobody_is_promoted_once_the_event_has_begun_or_is_called_off(app_ctx):
    begun, cancelled = make_event(capacity=1), make_event(capacity=1)
    first = [made(event, 1) for event in (begun, cancelled)]
    for event in (begun, cancelled):
        made(event, 2)

    with clock.fixed(begun.starts_at):
        withdraw(first[0].registration_id)
    change_event(cancelled, status=EventStatus.CANCELLED)
    withdraw(first[1].registration_id)

    assert statuses(begun) == ["withdrawn", "waitlisted"]
    assert statuses(cancelled) == ["withdrawn", "waitlisted"]


def test_ask_for_link_notes_every_live_registration_and_is_silent_for_others(app_ctx):
    ids = [made(make_event(), 1).registration_id for _event in range(2)]
    withdraw(made(make_event(), 1).registration_id)

    ask_for_link("P1@example.org")
    ask_for_link("nobody@example.org")

    from cag_events.outbox.models import Fact

    asked = db.session.scalars(select(Fact).where(Fact.name == "registration.link_asked")).one()
    assert asked.facts == {"registration_ids": ids}


def test_ask_for_link_mails_an_address_three_times_a_day_at_most(app_ctx):
    made(make_event())

    for _press in range(6):
        ask_for_link("p1@example.org")

    assert noted().count("registration.link_asked") == 3


def test_revoke_other_links_leaves_the_one_in_use(app_ctx):
    registered = made(make_event())
    with transaction():
        old, mine = make_link(registered.registration_id), make_link(registered.registration_id)

    revoke_other_links(registered.registration_id, mine)

    assert find_by_token(old) is None
    assert find_by_token(mine).id == registered.registration_id
    assert wish().party == 1
