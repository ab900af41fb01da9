"""The room's pages by hand: writing in, the chair's phone, the desk, the visitor list, retention."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock, retention
from cag_events.audit.queries import list_about
from cag_events.db import db, transaction
from cag_events.domain.hearing import Level, Slot
from cag_events.events.models import EventDataKey
from cag_events.hearings import services
from cag_events.hearings.models import SpeakingSlot, Submission
from cag_events.hearings.queries import list_slots
from cag_events.hearings.record import Record
from cag_events.hearings.services.retention import erase
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.models import Message
from cag_events.permissions import SYSTEM, Role
from cag_events.registrations.models import Registration
from cag_events.registrations.services import Changed, change
from tests.factories import hidden_fields, make_venue, post, sign_in
from tests.hearings.given import link, make_hearing, pass_for, seat, slot_of, written

READING = timedelta(seconds=20)


def send(client: FlaskClient, path: str, values: dict[str, Any]) -> Any:
    """Fill in a public form as a person does: it takes some time."""
    fields = hidden_fields(client.get(path).text)
    with clock.fixed(clock.now() + READING):
        return client.post(path, data={**fields, **values})


def only(app: Flask, model: Any) -> Any:
    """The only row of a table."""
    with app.app_context():
        return db.session.scalars(select(model)).one()


def test_submit_leads_to_the_own_page_that_changes_and_deletes_it(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        make_hearing()

    sent = send(client, "/sv/events/hearing/submit", {"text": "Min text", "level": "anonymous", "language": "sv"})
    own = sent.headers["Location"]
    page = client.get(own).text
    path = own.partition("?")[0]
    changed = post(client, path, {"text": "Ny text", "level": "public", "name": "Alias", "language": "sv"})
    again = client.get(path).text
    gone = post(client, path, {"action": "withdraw"})

    assert (sent.status_code, changed.status_code, gone.status_code) == (303, 303, 303)
    assert ("data-copy" in page, "data-copy" in again) == (True, False)  # the address is shown once
    assert "Ny text" in again
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": "", "level": "panel"}, "text-error"),
        ({"text": "Zztyped"}, "level-error"),
        ({"text": "Zztyped", "level": "public"}, "name-error"),
        ({"text": "Zztyped", "level": "everybody"}, "level"),
        ({"text": "Zztyped", "level": "panel", "email": "nobody"}, "email-error"),
        ({"text": "Zztyped", "level": "panel", "website": "x"}, "form"),
    ],
)
def test_submit_keeps_what_was_typed_and_says_what_is_wrong(
    client: FlaskClient, app: Flask, values: dict[str, str], words: str
) -> None:
    with app.app_context():
        make_hearing()

    sent = send(client, "/sv/events/hearing/submit", {"text": "Zztyped", "language": "sv", **values})

    assert (sent.status_code, words in sent.text, "Zztyped" in sent.text) == (422, True, bool(values.get("text", 1)))


def test_submit_mails_the_link_to_an_address_and_shows_it_to_nobody_else(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        make_hearing()
    typed = {"text": "Zztext", "language": "sv", "level": "public", "name": "Zznamn", "email": "skribent@example.org"}
    own = send(client, "/sv/events/hearing/submit", typed).headers["Location"].partition("?")[0]
    with app.app_context():
        row = db.session.scalars(select(Submission)).one()
        services.clear_submission(row.event_id, row.row_id, by=SYSTEM)
        follow_up()
        mails = [(one.to, one.text or "") for one in db.session.scalars(select(Message).order_by(Message.id))]

    assert [to for to, _text in mails] == ["skribent@example.org"] * len(mails)
    assert [own in text for _to, text in mails] == [True] * len(mails)
    assert [word for _to, text in mails for word in ("Zztext", "Zznamn") if word in text] == []


def test_speak_page_asks_changes_and_takes_back(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_hearing()
        token = link(seat(event.id).id)
    path = f"/sv/registrations/{token}/speak"

    empty = post(client, path, {"called": "", "topic": "Visum"})
    asked = post(client, path, {"called": "Ripa", "topic": "Visum", "language": "ru", "needs_interpreting": "y"})
    row = only(app, SpeakingSlot)
    assert (empty.status_code, asked.status_code, row.status) == (422, 303, Slot.ASKED)
    with app.app_context():
        services.decide(row.event_id, row.row_id, approve=True, by=SYSTEM)
        follow_up()
        mails = [one.subject or "" for one in db.session.scalars(select(Message))]
    assert len(mails) == 2  # that one is registered, and that one may speak
    assert f"/sv/registrations/{token}/speak" in client.get(f"/sv/registrations/{token}").text

    post(client, path, {"action": "withdraw"})

    assert only(app, SpeakingSlot).status is Slot.WITHDRAWN


def test_chair_page_shows_the_chosen_name_and_runs_the_clock(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_hearing()
        rows = {name: slot_of(event.id, name, approve=True).row_id for name in ("Anna", "Bengt")}
        path = f"/sv/chair/{pass_for(event.id, 'chair')}"

    def press(action: str, name: str) -> str:
        fields = hidden_fields(client.get(path).text)
        client.post(path, data={"csrf_token": fields["csrf_token"], "action": action, "slot": rows[name]})
        return client.get(path).text

    first = client.get(path).text
    press("call", "Anna")
    running = press("start", "Anna")
    with clock.fixed(clock.now() + timedelta(minutes=2)):
        after = press("next", "Anna")

    assert ("Anna" in first, "Efternamn" in first) == (True, False)
    assert 'data-ends="2026-11-21T09:03:00+00:00"' in running
    with app.app_context():
        assert {row.called: row.status for row in list_slots(event.id)} == {"Anna": Slot.SPOKEN, "Bengt": Slot.CALLED}
    assert "4 minut" in after  # of the six are left


def test_chair_page_ends_with_the_event(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_hearing()
        path = f"/sv/chair/{pass_for(event.id, 'chair')}"
        assert event.ends_at is not None
        ends = event.ends_at

    with clock.fixed(ends + timedelta(hours=11)):
        assert client.get(path).status_code == 200
    with clock.fixed(ends + timedelta(hours=13)):
        assert client.get(path).status_code == 404


def test_speakers_export_holds_the_order(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_hearing()
        for name in ("Bengt", "Anna"):
            slot_of(event.id, name, approve=True, organisation="=1+1")
    sign_in(client, Role.ORGANIZER)

    rows = list(csv.reader(io.StringIO(client.get("/sv/organise/events/hearing/speakers.csv").text.lstrip("\ufeff"))))

    assert [row[:3] for row in rows] == [
        ["order", "status", "called"],
        ["1", "approved", "Bengt"],
        ["2", "approved", "Anna"],
    ]
    assert rows[1][4] == "'=1+1"
    assert client.get("/sv/organise/events/hearing/speakers.xlsx").data[:2] == b"PK"


def test_visitor_list_is_logged_handed_over_and_deleted_when_the_event_is_over(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        event = make_hearing(venue=make_venue(visitor_list_hours=48), ask=["id_name"])
        for name, on_id in (("Anna", "Anna Maria Anmäld"), ("Bengt", "")):
            row = seat(event.id, name)
            change(row.id, Changed(name=name, party=1, answers={"id_name": on_id}))
        event_id, ends = event.id, event.ends_at
        assert ends is not None
    sign_in(client, Role.ORGANIZER)
    with clock.fixed(ends - timedelta(hours=40)):  # a session lives for twelve hours
        sign_in(client, Role.ORGANIZER)
        today = client.get("/sv/organise/today").text
        listed = client.get("/sv/organise/events/hearing/visitor-list.csv").text
        printed = client.get("/sv/organise/events/hearing/visitor-list/print").text
        post(client, "/sv/organise/events/hearing/visitor-list/handed", {}, "/sv/organise/events/hearing/visitor-list")
        after = client.get("/sv/organise/today").text

    assert ("visitor-list" in today, "visitor-list" in after) == (True, False)
    assert ["Anna Maria Anmäld" in text for text in (listed, printed)] == [True, True]
    with app.app_context():
        whats = ("visitors.taken", "visitors.printed", "visitors.handed")
        assert [(one.what, one.facts["people"]) for one in list_about(event_id, whats)] == [
            ("visitors.handed", 2),
            ("visitors.printed", 2),
            ("visitors.taken", 2),
        ]
        with clock.fixed(ends + timedelta(days=2)):
            retention.run(app.instance_path)  # type: ignore[arg-type]
        answers = [row.answers or "" for row in db.session.scalars(select(Registration))]
        assert [text for text in answers if "Maria" in text] == []


def test_retention_deletes_what_is_not_public_and_keeps_what_is(app_ctx: Flask) -> None:
    event = make_hearing()
    for level in Level:
        written(event.id, level, level.value, clear=True)
    written(event.id, Level.PUBLIC, "oläst")
    for name, consents in (("Anna", True), ("Bengt", False)):
        row = slot_of(event.id, name, approve=True, consents=consents)
        for action in ("call", "start", "stop"):
            services.chair(event.id, row.row_id, action)
    services.save_record(event.id, Record(summary={"sv": "Kort"}), version=0, by=SYSTEM)
    services.publish_record(event.id, by=SYSTEM)
    ends = event.ends_at
    assert ends is not None

    seen = []
    for days in (29, 31, 43, 45):
        with clock.fixed(ends + timedelta(days=days)):
            receipt = retention.run(None)  # type: ignore[arg-type]
            db.session.expire_all()
            seen.append((_slots(), _submissions(), db.session.scalar(select(EventDataKey.event_id)) is not None))
            assert receipt.counts["mail files"] == 0

    everybody = [("Anna", True), ("Bengt", True)]
    all_texts = [("anonymous", True), ("oläst", True), ("panel", True), ("public", True), ("withheld", True)]
    assert seen == [
        (everybody, all_texts, True),
        ([("Anna", False)], all_texts, True),
        ([("Anna", False)], all_texts, True),
        ([("Anna", False)], [("anonymous", False), ("public", False)], False),
    ]


def test_erase_on_request_takes_public_words_too(app_ctx: Flask) -> None:
    event = make_hearing()
    row = slot_of(event.id, "Anna", approve=True, consents=True)
    for action in ("call", "start", "stop"):
        services.chair(event.id, row.row_id, action)
    services.save_record(event.id, Record(summary={"sv": "Kort"}), version=0, by=SYSTEM)
    services.publish_record(event.id, by=SYSTEM)

    with transaction():
        erase(row.registration_id)

    assert list_slots(event.id) == []


def _slots() -> list[tuple[str, bool]]:
    """Names, and whether what was sealed is there."""
    rows = db.session.scalars(select(SpeakingSlot))
    return sorted((row.called or row.shown_name, row.called_sealed is not None) for row in rows)


def _submissions() -> list[tuple[str, bool]]:
    rows = db.session.scalars(select(Submission))
    return sorted((row.text or row.shown_text or "", row.text_sealed is not None) for row in rows)
