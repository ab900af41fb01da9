"""Invitations: to contacts and offices, answered with yes, no or somebody else, reminded, taken back, handed over."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotFound, Refused
from cag_events.domain.event import RegistrationMode, Safety, Visibility
from cag_events.domain.inviting import may_remind, read_addressees
from cag_events.permissions import Role
from cag_events.registrations.models import Invitation, InvitationSending, Invitee, Registration
from cag_events.registrations.queries import find_invitation, list_invited
from cag_events.registrations.services.invitations import (
    Sending,
    hand_over,
    remind,
    say_no,
    send,
    withdraw_invitation,
)
from tests.conftest import NOW
from tests.factories import make_contact, make_event, make_organisation, sign_in
from tests.page import page
from tests.registrations.given import count, mail_to, token_in, written
from tests.registrations.wishes import Apart, hidden_fields, made, organizer, seats_held, statuses
from tests.registrations.wishes import send as fill

OFFICE = "kultur@example.org"


@pytest.fixture(autouse=True)
def _house(app: Flask):
    app.test_client_class = Apart
    with app.app_context():
        make_organisation()
        yield


def invited_event(**more):
    return make_event(
        **{"capacity": 5, "registration_mode": RegistrationMode.INVITE, "visibility": Visibility.PRIVATE, **more}
    )


def sent(event, text: str = f"Kulturförvaltningen <{OFFICE}>", **more) -> int:
    return send(event.id, Sending(addressees=read_addressees(text), **more), by=organizer())


def link(email: str = OFFICE) -> str:
    return f"/en/invitations/{token_in(mail_to(email), 'invitations')}"


def replies(event) -> list[str | None]:
    return [one.reply.value if one.reply else None for one in list_invited(event.id)]


def refusal(do, *args, **more) -> str:
    with pytest.raises(Refused) as caught:
        do(*args, **more)
    return caught.value.code


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("Anna Ek <anna@example.org>", "Anna Ek", "anna@example.org"),
        ('"Ek; Anna" <anna@example.org>', "Ek; Anna", "anna@example.org"),
        ("anna@example.org", "anna", "anna@example.org"),
        ("Anna Ek\tanna@example.org", "Anna Ek", "anna@example.org"),
        ("Anna Ek, anna@example.org;", "Anna Ek", "anna@example.org"),
        ("Kommunstyrelsens kansli", "Kommunstyrelsens kansli", None),
    ],
)
def test_read_addressees_reads_what_people_paste(line, name, email):
    (one,) = read_addressees(f"\n  {line}  \n\n")

    assert (one.name, one.email) == (name, email)


@pytest.mark.parametrize(
    "line", ["Anna <anna@>", "Anna <>", "anna@example", "<a@example.org> <b@example.org>", "a@b@c"]
)
def test_read_addressees_names_the_line_that_it_cannot_read(line):
    with pytest.raises(Refused) as caught:
        read_addressees(f"Bo <bo@example.org>\n{line}")

    assert (caught.value.code, caught.value.facts, caught.value.field) == ("invitation.line", {"number": 2}, "lines")


@given(st.lists(st.from_regex(r"[a-z]{1,8}@example\.org", fullmatch=True), max_size=20))
def test_read_addressees_counts_each_address_once_in_order(addresses):
    found = read_addressees("\n".join(f"Namn <{one.upper()}>\n{one}" for one in addresses))

    assert [one.email.casefold() for one in found if one.email] == list(dict.fromkeys(addresses))


def test_may_remind_is_once_in_three_days():
    day, never = timedelta(days=1), None

    assert [may_remind(NOW, never, NOW + days * day) for days in (0, 2, 3)] == [False, False, True]
    assert [may_remind(NOW, NOW + 3 * day, NOW + days * day) for days in (3, 5, 6)] == [False, False, True]


def test_send_invites_offices_and_contacts_and_holds_no_seat():
    event = invited_event()
    contact = make_contact(email="kontakt@example.org")

    number = sent(event, contact_ids=[contact.id], note="Välkomna hälsar Vera", plus=1)

    assert (number, seats_held()) == (2, 0)
    assert "Välkomna hälsar Vera" in (mail_to(OFFICE).text or "")
    assert mail_to("kontakt@example.org").subject == mail_to(OFFICE).subject
    assert OFFICE.encode() not in b"".join(db.session.scalars(select(Invitee.email_sealed)).all())


def test_send_leaves_out_who_is_invited_or_registered_already():
    event = make_event(capacity=5)
    made(event, 1)
    make_contact(email="p1@example.org")
    sent(event)

    assert sent(event, f"Igen <{OFFICE.upper()}>\nEtt <p1@example.org>") == 0
    assert count(InvitationSending) == 1


def test_send_says_nothing_of_a_guarded_event_but_its_date():
    event = invited_event(safety=Safety.GUARDED, title={"sv": "Kanarie", "en": "Kanarie"})
    sent(event, note="Kanarie hälsar")

    mail = mail_to(OFFICE)

    assert "Kanarie" not in f"{mail.subject}{mail.text}{mail.html}"


def test_answer_yes_registers_and_answers_every_invitation_to_that_address(client):
    event = invited_event()
    contact = make_contact(email="kontakt@example.org")
    sent(event, contact_ids=[contact.id])
    url = link()

    answer = fill(client, url, name="Kerstin", email="kontakt@example.org", who="self")

    assert (answer.status_code, answer.location) == (303, "/en/invitations/receipt?outcome=seat")
    assert replies(event) == ["yes", "yes"]
    assert statuses(event) == ["confirmed"]
    assert client.get(url).status_code == 404


def test_answer_is_filled_with_what_is_known_of_the_invited(client):
    event = invited_event()
    sent(event)

    shown = page(client, link())

    assert shown.one("input", name="name").get("value") == "Kulturförvaltningen"
    assert shown.one("input", name="email").get("value") == OFFICE


def test_answer_by_an_assistant_sends_them_a_copy_without_a_link(client):
    event = invited_event()
    sent(event)

    answer = fill(
        client,
        link(),
        name="Kommunalrådet",
        email=OFFICE,
        who="assistant",
        helper_name="Sekreteraren",
        helper_email="sekreterare@example.org",
    )

    assert answer.status_code == 303
    copy = mail_to("sekreterare@example.org")
    assert "/registrations/" not in (copy.text or "")
    assert "Kommunalrådet" in (copy.text or "")
    assert "/registrations/" in (mail_to(OFFICE).text or "")


def test_answer_asks_an_assistant_who_they_are_and_keeps_what_was_typed(client):
    event = invited_event()
    sent(event)

    answer = fill(client, link(), name="Kommunalrådet", email=OFFICE, who="assistant")

    assert answer.status_code == 422
    assert 'value="Kommunalrådet"' in answer.text
    assert (statuses(event), replies(event)) == ([], [None])


def test_answer_with_a_substitute_registers_them_and_tells_the_invited(client):
    event = invited_event()
    sent(event)

    fill(client, link(), name="Vikarien", email="vikarie@example.org", who="substitute")

    assert db.session.scalars(select(Registration)).one().email == "vikarie@example.org"
    assert replies(event) == ["substitute"]
    assert "in your place" in (mail_to(OFFICE).subject or "") or "ditt ställe" in (mail_to(OFFICE).subject or "")


def test_answer_brings_as_many_as_the_invitation_allows_and_no_more(client):
    event = invited_event()
    sent(event, plus=2)
    url = link()

    many = fill(client, url, name="Kerstin", email=OFFICE, party="4")
    some = fill(client, url, name="Kerstin", email=OFFICE, party="3")

    assert (many.status_code, some.status_code) == (422, 303)
    assert seats_held() == 3


def test_answer_alone_has_no_field_for_people_where_none_may_be_brought(client):
    event = invited_event()
    sent(event)

    assert page(client, link()).all("input", name="party") == []


def test_decline_takes_one_press_and_can_be_changed_for_ten_minutes(client):
    event = invited_event()
    sent(event)
    url = link()

    answer = client.post(url, data={**hidden_fields(client.get(url).text), "action": "decline"})

    assert (answer.status_code, answer.location) == (303, url)
    assert (replies(event), statuses(event)) == (["no"], [])
    assert "You have said no" in page(client, url).main
    with clock.fixed(clock.now() + timedelta(minutes=10)):
        assert client.get(url).status_code == 404
    assert fill(client, url, name="Kerstin", email=OFFICE).status_code == 303
    assert replies(event) == ["yes"]


def test_opening_an_invitation_answers_nothing(client):
    event = invited_event()
    sent(event)
    url = link()

    client.get(url)
    client.head(url)

    assert (replies(event), statuses(event)) == ([None], [])


def test_remind_writes_to_those_who_have_not_answered_once_in_three_days():
    event = invited_event()
    by = organizer()
    sent(event, f"A <a@example.org>\nB <b@example.org>\nC <{OFFICE}>")
    say_no(token_in(mail_to("b@example.org"), "invitations"))
    first = token_in(mail_to(OFFICE), "invitations")
    at_once = remind(event.id, by=by)

    with clock.fixed(clock.now() + timedelta(days=3)):
        later = [remind(event.id, by=by), remind(event.id, by=by)]
        second = token_in(mail_to(OFFICE), "invitations")
        both = [find_invitation(token, clock.now()) for token in (first, second)]

    assert (at_once, later) == (0, [2, 0])
    assert [mail.to for mail in written()].count("b@example.org") == 1
    assert first != second
    assert both[0] is not None
    assert both[0] is both[1]


def test_withdraw_invitation_kills_its_links():
    event = invited_event()
    sent(event)
    token = token_in(mail_to(OFFICE), "invitations")
    (one,) = list_invited(event.id)

    withdraw_invitation(event.id, one.id, by=organizer())

    assert find_invitation(token, clock.now()) is None
    assert refusal(withdraw_invitation, event.id, one.id, by=organizer()) == "invitation.answered"
    with pytest.raises(NotFound):
        withdraw_invitation(event.id + 1, one.id, by=organizer())


def test_hand_over_shows_a_link_of_those_alone_who_have_no_address(client):
    event = invited_event()
    sent(event, f"Kansliet\nC <{OFFICE}>")
    hand, mailed = list_invited(event.id)
    by = organizer()

    assert refusal(hand_over, event.id, mailed.id, by=by) == "invitation.mailed"
    assert client.get(f"/en/invitations/{hand_over(event.id, hand.id, by=by)}").status_code == 200


def test_hand_over_is_shown_once_on_the_page_of_the_organizer(client):
    event = invited_event()
    sent(event, "Kansliet")
    sign_in(client, Role.ORGANIZER)
    url = f"/en/organise/events/{event.key}/registrations/invitations"
    (one,) = list_invited(event.id)

    fields = hidden_fields(client.get(url).text)
    client.post(url, data={**fields, "action": "hand", "invitation": one.id, "name": one.name})
    shown, again = page(client, url), page(client, url)

    assert "/invitations/" in shown.one("input", id="hand-over").get("value", "")
    assert again.all("input", id="hand-over") == []


def test_invitations_page_says_who_answered_what(client):
    event = invited_event()
    sent(event, f"Anna <anna@example.org>\nC <{OFFICE}>")
    say_no(token_in(mail_to("anna@example.org"), "invitations"))
    sign_in(client, Role.ORGANIZER)

    shown = page(client, f"/en/organise/events/{event.key}/registrations/invitations")

    assert "Annaanna@example.org" in shown.main
    assert "Said no" in shown.main
    assert "Not answered" in shown.main


def test_invite_page_sends_lines_and_names_the_one_it_cannot_read(client):
    event = invited_event()
    sign_in(client, Role.ORGANIZER)
    url = f"/en/organise/events/{event.key}/registrations/invite"
    fields = hidden_fields(client.get(url).text)

    wrong = client.post(url, data={**fields, "lines": "Anna <anna@>", "note": "Hej", "plus": "0"})
    right = client.post(url, data={**fields, "lines": f"Anna <{OFFICE}>", "note": "Hej", "plus": "1"})

    assert wrong.status_code == 422
    assert "Line 1 cannot be read" in wrong.text
    assert "Anna &lt;anna@&gt;" in wrong.text
    assert (right.status_code, count(Invitation)) == (303, 1)


def test_an_invitation_ends_when_registration_closes_also_where_that_was_moved():
    event = invited_event()
    sent(event)
    token = token_in(mail_to(OFFICE), "invitations")
    closes_at = db.session.scalars(select(Invitation.expires_at)).one()

    assert closes_at is not None
    with clock.fixed(closes_at):
        assert find_invitation(token, clock.now()) is None
    with clock.fixed(closes_at - timedelta(seconds=1)):
        assert find_invitation(token, clock.now()) is not None
