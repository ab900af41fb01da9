"""Registering: every mode, every rule, and what is kept of it."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from cag_events import clock, keyring
from cag_events.db import db, transaction
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import Mode, RegistrationMode, Visibility
from cag_events.domain.lifecycle import Status as EventStatus
from cag_events.domain.seats import Status
from cag_events.permissions import ANONYMOUS, Role
from cag_events.registrations.codes import alias_code
from cag_events.registrations.models import Invitation, Registration, RegistrationLink, RegistrationOccurrence, Seat
from cag_events.registrations.queries import find_by_token
from cag_events.registrations.services import invite, make_invitation_link, open_by_code, register, withdraw
from tests.factories import at, make_contact, make_event, make_segment
from tests.registrations.wishes import dates_of, made, noted, of, organizer, seats_held, statuses, wish


def refusal(event, number=1, **more):
    with pytest.raises(Refused) as caught:
        made(event, number, **more)
    return caught.value.code


def test_register_gives_a_seat_while_there_are_seats(app_ctx):
    event = make_event(capacity=2)

    registered = made(event)

    assert registered.shown is Status.CONFIRMED
    assert registered.token is None
    assert of(registered).status is Status.CONFIRMED
    assert seats_held() == 1
    assert noted() == ["registration.made"]


def test_register_puts_the_party_on_the_waitlist_when_seats_run_out(app_ctx):
    event = make_event(capacity=2, guests=1)
    made(event, 1, party=2)

    registered = made(event, 2)

    assert registered.shown is Status.WAITLISTED
    assert seats_held() == 2


def test_register_refuses_when_seats_run_out_and_there_is_no_waitlist(app_ctx):
    event = make_event(capacity=1, waitlist=False)
    made(event, 1)

    assert refusal(event, 2) == "registration.full"
    assert statuses(event) == ["confirmed"]


def test_register_keeps_who_registered_sealed_and_consent_with_time_and_channel(app_ctx):
    event = make_event(ask=["org", "needs", "first_time"])
    make_segment("students")

    registered = made(
        event,
        name="Нурай Үлгүбаева",
        email="Nurai@Example.org",
        language="en",
        segment="students",
        first_time=True,
        answers={"organisation": "Skolan", "needs": "hörslinga", "diet": ""},
    )

    row = of(registered)
    assert (row.name, row.email) == ("Нурай Үлгүбаева", "Nurai@Example.org")
    assert row.email_index == keyring.blind_index("nurai@example.org")
    assert msgspec.json.decode(row.answers) == {"organisation": "Skolan", "needs": "hörslinga"}
    assert (row.consent_text, row.consented_at, row.consent_channel, row.language) == (
        "2026-11",
        clock.now(),
        "web",
        "en",
    )
    assert row.segment_id is not None
    assert row.first_time is True


def test_register_is_for_all_occurrences_unless_one_may_choose(app_ctx):
    days = ["2026-12-03T18:00", "2026-12-04T18:00"]
    whole, chosen = make_event(dates=days), make_event(dates=days, per_occurrence=True)
    friday = dates_of(chosen)[1]

    made(whole)
    made(chosen, occurrences=(friday,))

    came = list(db.session.scalars(select(RegistrationOccurrence.occurrence_id).order_by("registration_id")))
    assert came == [*dates_of(whole), friday]
    assert refusal(chosen, 2) == "registration.occurrence"
    assert refusal(chosen, 2, occurrences=(friday, 999)) == "registration.occurrence"


def test_register_takes_all_occurrences_or_none(app_ctx):
    event = make_event(dates=["2026-12-03T18:00", "2026-12-04T18:00"], per_occurrence=True, capacity=1)
    first, second = dates_of(event)
    made(event, 1, occurrences=(second,))

    both = made(event, 2, occurrences=(first, second))

    assert both.shown is Status.WAITLISTED
    assert db.session.scalars(select(Seat.occurrence_id)).all() == [second]


def test_register_counts_on_site_and_online_apart(app_ctx):
    event = make_event(mode=Mode.HYBRID, capacity=1, online_capacity=1)

    shown = [made(event, n, mode=mode).shown for n, mode in enumerate([Mode.ONSITE, Mode.ONSITE, Mode.ONLINE])]

    assert shown == [Status.CONFIRMED, Status.WAITLISTED, Status.CONFIRMED]
    assert refusal(event, 9) == "registration.mode"
    assert refusal(make_event(), mode=Mode.ONLINE) == "registration.mode"


def test_register_takes_parties_up_to_what_the_event_takes(app_ctx):
    alone, group = make_event(), make_event(group_max=20)

    assert refusal(alone, party=2) == "registration.party"
    assert made(group, party=20).shown is Status.CONFIRMED
    assert refusal(group, 2, party=21) == "registration.party"
    assert refusal(group, 2, party=0) == "registration.party"


def test_register_keeps_to_the_opening_and_closing_times(app_ctx):
    event = make_event(starts="2026-12-03T18:00", opens_days=7, closes_hours=2)
    opens, closes = at("2026-11-26T18:00"), at("2026-12-03T16:00")
    codes = {}
    for number, moment in enumerate([opens - timedelta(seconds=1), opens, closes - timedelta(seconds=1), closes]):
        with clock.fixed(moment):
            try:
                codes[number] = made(event, number).shown.value
            except Refused as refused:
                codes[number] = refused.code

    assert list(codes.values()) == ["registration.not_open", "confirmed", "confirmed", "registration.closed"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(EventStatus.CANCELLED, "registration.cancelled"), (EventStatus.POSTPONED, "registration.postponed")],
)
def test_register_refuses_events_that_do_not_take_place(app_ctx, status, code):
    assert refusal(make_event(status=status)) == code


def test_register_knows_nothing_of_drafts_private_and_members_events(app_ctx):
    for values in (
        {"status": EventStatus.DRAFT},
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.MEMBERS},
    ):
        with pytest.raises(NotFound):
            made(make_event(**values))
    with pytest.raises(NotFound):
        register(12345, wish(), by=ANONYMOUS)


def test_register_is_not_for_events_one_just_comes_to(app_ctx):
    assert refusal(make_event(registration_mode=RegistrationMode.NONE)) == "registration.none"


def test_register_by_approval_waits_for_an_answer_and_holds_no_seat(app_ctx):
    event = make_event(registration_mode=RegistrationMode.APPROVAL, capacity=1)

    registered = [made(event, number) for number in range(3)]

    assert {one.shown for one in registered} == {Status.PENDING}
    assert seats_held() == 0


def test_register_for_members_needs_somebody_signed_in(app_ctx):
    event = make_event(registration_mode=RegistrationMode.MEMBERS, visibility=Visibility.MEMBERS)
    open_to_see = make_event(registration_mode=RegistrationMode.MEMBERS)

    assert refusal(open_to_see) == "registration.members"
    assert made(event, by=organizer(Role.MEMBER)).shown is Status.CONFIRMED


def test_register_by_invitation_needs_one_that_is_not_answered(app_ctx):
    event = make_event(registration_mode=RegistrationMode.INVITE, visibility=Visibility.PRIVATE)
    other = make_event(registration_mode=RegistrationMode.INVITE)
    token = invitation_to(event)

    assert refusal(other) == "registration.invite"
    with pytest.raises(NotFound):
        made(other, invitation=token)
    assert made(event, invitation=token).shown is Status.CONFIRMED
    with pytest.raises(NotFound):
        made(event, 2, invitation=token)


def test_register_by_invitation_ends_when_registration_closes(app_ctx):
    event = make_event(registration_mode=RegistrationMode.INVITE, visibility=Visibility.PRIVATE)
    token = invitation_to(event)

    with clock.fixed(event.starts_at), pytest.raises(NotFound):
        made(event, invitation=token)


def invitation_to(event):
    invite(event.id, [make_contact(email="guest@example.org").id], by=organizer())
    with transaction():
        invitation = db.session.scalars(select(Invitation).order_by(Invitation.id.desc())).first()
        return make_invitation_link(invitation.id)


def test_register_twice_with_the_same_form_gives_the_first_result_again(app_ctx):
    event = make_event(capacity=5)

    first = made(event, idempotency_key="one")
    second = made(event, idempotency_key="one")

    assert first == second
    assert statuses(event) == ["confirmed"]
    assert noted() == ["registration.made"]


def test_register_says_the_same_to_a_form_sent_again_whether_the_address_is_known_or_not(any_ctx):
    event = make_event(capacity=3)
    made(event, email="known@example.org")
    forms = [{"email": f"{who}@example.org", "idempotency_key": who} for who in ("known", "new")]

    before = [made(event, **form).shown for form in forms]
    made(event, 5)
    made(event, 6)
    after = [made(event, party=9, **form).shown for form in forms]
    for registration in db.session.scalars(select(Registration).where(Registration.event_id == event.id)).all():
        withdraw(registration.id)
    at_last = [made(event, **form).shown for form in forms]

    assert before == after == at_last == [Status.CONFIRMED, Status.CONFIRMED]
    assert len(statuses(event)) == 4


def test_register_with_the_same_form_and_a_mended_address_is_a_registration_of_its_own(app_ctx):
    event = make_event()
    made(event, email="wrogn@example.org", idempotency_key="one")

    made(event, email="right@example.org", idempotency_key="one")

    assert statuses(event) == ["confirmed", "confirmed"]


def test_register_with_a_known_address_makes_nothing_new_and_mails_the_link_three_times_a_day(app_ctx):
    event = make_event(capacity=9)
    first = made(event, email="p@example.org")

    again = [made(event, email=" P@EXAMPLE.org", name="Somebody else") for _press in range(5)]

    assert {one.shown for one in again} == {first.shown}
    assert of(first).name == "Person 1"
    assert noted() == ["registration.made", *["registration.again"] * 3]


def test_register_answers_a_known_address_as_it_would_answer_a_new_one(app_ctx):
    full, closed_list = make_event(capacity=1), make_event(capacity=1, waitlist=False)
    made(full, 1)
    made(closed_list, 1)

    assert made(full, 1).shown is Status.WAITLISTED
    assert made(full, 2).shown is Status.WAITLISTED
    assert refusal(closed_list, 1) == "registration.full"
    assert refusal(closed_list, 2) == "registration.full"
    assert noted().count("registration.again") == 2


def test_register_again_is_possible_after_a_withdrawal(app_ctx):
    event = make_event()
    withdraw(made(event, idempotency_key="one").registration_id)

    made(event, idempotency_key="two")

    assert statuses(event) == ["withdrawn", "confirmed"]


def test_register_without_an_address_needs_an_event_that_offers_aliases(app_ctx):
    event = make_event(ask=["alias"])

    registered = made(event, email=None)

    assert find_by_token(registered.token).id == registered.registration_id
    assert of(registered).email is None
    assert refusal(make_event(), email=None) == "registration.email"


def test_register_without_an_address_twice_opens_the_same_page(app_ctx):
    event = make_event(ask=["alias"])

    first = made(event, email=None, idempotency_key="one")
    second = made(event, email=None, idempotency_key="one")

    assert first == second
    assert statuses(event) == ["confirmed"]


def test_open_by_code_finds_the_seat_by_its_six_words_however_they_are_typed(app_ctx):
    registered = made(make_event(ask=["alias"]), email=None)
    code = alias_code(registered.token)

    token = open_by_code(f"  {code.upper().replace(' ', ' - ')}. ")

    assert len(code.split()) == 6
    assert find_by_token(token).id == registered.registration_id
    assert open_by_code("one two three four five six") is None


def test_register_stores_hashes_of_links_and_codes_alone(app_ctx):
    registered = made(make_event(ask=["alias"]), email=None)

    assert db.session.scalars(select(RegistrationLink.token_hash)).all() == [
        keyring.token_hash(registered.token, "manage")
    ]
    assert of(registered).alias_code == keyring.blind_index(alias_code(registered.token), "alias-code")


def test_register_counts_many_people_under_one_reference_each(app_ctx):
    event = make_event(capacity=30)

    codes = {of(made(event, number)).code for number in range(30)}

    assert len(codes) == 30
    assert {len(code) for code in codes} == {6}


def test_register_works_alike_on_both_databases(any_ctx):
    event = make_event(dates=["2026-12-03T18:00", "2026-12-04T18:00"], capacity=3, guests=1)

    shown = [made(event, number, party=2).shown for number in range(2)]

    assert shown == [Status.CONFIRMED, Status.WAITLISTED]
    assert seats_held() == 4
    assert db.session.scalars(select(Registration.code)).all() != []
