"""Questions sent in beforehand: who may ask and until when, who reads them, and when they are gone."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from cag_events import clock, retention
from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.domain.event import Safety
from cag_events.door.models import HeadStep
from cag_events.events.services import make_pass
from cag_events.permissions import Role
from cag_events.talks import services
from cag_events.talks.models import AudienceQuestion, Mark
from cag_events.talks.queries import list_questions
from cag_events.talks.retention import erase
from cag_events.talks.services import NewQuestion
from tests.conftest import NOW
from tests.factories import at, hidden_fields, make_event, post, sign_in
from tests.making import Make
from tests.page import page
from tests.talks.talking import LECTURE, editor, organizer, register

START = at("2026-12-03T18:00")


def asked(number: int = 1, **values: str) -> NewQuestion:
    return NewQuestion(**{"text": f"Why {number}?", "language": "en", "form_key": f"form-{number}", **values})


def code_of(event_id: int, new: NewQuestion, **values: int) -> str:
    try:
        services.ask(event_id, new, **values)
    except Refused as refused:
        return refused.code
    return "taken"


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(AudienceQuestion)) or 0


def test_ask_keeps_a_question_sealed_and_the_same_form_once(any_ctx: Flask) -> None:
    event = make_event(details=LECTURE)

    services.ask(event.id, asked(name="Nora"))
    services.ask(event.id, asked(name="Nora"))

    found = list_questions(event.id)
    assert [(one.text, one.name, one.mark) for one in found] == [("Why 1?", "Nora", Mark.NEW)]
    assert b"Why" not in (found[0].text_sealed or b"")


def test_ask_is_refused_after_the_last_hour_and_not_before(app_ctx: Flask) -> None:
    event = make_event(details={"lecture": {"questions": "advance", "question_hours": 4}})

    with clock.fixed(START - timedelta(hours=4, minutes=1)):
        assert code_of(event.id, asked(1)) == "taken"
    with clock.fixed(START - timedelta(hours=4)):
        assert code_of(event.id, asked(2)) == "question.closed"


def test_ask_is_refused_where_questions_are_not_taken(app_ctx: Flask) -> None:
    floor = make_event(details={"lecture": {"questions": "floor"}})

    assert code_of(floor.id, asked()) == "question.closed"
    assert code_of(make_event(kind="webinar", mode="online").id, asked(2)) == "question.closed"
    open_webinar = make_event(kind="webinar", mode="online", details={"webinar": {"questions": True}})
    assert code_of(open_webinar.id, asked(3)) == "taken"


def test_ask_takes_500_characters_and_no_more(app_ctx: Flask) -> None:
    event = make_event(details=LECTURE)

    assert code_of(event.id, asked(1, text="x" * 500)) == "taken"
    assert code_of(event.id, asked(2, text="x" * 501)) == "question.long"
    assert code_of(event.id, asked(3, text="  ")) == "question.empty"


def test_ask_keeps_no_name_at_a_guarded_event(app_ctx: Flask) -> None:
    event = make_event(details=LECTURE, safety=Safety.GUARDED)

    services.ask(event.id, asked(name="Nora"))

    assert [one.name for one in list_questions(event.id)] == [None]


def test_sort_is_for_those_who_see_attendees(app_ctx: Flask) -> None:
    event = make_event(details=LECTURE)
    services.ask(event.id, asked())
    row_id = list_questions(event.id)[0].row_id

    services.sort_question(event.id, row_id, Mark.CHOSEN, "Water", by=organizer())

    assert [(one.mark, one.topic) for one in list_questions(event.id)] == [(Mark.CHOSEN, "Water")]
    with pytest.raises(NotAllowed):
        services.sort_question(event.id, row_id, Mark.HIDDEN, by=editor())
    with pytest.raises(NotFound):
        services.sort_question(make_event().id, row_id, Mark.HIDDEN, by=organizer())


def test_moderator_reads_and_marks_by_a_link_and_never_sees_what_is_hidden(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    event = make.event(key="tal", details=LECTURE)
    with app.app_context():
        for number in (1, 2):
            services.ask(event.id, asked(number))
        shown, hidden = (one.row_id for one in list_questions(event.id))
        services.sort_question(event.id, hidden, Mark.HIDDEN, by=organizer())
        token = make_pass(event.id, "moderator", "Tablet", by=organizer())

    path = f"/en/moderator/{token}"
    before = page(client, path)
    post(client, path, {"question": shown, "mark": "answered"})
    refused = post(client, path, {"question": hidden, "mark": "chosen"})

    assert "Why 1?" in before.main
    assert "Why 2?" not in before.main
    assert refused.status_code == 404
    with app.app_context():
        assert [one.mark for one in list_questions(event.id)] == [Mark.ANSWERED, Mark.HIDDEN]
    assert client.get(f"/en/moderator/{token[:-1]}x").status_code == 404


def send(client: FlaskClient, path: str, **values: str) -> object:
    """Fill in the form as a person does, some seconds after it was opened."""
    fields = hidden_fields(client.get(path).text)
    with clock.fixed(NOW + timedelta(seconds=20)):
        return client.post(path, data={**fields, "language": "en", "website": "", **values})


def test_form_takes_a_question_of_a_stranger_and_says_so(make: Make, app: Flask, client: FlaskClient) -> None:
    event = make.event(key="tal", details=LECTURE)
    path = "/en/events/tal/question"

    answer = send(client, path, text="How deep?", name="Nora")

    assert (answer.status_code, answer.location) == (303, f"{path}?sent=1")  # type: ignore[attr-defined]
    assert "Your question has come in" in page(client, f"{path}?sent=1").heading
    with app.app_context():
        assert [(one.text, one.registration_id) for one in list_questions(event.id)] == [("How deep?", None)]


def test_form_keeps_what_was_typed_when_it_is_too_long_and_takes_nothing_from_a_machine(
    make: Make, app: Flask, client: FlaskClient
) -> None:
    make.event(key="tal", details=LECTURE)
    path = "/en/events/tal/question"

    long = send(client, path, text="y" * 501)
    machine = send(client, path, text="Buy!", website="https://spam.example.org")

    assert (long.status_code, "y" * 501 in long.text) == (422, True)  # type: ignore[attr-defined]
    assert machine.status_code == 422  # type: ignore[attr-defined]
    with app.app_context():
        assert kept() == 0


def test_form_is_unknown_where_the_event_is_guarded_or_takes_no_questions(make: Make, client: FlaskClient) -> None:
    make.event(key="guarded", details=LECTURE, safety=Safety.GUARDED)
    make.event(key="floor")
    make.event(key="open", details=LECTURE)

    answers = {key: client.get(f"/en/events/{key}/question").status_code for key in ("guarded", "floor", "open")}

    assert answers == {"guarded": 404, "floor": 404, "open": 200}


def test_registered_person_asks_and_sees_only_their_own_question(make: Make, app: Flask, client: FlaskClient) -> None:
    event = make.event(key="tal", details=LECTURE, ask=["alias"])
    (own, _join, _id), (other, _join, _id) = register(app, event.id), register(app, event.id, "Olga")

    sent = send(client, f"/en/registrations/{own}/question", text="Mine alone?")

    assert sent.status_code == 303  # type: ignore[attr-defined]
    assert "Mine alone?" in page(client, f"/en/registrations/{own}/question").main
    assert "You have sent 1 question." in page(client, f"/en/registrations/{own}").main
    assert "Mine alone?" not in page(client, f"/en/registrations/{other}/question").main


def test_questions_are_told_on_no_public_page(make: Make, app: Flask, client: FlaskClient) -> None:
    event = make.event(key="tal", details=LECTURE)
    with app.app_context():
        services.ask(event.id, asked(text="Zzkanarie?", name="Zzkanarie Namn"))
    paths = ("/en/", "/en/events/tal", "/en/events/tal/question", "/feeds/programme.json", "/feeds/programme.ics")

    assert [path for path in paths if "Zzkanarie" in client.get(path).text] == []
    sign_in(client, Role.EDITOR)
    assert client.get("/en/organise/events/tal/questions").status_code == 403
    sign_in(client, Role.ORGANIZER)
    assert "Zzkanarie Namn" in page(client, "/en/organise/events/tal/questions").main
    assert "Zzkanarie Namn" in page(client, "/en/organise/events/tal/questions/print").main


def test_retention_deletes_questions_seven_days_after_and_not_six(any_ctx: Flask, tmp_path: Path) -> None:
    event = make_event(details=LECTURE)
    event_id, ends = event.id, event.ends_at
    services.ask(event_id, asked())
    with transaction():
        db.session.add(HeadStep(event_id=event_id, step="a-press"))

    with clock.fixed(ends + timedelta(days=6)):
        early = retention.run(tmp_path).counts
        left = kept()
    with clock.fixed(ends + timedelta(days=7)):
        due = retention.run(tmp_path).counts

    assert (early, left) == ({}, 1)
    assert (due, kept()) == ({"audience_question": 1, "head_step": 1, "event_data_key": 1}, 0)


def test_erase_deletes_the_questions_of_one_party_alone(make: Make, app: Flask) -> None:
    event = make.event(key="tal", details=LECTURE, ask=["alias"])
    _own, _join, row_id = register(app, event.id)
    with app.app_context():
        services.ask(event.id, asked(1), registration_id=row_id)
        services.ask(event.id, asked(2))
        with transaction():
            erase(row_id)

        assert [one.text for one in list_questions(event.id)] == ["Why 2?"]


def test_print_shows_the_chosen_ones(make: Make, app: Flask, client: FlaskClient) -> None:
    event = make.event(key="tal", details=LECTURE)
    with app.app_context():
        for number in (1, 2):
            services.ask(event.id, asked(number))
        services.sort_question(event.id, list_questions(event.id)[1].row_id, Mark.CHOSEN, by=organizer())
    sign_in(client, Role.ORGANIZER)

    printed = client.get("/en/organise/events/tal/questions/print").text

    assert re.findall(r"Why \d\?", printed) == ["Why 2?"]
