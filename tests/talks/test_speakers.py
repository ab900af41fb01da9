"""Speakers: whoever may not be named publicly stands in no answer to strangers, nor in mails and files to others."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.db import db, transaction
from cag_events.domain.event import Safety
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, Role
from cag_events.reactions import LATER
from cag_events.registrations import services as registrations
from cag_events.registrations.services import NewRegistration
from tests.factories import sign_in
from tests.making import Make
from tests.page import page
from tests.talks.talking import register

OPEN, HIDDEN = "Öppna Testova", "Zzkanarie Testova"
DETAILS = {
    "lecture": {
        "speakers": [
            {"who": "ada", "bio": {"en": "Writes of lakes.", "sv": "Skriver om sjöar."}, "pronouns": "she"},
            {"who": "bo", "bio": {"en": "Zzkanarie words.", "sv": "Zzkanarie ord."}, "pronouns": "zzkanarie"},
        ]
    }
}
PAGES = (
    *("/{lang}/", "/{lang}/events/tal", "/{lang}/events/tal/poster", "/{lang}/search?q=tal", "/{lang}/search?q=lakes"),
    *("/{lang}/calendar/2026/12", "/{lang}/events/tal/receipt", "/feeds/programme.ics", "/feeds/programme.json"),
    *("/feeds/programme.atom", "/events/tal.ics", "/sitemap.xml"),
)


def make_lecture(make: Make, named: Any = False, **values: Any) -> int:
    people = [
        (make.contact("ada", name=OPEN, named=True), "speaker"),
        (make.contact("bo", name=HIDDEN, name_local="Zzkanarie", named=named), "speaker"),
    ]
    agenda = [{"minutes": 90, "title": {"en": "Talk", "sv": "Tal"}, "who": ["ada", "bo"]}]
    event = make.event(key="tal", details=DETAILS, people=people, agenda=agenda, ask=["alias"], **values)
    return int(event.id)


def told(client: FlaskClient, *paths: str) -> dict[str, str]:
    """What addresses answer, in both languages."""
    return {path.format(lang=lang): client.get(path.format(lang=lang)).text for path in paths for lang in ("sv", "en")}


@pytest.mark.parametrize("values", [{"named": False}, {"named": None, "safety": Safety.CAREFUL}], ids=["no", "unsaid"])
def test_no_answer_names_a_speaker_who_may_not_be_named(
    make: Make, app: Flask, client: FlaskClient, values: dict[str, Any]
) -> None:
    event_id = make_lecture(make, **values)
    own, _join, _id = register(app, event_id)

    mine = f"/{{lang}}/registrations/{own}"
    answers = told(client, *PAGES, mine, f"{mine}.ics")

    assert [path for path, text in answers.items() if "zzkanarie" in text.casefold()] == []
    assert [path for path in ("/en/events/tal", "/en/events/tal/poster") if OPEN not in answers[path]] == []
    assert "Writes of lakes." in answers["/en/events/tal"]
    assert "(she)" in answers["/en/events/tal"]


def test_page_tells_of_both_where_both_may_be_named(make: Make, client: FlaskClient) -> None:
    make_lecture(make, named=True)

    shown = page(client, "/en/events/tal")

    assert "Zzkanarie words." in shown.main
    assert [person["name"] for person in shown.structured["performer"]] == [OPEN, HIDDEN]


def test_structured_data_names_only_those_who_may_be_named(make: Make, client: FlaskClient) -> None:
    make_lecture(make)

    shown = page(client, "/en/events/tal")

    assert [person["name"] for person in shown.structured["performer"]] == [OPEN]


def test_mails_name_nobody_who_may_not_be_named(make: Make, app: Flask) -> None:
    event_id = make_lecture(make)
    with app.app_context():
        new = NewRegistration(name="Nora", email="nora@example.org")
        made = registrations.register(event_id, new, by=ANONYMOUS)
        for follow in LATER["registration.made"]:
            with transaction():
                follow(registration_id=made.registration_id)
        mails = [f"{mail.subject} {mail.text} {mail.html} {mail.calendar}" for mail in db.session.query(Message)]

    assert len(mails) == 1
    assert "zzkanarie" not in mails[0].casefold()
    assert "tal" in mails[0]


def test_team_sees_everybody_and_reporters_no_history(make: Make, client: FlaskClient) -> None:
    make_lecture(make)

    sign_in(client, Role.REPORTER)
    reporter = {path: client.get(path) for path in ("/en/organise/events/tal/history", "/en/organise/events/tal/edit")}
    sign_in(client, Role.EDITOR)

    assert [answer.status_code for answer in reporter.values()] == [403, 403]
    assert HIDDEN in client.get("/en/organise/events/tal/edit").text
