"""The organizer's pages: what waits with its difference and preview, four ways on, a message of one's own."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.audit.models import AuditEntry
from cag_events.db import db
from cag_events.domain.coming import Answer
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.event import Safety
from cag_events.domain.noticing import HOLD, State
from cag_events.domain.seats import Status
from cag_events.events.services import cancel_event
from cag_events.messages.mail.written import unknown_slots
from cag_events.messages.services.coming import answer, free_silent, remind_silent
from cag_events.messages.services.holding import send_due, send_now, undo
from cag_events.messages.services.writing import write
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.services import withdraw
from tests.factories import make_event, make_segment, post, sign_in
from tests.messages.given import TITLE, edited, join, mailed, make_house, moved_to, notices, row_of, team, the_notice


def test_page_shows_what_waits_with_difference_numbers_and_each_language(client, app) -> None:
    with app.app_context():
        event = make_event(title=TITLE, starts="2026-11-25T18:00")
        for number, language in ((1, "sv"), (2, "sv"), (3, "en")):
            join(event, number, language=language)
        edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
        path = f"/en/organise/events/{event.key}/messages"
    sign_in(client, Role.ORGANIZER)
    organizers = client.get(path).text
    sign_in(client, Role.EDITOR)
    editors = client.get(path).text

    assert "3 registrations get a mail" in organizers
    assert ["Ändrat evenemang:" in organizers, "Changed event:" in organizers] == [True, True]
    assert ["Person 1" in page or "p1@example.org" in page for page in (organizers, editors)] == [False, False]
    assert ["Undo the change" in page for page in (organizers, editors)] == [True, False]


def test_undo_on_the_page_leaves_the_event_as_it_was(client, app) -> None:
    with app.app_context():
        event = make_event(starts="2026-11-25T18:00")
        join(event)
        edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
        row_id, path = the_notice(event).row_id, f"/en/organise/events/{event.key}/messages"
    sign_in(client, Role.ORGANIZER)

    done = post(client, f"{path}/{row_id}/undo", {}, page=path)
    twice = post(client, f"{path}/{row_id}/undo", {}, page=path)

    assert (done.status_code, twice.status_code) == (303, 303)
    with app.app_context():
        assert the_notice(event).state is State.UNDONE
    assert "meanwhile" in client.get(path).text


def test_drop_without_a_reason_is_refused_at_its_field(client, app) -> None:
    with app.app_context():
        event = make_event(starts="2026-11-25T18:00")
        join(event)
        edited(event, occurrences=moved_to(event, "2026-11-26T18:00"))
        row_id, path = the_notice(event).row_id, f"/en/organise/events/{event.key}/messages"
    sign_in(client, Role.ORGANIZER)

    answered = post(client, f"{path}/{row_id}/drop", {"reason": ""}, page=path)

    assert (answered.status_code, "Say why nobody is to be told" in answered.text) == (422, True)


def test_cancelling_at_once_waits_for_nothing(client, app) -> None:
    with app.app_context():
        event = make_event()
        join(event)
        path = f"/en/organise/events/{event.key}/cancel"
        version = event.version
    sign_in(client, Role.ORGANIZER)

    post(client, path, {"version": str(version), "at_once": "y"}, page=path)

    with app.app_context():
        assert [mail.kind for mail in mailed("event")] == ["event.cancelled"]


def test_a_message_goes_to_those_who_were_chosen_each_in_their_language_and_filled_in(any_ctx: Flask) -> None:
    make_house()
    event = make_event(title=TITLE, starts="2026-12-03T18:00", capacity=2, segments=[make_segment("students")])
    join(event, 1, language="sv", name="Åsa {code}", segment="students")
    join(event, 2, language="en", segment="students")
    join(event, 3, language="en", segment="students")  # waits
    join(event, 4, language="en")
    mailed()
    heads = {"sv": "Om {event}", "en": "About {event}"}
    bodies = {"sv": "Hej {name}!\n\n<b>{when}</b>", "en": "Dear {name}, you are {code}."}
    write(event.id, heads, bodies, {"statuses": ["confirmed"], "segments": ["students"]}, by=team())

    early = mailed("event.written")
    send_due(clock.now() + HOLD)
    swedish, english = mailed("event.written")

    assert (early, swedish.to, english.to) == ([], "p1@example.org", "p2@example.org")
    assert swedish.subject == "Om Våld är inte tradition"
    assert "Hej Åsa {code}!" in (swedish.text or "")  # what somebody is called is never filled in itself
    assert "&lt;b&gt;tors 3 dec" in (swedish.html or "")
    assert f"you are {row_of(2).code}" in (english.text or "")
    logged = db.session.scalars(select(AuditEntry).where(AuditEntry.what == "message.sent")).one()
    assert (logged.event_id, logged.facts) == (event.id, {"count": 2, "purpose": "written"})


def test_a_message_about_a_guarded_event_has_a_subject_that_says_nothing(any_ctx: Flask) -> None:
    make_house()
    event = make_event(title=TITLE, safety=Safety.GUARDED)
    join(event)
    write(event.id, {"en": "About {event}"}, {"en": "At {where}"}, {}, by=team())
    send_due(clock.now() + HOLD)
    (mail,) = mailed("event.written")

    assert mail.subject == "Your registration with TH"
    assert ["tradition" in f"{mail.text}{mail.html}", "Provgatan" in f"{mail.text}"] == [False, False]


def test_a_message_can_be_stopped_and_leaves_the_event_alone(any_ctx: Flask) -> None:
    event = make_event()
    join(event)
    write(event.id, {"en": "S"}, {"en": "T"}, {}, by=team())
    version = event.version

    undo(the_notice(event).id, by=team())

    assert (send_due(clock.now() + HOLD), mailed("event.written"), event.version) == (0, [], version)


@pytest.mark.parametrize(
    ("heads", "bodies", "wanted", "refusal"),
    [
        ({"sv": ""}, {}, {}, ("message.empty", "subject.sv")),
        ({"sv": "Ämne"}, {"sv": ""}, {}, ("message.empty", "body.sv")),
        ({"sv": "Ämne"}, {"en": "Text"}, {}, ("message.empty", "subject.en")),
        ({"en": "S"}, {"en": "T"}, {"statuses": ["waitlisted"]}, ("message.nobody", "statuses")),
    ],
)
def test_a_message_that_reaches_nobody_or_says_nothing_is_refused(app_ctx, heads, bodies, wanted, refusal) -> None:
    event = make_event()
    join(event)

    with pytest.raises(Refused) as refused:
        write(event.id, heads, bodies, wanted, by=team())

    assert (refused.value.code, refused.value.field) == refusal
    assert notices(event) == []


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REPORTER, Role.MEMBER])
def test_writing_is_for_organizers(app_ctx, role: Role) -> None:
    event = make_event()
    join(event)

    with pytest.raises(NotAllowed):
        write(event.id, {"en": "S"}, {"en": "T"}, {}, by=team(role))


def test_only_known_words_are_filled_in() -> None:
    assert unknown_slots({"sv": "{name} {password} {x}", "en": "{when} {Not}"}) == ["password", "x"]


def test_who_is_silent_for_two_days_can_be_asked_again_and_freed_by_hand_alone(any_ctx: Flask) -> None:
    event = make_event(starts="2026-12-03T18:00", capacity=2)
    yes, silent, waiting = (join(event, number) for number in (1, 2, 3))
    edited(event, occurrences=moved_to(event, "2026-12-04T18:00"))
    send_now(the_notice(event).id, by=SYSTEM)
    questions = [mail.text or "" for mail in mailed("event.moved")]
    answer(yes.id, Answer.YES)

    assert ["/coming" in text for text in questions] == [True, True, False]  # who waits is not asked
    with pytest.raises(Refused):
        free_silent(event.id, by=team())
    with clock.fixed(clock.now() + timedelta(hours=48)):
        assert remind_silent(event.id, by=team()) == 1
    with clock.fixed(clock.now() + timedelta(hours=97)):
        assert free_silent(event.id, by=team()) == 1
    assert [row_of(row.id).status for row in (yes, silent, waiting)] == [
        Status.CONFIRMED,
        Status.WITHDRAWN,
        Status.CONFIRMED,
    ]


def test_another_hour_of_the_same_day_asks_nobody(any_ctx: Flask) -> None:
    event = make_event(starts="2026-12-03T18:00")
    join(event)
    edited(event, occurrences=moved_to(event, "2026-12-03T19:00"))
    send_now(the_notice(event).id, by=SYSTEM)

    assert ["/coming" in (mail.text or "") for mail in mailed("event.moved")] == [False]


def test_who_has_left_meanwhile_gets_nothing(any_ctx: Flask) -> None:
    event = make_event()
    row = join(event)
    join(event, 2)
    cancel_event(event.id, {}, version=event.version, by=SYSTEM)
    withdraw(row.id)
    send_due(clock.now() + HOLD)

    assert [mail.to for mail in mailed("event.cancelled")] == ["p2@example.org"]
