"""What people are told about their registration: in their language, by their circle, with a link of their own."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from cag_events import clock, keyring
from cag_events.accounts.models import Organisation
from cag_events.db import db, transaction
from cag_events.domain.event import Mode, Safety
from cag_events.events.models import Event
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.facts import note
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, SYSTEM
from cag_events.registrations import services
from cag_events.registrations.models import Registration, RegistrationLink
from cag_events.registrations.queries.invitations import find_invitation
from cag_events.registrations.services import Changed, NewRegistration
from tests.conftest import NOW
from tests.factories import make_contact, make_event, make_venue
from tests.golden import check

TITLE = {"sv": "Våld är inte tradition", "en": "Violence is not tradition"}


@pytest.fixture(autouse=True)
def _organisation(app_ctx: Flask) -> None:
    """The organisation that writes the mails."""
    with transaction():
        db.session.add(
            Organisation(
                key="house",
                name={"sv": "Provhuset", "en": "The Test House"},
                short="TH",
                email="ask@example.org",
                tz="Europe/Stockholm",
            )
        )


def registered(event: Event, number: int = 1, **values: Any) -> int:
    """Somebody registers for an event; their registration's id."""
    defaults: dict[str, Any] = {"name": f"Anna {number}", "email": f"anna{number}@example.org", "language": "sv"}
    return services.register(event.id, NewRegistration(**{**defaults, **values}), by=ANONYMOUS).registration_id


def mails() -> list[Message]:
    """All messages in the order in which they were queued, after the facts so far were followed up."""
    follow_up()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def manage_token(text: str) -> str:
    """The secret in a mail's link to the own page."""
    return text.partition("/registrations/")[2].split()[0]


def test_register_is_answered_with_when_where_and_the_way_back() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", minutes=120)

    registered(event, name="Anna Åberg")
    (mail,) = mails()

    assert mail.subject == "Du är anmäld: Våld är inte tradition, ons 25 nov 18.00"
    assert mail.sender == "Provhuset"
    assert mail.to == "anna1@example.org"
    text = mail.text or ""
    assert text.startswith("Hej Anna Åberg!\n\nDu är anmäld: Våld är inte tradition\n")
    assert "När: ons 25 nov 2026 kl. 18.00–20.00\n" in text
    assert "Provgatan 1, 111 11 Stockholm" in text
    assert "Frågor? Skriv till ask@example.org" in text


def test_register_is_answered_in_the_reader_s_language() -> None:
    registered(make_event(title=TITLE, starts="2026-11-25T18:00"), language="en")

    (mail,) = mails()

    assert mail.subject == "You are registered: Violence is not tradition, Wed 25 Nov 18:00"
    assert mail.sender == "The Test House"
    assert '<html lang="en">' in (mail.html or "")


def test_register_is_answered_with_a_link_whose_hash_alone_is_kept() -> None:
    registration_id = registered(make_event())

    (mail,) = mails()
    token = manage_token(mail.text or "")

    links = db.session.execute(select(RegistrationLink.token_hash, RegistrationLink.registration_id)).all()
    assert [tuple(link) for link in links] == [(keyring.token_hash(token, "manage"), registration_id)]
    assert f"http://127.0.0.1:5000/sv/registrations/{token}" in (mail.html or "")


def test_mails_lead_to_the_address_in_the_settings_whatever_host_is_asked(app_ctx: Flask) -> None:
    registered(make_event())

    with app_ctx.test_request_context("/", headers={"Host": "evil.example.org"}):
        (mail,) = mails()

    assert "evil.example.org" not in (mail.text or "") + (mail.html or "") + (mail.calendar or "")
    assert "http://127.0.0.1:5000/sv/" in (mail.text or "")


def test_mails_escape_what_people_type() -> None:
    registered(make_event(title={"sv": "<b>fet</b> & co"}), name='<img src="http://evil.example.org/x">')

    (mail,) = mails()

    html = mail.html or ""
    assert '<img src="http' not in html
    assert "<b>fet" not in html
    assert "&lt;img src=&#34;http://evil.example.org/x&#34;&gt;" in html
    assert "&lt;b&gt;fet&lt;/b&gt; &amp; co" in html


def test_mails_are_small_and_load_nothing_from_elsewhere() -> None:
    event = make_event(title=TITLE, dates=[f"2026-12-{day:02d}T18:00" for day in range(1, 31)])
    registered(event)

    (mail,) = mails()

    html = mail.html or ""
    assert len(html.encode()) < 30_000
    assert [mark for mark in ("<script", "url(", "@import", "<link") if mark in html] == []
    assert re.findall(r'src="([^"]*)"', html) == ["cid:code"]


