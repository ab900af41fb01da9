"""Recordings: published when everybody who is in one has said yes, withdrawn at once when somebody has not."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events import clock
from cag_events.db import db
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.event import Safety
from cag_events.domain.recordings import Consent, State
from cag_events.permissions import Role
from cag_events.talks import services
from cag_events.talks.models import Recording
from cag_events.talks.queries import find_recording
from cag_events.talks.services import RecordingFields
from tests.conftest import NOW
from tests.factories import make_contact, make_event, post, sign_in
from tests.making import Make
from tests.page import page
from tests.talks.talking import editor, organizer

LINK = "https://video.example.org/zzfilm"
PUBLISHED = RecordingFields(state=State.PUBLISHED, link=LINK, minutes=61, captions=("sv",))


def lecture(**values: object) -> int:
    people = [(make_contact("ada", name="Ada Testova"), "speaker"), (make_contact("bo", name="Bo Testov"), "moderator")]
    return int(make_event(key="tal", starts="2026-11-19T18:00", people=people, **values).id)


def code_of(event_id: int, fields: RecordingFields = PUBLISHED) -> str:
    try:
        services.save_recording(event_id, fields, by=organizer())
    except Refused as refused:
        return refused.code
    return "saved"


def say(event_id: int, said: Consent, *keys: str) -> None:
    for key in keys:
        services.write_consent(event_id, key, said, by=organizer())


def state_of(event_id: int) -> State:
    row = find_recording(event_id)
    assert row is not None
    return row.state


def test_save_publishes_only_when_everybody_has_said_yes_or_is_not_in_it(any_ctx: Flask) -> None:
    event_id = lecture()

    nobody = code_of(event_id)
    say(event_id, Consent.YES, "ada")
    one = code_of(event_id)
    say(event_id, Consent.CUT, "bo")

    assert (nobody, one, code_of(event_id)) == ("recording.consent", "recording.consent", "saved")


def test_save_refuses_to_publish_what_was_promised_not_to_be_recorded_or_has_no_address(app_ctx: Flask) -> None:
    event_id = lecture(recording="never")
    say(event_id, Consent.YES, "ada", "bo")

    assert code_of(event_id) == "recording.never"
    assert code_of(int(make_event().id), RecordingFields(state=State.PUBLISHED)) == "recording.link"


def test_write_consent_withdraws_what_is_published_when_somebody_takes_back_their_yes(any_ctx: Flask) -> None:
    event_id = lecture()
    say(event_id, Consent.YES, "ada", "bo")
    assert code_of(event_id) == "saved"

    say(event_id, Consent.YES, "ada")
    before = state_of(event_id)
    say(event_id, Consent.NO, "bo")

    assert (before, state_of(event_id)) == (State.PUBLISHED, State.WITHDRAWN)
    assert code_of(event_id) == "recording.consent"


def test_save_keeps_the_address_sealed(app_ctx: Flask) -> None:
    event_id = lecture()

    assert code_of(event_id, RecordingFields(state=State.EDITING, link=LINK)) == "saved"

    assert b"zzfilm" not in (db.session.get_one(Recording, event_id).link_sealed or b"")


def test_save_is_for_those_who_may_publish(app_ctx: Flask) -> None:
    event_id = lecture()

    with pytest.raises(NotAllowed):
        services.save_recording(event_id, PUBLISHED, by=editor())
    with pytest.raises(NotAllowed):
        services.write_consent(event_id, "ada", Consent.YES, by=editor())


def test_page_shows_the_recording_from_its_publication_until_it_is_withdrawn(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        event_id = lecture(recording="edited")
        say(event_id, Consent.YES, "ada", "bo")
        assert code_of(event_id, RecordingFields(state=State.EDITING, link=LINK)) == "saved"
    paths = ("/en/events/tal", "/sv/events/tal", "/feeds/programme.ics", "/events/tal.ics", "/en/?from=2026-11-01")

    edited = [path for path in paths if LINK in client.get(path).text]
    with app.app_context():
        code_of(event_id)
    published = [path for path in paths if LINK in client.get(path).text]
    with app.app_context():
        services.withdraw_recording(event_id, by=organizer())
    withdrawn = [path for path in paths if LINK in client.get(path).text]

    assert (edited, published, withdrawn) == ([], ["/en/events/tal", "/sv/events/tal"], [])


def test_page_of_a_guarded_event_shows_strangers_no_recording(make: Make, app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event_id = lecture(safety=Safety.GUARDED)
        say(event_id, Consent.YES, "ada", "bo")
        code_of(event_id)

    assert LINK not in client.get("/en/events/tal").text


def test_workspace_writes_consents_and_publishes(make: Make, app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event_id = lecture()
    sign_in(client, Role.ORGANIZER)
    path = "/en/organise/events/tal/recording"
    before = page(client, path)

    refused = post(client, path, {"state": "published", "link": LINK})
    for key in ("ada", "bo"):
        post(client, f"{path}/consent", {"who": key, "said": "yes"}, page=path)
    with clock.fixed(NOW):
        done = post(client, path, {"state": "published", "link": LINK})

    assert "Ada Testova, Bo Testov" in before.main
    assert (refused.status_code, done.status_code) == (422, 303)
    assert "The recording is on the event" in page(client, path).main
    with app.app_context():
        assert state_of(event_id) is State.PUBLISHED
    post(client, f"{path}/withdraw", {}, page=path)
    with app.app_context():
        assert state_of(event_id) is State.WITHDRAWN
