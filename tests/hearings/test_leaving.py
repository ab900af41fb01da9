"""Whoever takes back their registration no longer stands on the chair's list, and their place is free."""

from flask import Flask

from cag_events.hearings.queries import find_slot_of
from cag_events.permissions import SYSTEM
from cag_events.registrations import services as registrations
from tests.factories import make_event
from tests.hearings.given import make_hearing, pass_for, seat, slot_of


def test_withdrawn_registration_takes_its_speaker_off_the_chairs_list(app: Flask) -> None:
    with app.app_context():
        event_id = make_hearing().id
        gone = slot_of(event_id, "Gunnel", approve=True).registration_id
        slot_of(event_id, "Stina", approve=True)
        token = pass_for(event_id, "chair")
        before = app.test_client().get(f"/sv/chair/{token}").text

        registrations.withdraw(gone, by=SYSTEM)

        after = app.test_client().get(f"/sv/chair/{token}").text
    assert ["Gunnel" in text for text in (before, after)] == [True, False]
    assert ["Stina" in text for text in (before, after)] == [True, True]


def test_withdrawn_registration_without_a_wish_to_speak_changes_nothing(app: Flask) -> None:
    with app.app_context():
        registration = seat(make_hearing().id)
        other = seat(make_event().id)

        for row in (registration, other):
            registrations.withdraw(row.id)

        assert find_slot_of(registration.id) is None