def test_register_carries_a_calendar_part_for_its_one_date() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", minutes=120)
    uid = event.occurrences[0].uid
    registered(event)

    (mail,) = mails()

    assert mail.calendar_method == "REQUEST"
    entry = parsed(mail)
    assert entry["METHOD"] == "REQUEST"
    assert entry["UID"] == uid
    assert entry["DTSTART;TZID=Europe/Stockholm"] == "20261125T180000"
    assert entry["ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"] == "mailto:anna1@example.org"
    assert re.fullmatch(r"mailto:events\+[a-z2-7]{32}@localhost", entry['ORGANIZER;CN="Provhuset"'])
    assert entry["DTSTAMP"] == "20261121T090000Z"


def test_register_for_several_dates_links_to_a_file_instead_of_a_calendar_part() -> None:
    registered(make_event(dates=["2026-12-03T18:00", "2026-12-10T18:00"]))

    (mail,) = mails()

    assert mail.calendar is None
    assert f"/sv/registrations/{manage_token(mail.text or '')}.ics" in (mail.text or "")


def test_withdraw_calls_the_entry_off_with_a_higher_sequence() -> None:
    registration_id = registered(make_event())
    (first,) = mails()

    services.withdraw(registration_id)
    second = mails()[-1]

    assert (first.calendar_method, second.calendar_method) == ("REQUEST", "CANCEL")
    before, after = parsed(first), parsed(second)
    assert (after["METHOD"], after["STATUS"], after["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert (second.subject or "").startswith("Du är avanmäld: ")


def test_withdraw_and_restore_are_told_as_they_ended_when_they_follow_quickly() -> None:
    registration_id = registered(make_event(title=TITLE, starts="2026-11-25T18:00"))
    mails()

    services.withdraw(registration_id)
    services.restore(registration_id)

    assert len(mails()) == 2
    assert mails()[-1].kind == "registration.confirmed"


def test_a_fact_that_is_followed_up_twice_writes_one_mail() -> None:
    registration_id = registered(make_event())
    mails()

    with transaction():
        note("registration.made", registration_id=registration_id)

    assert len(mails()) == 1
    assert db.session.scalar(select(func.count()).select_from(RegistrationLink)) == 1


def test_the_next_in_line_is_told_of_the_freed_seat() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", capacity=1)
    first = registered(event, 1)
    registered(event, 2)
    mails()

    services.withdraw(first)

    told = {mail.to: mail.subject for mail in mails()[2:]}
    assert told == {
        "anna1@example.org": "Du är avanmäld: Våld är inte tradition, ons 25 nov 18.00",
        "anna2@example.org": "Du har fått en plats: Våld är inte tradition, ons 25 nov 18.00",
    }


def test_register_names_no_place_in_the_queue() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", capacity=1)
    for number in (1, 2, 3):
        registered(event, number)

    last = mails()[-1]

    assert last.subject == "Du står i kö: Våld är inte tradition, ons 25 nov 18.00"
    assert last.calendar is None
    assert "anna1" not in (last.text or "") + (last.html or "")


def test_approval_is_told_in_two_mails() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", registration_mode="approval")
    first, second = registered(event, 1), registered(event, 2)
    mails()

    services.approve(first, by=SYSTEM)
    services.decline(second, by=SYSTEM)

    assert [mail.subject for mail in mails()] == [
        "Vi har fått din anmälan: Våld är inte tradition, ons 25 nov 18.00",
        "Vi har fått din anmälan: Våld är inte tradition, ons 25 nov 18.00",
        "Din anmälan är godkänd: Våld är inte tradition, ons 25 nov 18.00",
        "Vi kan inte ge dig en plats: Våld är inte tradition, ons 25 nov 18.00",
    ]
    assert [mail.calendar_method for mail in mails()] == ["", "", "REQUEST", ""]


def test_change_is_told_with_what_there_is_now() -> None:
    registration_id = registered(make_event(title=TITLE, guests=3, starts="2026-11-25T18:00"))
    mails()

    services.change(registration_id, Changed(name="Anna 1", party=3, answers={}))

    last = mails()[-1]
    assert last.subject == "Din anmälan är ändrad: Våld är inte tradition, ons 25 nov 18.00"
    assert "Platser: 3 personer" in (last.text or "")
    assert last.calendar is None  # nothing of when, where or whether


def test_a_known_address_gets_its_link_again() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00")
    registered(event)
    mails()

    registered(event)

    last = mails()[-1]
    assert last.kind == "registration.link"
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    assert db.session.scalar(select(func.count()).select_from(RegistrationLink)) == 2


def test_an_alias_gets_no_mail() -> None:
    event = make_event(ask=["alias"])

    registered(event, email=None)

    assert mails() == []


def test_a_guarded_event_is_neutral_in_subject_sender_and_text_and_carries_no_calendar() -> None:
    event = make_event(
        title=TITLE, starts="2026-11-25T18:00", safety=Safety.GUARDED, access_note={"sv": "Ring på gården"}
    )

    registered(event)
    (mail,) = mails()

    written = (mail.text or "") + (mail.html or "")
    assert mail.subject == "Din anmälan till TH"
    assert mail.sender == "TH"
    assert mail.calendar is None
    hidden = ("Våld", "Provgatan", "Huset", "Stora salen", "Ring på", "/events/", event.key, "Provhuset")
    assert [word for word in hidden if word in written] == []
    assert "När: ons 25 nov 2026 kl. 18.00" in (mail.text or "")


def test_a_careful_event_tells_the_address_in_the_last_day_only() -> None:
    event = make_event(starts="2026-11-25T18:00", safety=Safety.CAREFUL)
    registered(event, 1)
    early = mails()[-1]
    with clock.fixed(NOW + timedelta(days=4)):
        registered(event, 2)
        late = mails()[-1]

    for part in (early.text, early.html, early.calendar):
        assert "Provgatan" not in (part or "")
    assert "Var: Stockholm\nAdress: på din sida, från 24 timmar före start" in (early.text or "")
    assert "Provgatan 1" in (late.text or "")


def test_a_person_in_the_queue_sees_no_more_than_the_public_of_a_careful_event() -> None:
    event = make_event(starts="2026-11-22T08:00", safety=Safety.CAREFUL, capacity=1, closes_hours=0)
    registered(event, 1)
    registered(event, 2)

    first, second = mails()

    assert "Provgatan 1" in (first.text or "")
    assert "Provgatan 1" not in (second.text or "") + (second.html or "")


def test_the_way_into_the_online_room_is_ours_and_told_in_the_last_day_only() -> None:
    event = make_event(
        mode=Mode.ONLINE,
        starts="2026-11-25T18:00",
        online_url="https://meet.example.net/secret-room",
        tz="Asia/Bishkek",
    )
    registered(event, 1)
    early = mails()[-1]
    with clock.fixed(NOW + timedelta(days=4)):
        registered(event, 2)
        late = mails()[-1]

    written = "".join(part or "" for mail in (early, late) for part in (mail.text, mail.html, mail.calendar))
    assert "secret-room" not in written
    assert "/join/" not in (early.text or "") + (early.calendar or "")
    assert "http://127.0.0.1:5000/sv/join/" in (late.text or "")
    assert "/join/" in (late.calendar or "").replace("\r\n ", "")


def test_a_time_abroad_is_told_in_both_zones() -> None:
    venue = make_venue(city="Bisjkek", country="KG", tz="Asia/Bishkek")
    registered(make_event(venue=venue, starts="2026-11-25T18:00", minutes=120))

    (mail,) = mails()

    assert "ons 25 nov 2026 kl. 18.00–20.00 Bisjkek (13.00–15.00 " in (mail.text or "")
    assert parsed(mail)["DTSTART;TZID=Asia/Bishkek"] == "20261125T180000"


def test_an_invitation_carries_a_link_whose_hash_alone_is_kept() -> None:
    event = make_event(title=TITLE, starts="2026-11-25T18:00", registration_mode="invite")
    contact = make_contact(email="guest@example.org", name="Gäst", languages=["en"])

    services.invite(event.id, [contact.id], by=SYSTEM)
    (mail,) = mails()

    token = (mail.text or "").partition("/invitations/")[2].split()[0]
    assert mail.subject == "Invitation: Violence is not tradition, Wed 25 Nov 18:00"
    assert mail.to == "guest@example.org"
    assert find_invitation(token, NOW) is not None


def test_mails_leave_no_trace_of_people_in_facts_and_logs(capsys: pytest.CaptureFixture[str]) -> None:
    registration_id = registered(make_event(), name="Canary Name", email="canary@example.org")
    mails()
    with transaction():
        db.session.execute(update(Registration).where(Registration.id == registration_id).values(name_sealed=b"broken"))
        note("registration.changed", registration_id=registration_id)
    mails()

    logged = capsys.readouterr()
    facts = db.session.execute(select(Message.kind, Message.key, Message.fault)).all()
    assert "canary" not in (logged.out + logged.err + repr(facts)).lower()


def parsed(mail: Message) -> dict[str, str]:
    """The lines of a mail's calendar, unfolded; of a repeated name the last."""
    lines = (mail.calendar or "").replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_mail_of_a_seat_reads_as_it_always_did(language: str) -> None:
    event = make_event(
        key="violence",
        title=TITLE,
        starts="2026-11-25T18:00",
        minutes=120,
        guests=1,
        venue=make_venue(name={"sv": "Huset"}),
    )
    registered(event, name="Anna Åberg", party=2, language=language)

    (mail,) = mails()

    code = db.session.scalar(select(Registration.code)) or ""
    for form, written in (("txt", mail.text or ""), ("html", mail.html or "")):
        stable = written.replace(manage_token(mail.text or ""), "TOKEN").replace(code, "CODE42")
        check(f"mail_confirmed_{language}.{form}", stable.encode())
