"""An event's own questions on the forms: asked where they should be, kept, changed, shown to few, deleted first."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cag_events import clock
from cag_events.audit.models import AuditEntry
from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed, Refused
from cag_events.domain.seats import Status
from cag_events.events.models import Event
from cag_events.outbox.models import Message
from cag_events.permissions import ANONYMOUS, Actor, Role
from cag_events.registrations import services
from cag_events.registrations.models import Registration
from cag_events.registrations.queries.care import may_care
from cag_events.registrations.services import care
from cag_events.registrations.services.links import make_link
from cag_events.registrations.services.questions import remove_question
from cag_events.registrations.services.retention import delete_due
from tests.factories import make_account, make_event, make_segment, post, sign_in
from tests.registrations.wishes import Apart, made, noted, of, organizer, send, statuses

LABELS = {"meal": "Will you eat with us?", "dish": "Which dish?", "fear": "What are you afraid of?"}
MEAL = {"key": "meal", "label": {"en": LABELS["meal"]}, "answer": "yes_no", "required": True}
DISH = {
    "key": "dish",
    "label": {"en": LABELS["dish"]},
    "answer": "choice",
    "required": True,
    "options": [{"key": "fish", "label": {"en": "Fish"}}, {"key": "beans", "label": {"en": "Beans"}}],
    "when": {"question": "meal", "answer": "yes"},
}
AGE = {"key": "age", "label": {"en": "Age"}, "answer": "number", "least": 5, "most": 99, "segments": ["students"]}
BORN = {"key": "born", "label": {"en": "Born"}, "answer": "date"}
FEAR = {"key": "fear", "label": {"en": LABELS["fear"]}, "answer": "text", "sensitive": True}
ALL = [MEAL, DISH, AGE, BORN, FEAR]
CANARY = "canary-of-the-mines"


@pytest.fixture
def event(app: Flask):
    app.test_client_class = Apart
    with app.app_context():
        make_segment("students")
        yield make_event(key="asking", questions=ALL, ask=["needs"])


def answers_of(row: Registration) -> dict[str, Any]:
    return msgspec.json.decode(row.answers or "{}")


def link_of(registration_id: int) -> str:
    """The token of one's own page."""
    with transaction():
        return make_link(registration_id)


def only() -> Registration:
    return db.session.scalars(select(Registration).execution_options(populate_existing=True)).one()


def register(client: FlaskClient, **values: Any) -> Any:
    return send(client, "/en/events/asking", name="Ada", email="ada@example.org", **values)


def test_form_keeps_the_answers_to_questions_that_are_asked(event: Event, client: FlaskClient) -> None:
    answer = register(
        client,
        segment="students",
        question_meal="yes",
        question_dish="beans",
        question_age="17",
        question_born="2009-02-28",
        question_fear=" Nothing at all\r\n",
    )

    assert answer.status_code == 303
    assert answers_of(only()) == {
        "question_meal": "yes",
        "question_dish": "beans",
        "question_age": 17,
        "question_born": "2009-02-28",
        "question_fear": "Nothing at all"
        if "\u202e" not in answers_of(only())["question_fear"]
        else "Nothing\u202e at all",
    }


def test_form_drops_what_is_not_asked_however_wrong_it_is(event: Event, client: FlaskClient) -> None:
    answer = register(client, question_meal="no", question_dish="stone", question_age="old", question_born="")

    assert (answer.status_code, answers_of(only())) == (303, {"question_meal": "no"})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "Answer this question."),
        ({"question_meal": "yes"}, "Answer this question."),
        ({"question_meal": "yes", "question_dish": "stone"}, "Not a valid choice"),
        ({"question_meal": "no", "question_born": "2026-02-30"}, "Enter a date, for example"),
        ({"question_meal": "no", "segment": "students", "question_age": "4"}, "Enter a whole number from 5 to 99."),
        ({"question_meal": "no", "segment": "students", "question_age": "x"}, "Enter a whole number from 5 to 99."),
        ({"question_meal": "no", "question_fear": "x" * 1001}, "At most 1000 characters"),
    ],
)
def test_form_shows_what_is_wrong_at_the_question_and_keeps_what_was_typed(
    event: Event, client: FlaskClient, values: dict[str, str], words: str
) -> None:
    answer = register(client, **{"question_fear": "Typed before", **values})

    assert (answer.status_code, db.session.scalar(select(Registration.id))) == (422, None)
    assert words in answer.text
    assert values.get("question_fear", "Typed before") in answer.text
    assert 'value="ada@example.org"' in answer.text


def test_form_says_when_a_question_is_asked_who_reads_it_and_when_it_is_deleted(
    event: Event, client: FlaskClient
) -> None:
    page = client.get("/en/events/asking").text

    assert "Only if you answer “Yes” to “Will you eat with us?”." in page
    assert "Only for Group students." in page
    assert "Only those who arrange it see your answer. We delete it on 10 Dec 2026." in page
    assert 'data-when="question_meal" data-reply="yes"' in page


def test_service_refuses_what_the_form_would_not_have_sent(event: Event) -> None:
    with pytest.raises(Refused) as missing:
        made(event, answers={})
    with pytest.raises(Refused) as unfit:
        made(event, answers={"question_meal": "perhaps"})
    kept = of(made(event, answers={"question_meal": "no", "question_dish": "fish", "question_none": "x"}))

    assert (missing.value.field, unfit.value.field) == ("question_meal", "question_meal")
    assert answers_of(kept) == {"question_meal": "no"}


def test_desk_may_leave_a_required_question_out(event: Event, client: FlaskClient) -> None:
    sign_in(client, Role.ORGANIZER)

    answer = post(client, "/en/organise/events/asking/registrations/new", {"name": "Bo", "page_language": "sv"})

    assert (answer.status_code, answers_of(only())) == (303, {})


def test_own_page_shows_the_answers_and_takes_others(event: Event, client: FlaskClient) -> None:
    registered = made(event, answers={"question_meal": "yes", "question_dish": "fish", "question_born": "2001-03-04"})
    address = f"/en/registrations/{link_of(registered.registration_id)}"
    page = client.get(address).text

    saved = send(client, address, action="save", name="Person 1", question_meal="no", question_dish="fish")

    assert 'value="2001-03-04"' in page
    assert (saved.status_code, answers_of(of(registered))) == (303, {"question_meal": "no"})


def test_answer_to_a_removed_question_stays_when_others_are_changed(event: Event, client: FlaskClient) -> None:
    registered = made(event, answers={"question_meal": "no", "question_born": "2001-03-04"})
    remove_question(event.id, "born", by=organizer())
    address = f"/en/registrations/{link_of(registered.registration_id)}"

    send(client, address, action="save", name="Person 1", question_meal="yes", question_dish="fish")

    assert answers_of(of(registered)) == {
        "question_meal": "yes",
        "question_dish": "fish",
        "question_born": "2001-03-04",
    }


# ── the care right ──


def secretive(event: Event) -> Registration:
    answers = {"question_meal": "no", "question_fear": CANARY, "needs": f"needs {CANARY}"}
    return of(made(event, answers=answers))


def pages_with_names(client: FlaskClient, code: str) -> dict[str, str]:
    """What organizers can open of one registration, by a short name."""
    base = "/en/organise/events/asking"
    addresses = {
        "detail": f"{base}/registrations/{code}",
        "list": f"{base}/registrations",
        "search": f"{base}/registrations?q={CANARY}",
        "approvals": f"{base}/approvals",
        "csv": f"{base}/registrations.csv",
        "questions": f"{base}/registrations/questions",
        "care": f"{base}/care",
    }
    pages = {name: client.get(address).text for name, address in addresses.items()}
    assert "Person 1" not in pages.pop("search")  # it is not found by what it says, and the words are shown again
    return pages


def test_sensitive_answers_are_nowhere_for_those_without_the_care_right(
    event: Event, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    code = secretive(event).code
    found = {}
    for role in (Role.ORGANIZER, Role.ADMIN):
        sign_in(client, role)
        pages = pages_with_names(client, code)
        assert "Person 1" in pages["detail"]
        assert "Person 1" in pages["csv"]
        assert LABELS["meal"] in pages["csv"]
        found[role] = [name for name, text in pages.items() if CANARY in text]
        assert ("Kept back" in pages["detail"], LABELS["fear"] in pages["csv"]) == (True, False)
    mails = [mail.text or "" for mail in db.session.scalars(select(Message))]
    logged = [str(entry.facts) + str(entry.reason) for entry in db.session.scalars(select(AuditEntry))]
    said = capsys.readouterr()

    assert found == {Role.ORGANIZER: [], Role.ADMIN: []}
    assert [text for text in (*mails, *logged, said.out, said.err) if CANARY in text] == []


def test_sensitive_answers_are_shown_to_the_lead_and_to_whoever_has_the_care_right(
    event: Event, client: FlaskClient
) -> None:
    code = secretive(event).code
    lead, other = make_account(Role.ORGANIZER), make_account(Role.ORGANIZER)
    set_lead(event, lead.id)
    care.give_care(event.id, other.row_id, by=Actor(lead.id, Role.ORGANIZER))
    found = {}
    for name, account in (("lead", lead), ("other", other)):
        sign_in(client, account)
        pages = pages_with_names(client, code)
        found[name] = [page for page, text in pages.items() if CANARY in text]
    care.end_care(event.id, other.row_id, by=Actor(lead.id, Role.ORGANIZER))
    after = client.get(f"/en/organise/events/asking/registrations/{code}").text

    assert found == {"lead": ["detail", "csv"], "other": ["detail", "csv"]}
    assert CANARY not in after


def set_lead(event: Event, account_id: int) -> None:
    """Let an account answer for an event."""
    with transaction():
        db.session.get_one(Event, event.id).lead_id = account_id


def test_care_right_is_given_by_the_lead_and_administrators_alone(event: Event, client: FlaskClient) -> None:
    lead, other, admin = (make_account(role) for role in (Role.ORGANIZER, Role.ORGANIZER, Role.ADMIN))
    member = make_account(Role.MEMBER)
    set_lead(event, lead.id)

    with pytest.raises(NotAllowed):
        care.give_care(event.id, other.row_id, by=Actor(other.id, Role.ORGANIZER))
    with pytest.raises(Refused):
        care.give_care(event.id, member.row_id, by=Actor(lead.id, Role.ORGANIZER))
    sign_in(client, admin)
    given = post(client, "/en/organise/events/asking/care", {"account": other.row_id})
    cares = [may_care(event.id, Actor(one.id, one.role)) for one in (lead, other, admin, member)]
    logged = list(db.session.scalars(select(AuditEntry.what).where(AuditEntry.what.like("care.%"))))

    assert (given.status_code, cares) == (303, [True, True, False, False])
    assert logged == ["care.given"]


def test_administrator_who_must_know_says_why_and_it_is_logged(event: Event, client: FlaskClient) -> None:
    code = secretive(event).code
    sign_in(client, Role.ADMIN)
    address = f"/en/organise/events/asking/registrations/{code}"

    silent = post(client, f"{address}/look", {"reason": "just so"}, address)
    before = client.get(address).text
    looked = post(client, f"{address}/look", {"reason": "The police asks who may be in danger."}, address)
    shown = client.get(address).text
    with clock.fixed(clock.now() + timedelta(minutes=10)):
        later = client.get(address).text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.what == "care.broken")).one()

    assert (silent.status_code, CANARY in silent.text, CANARY in before) == (422, False, False)
    assert (looked.status_code, CANARY in shown, CANARY in later) == (303, True, False)
    assert "An administrator read the sensitive answers" in later
    assert (entry.thing_key, entry.reason) == (code, "The police asks who may be in danger.")


def test_organizer_cannot_break_the_glass(event: Event, client: FlaskClient) -> None:
    code = secretive(event).code
    sign_in(client, Role.ORGANIZER)
    address = f"/en/organise/events/asking/registrations/{code}"

    answer = post(client, f"{address}/look", {"reason": "I would very much like to know."}, address)

    assert (answer.status_code, CANARY in answer.text) == (403, False)


# ── deletion and export ──


@pytest.mark.parametrize(("day", "left"), [(9, {"meal", "fear", "born"}), (10, {"meal"})])
def test_sensitive_answers_and_those_of_removed_questions_go_first(event: Event, day: int, left: set[str]) -> None:
    row = of(made(event, answers={"question_meal": "no", "question_fear": "x", "question_born": "2001-03-04"}))
    remove_question(event.id, "born", by=organizer())

    with clock.fixed(datetime.fromisoformat(f"2026-12-{day:02}T12:00:00+01:00")):
        delete_due(event.id)

    assert set(answers_of(only())) == {f"question_{key}" for key in left}
    assert row.name == "Person 1"


def test_export_has_a_column_for_each_question_in_order_with_answers_in_words(
    event: Event, client: FlaskClient
) -> None:
    answers = {"question_meal": "yes", "question_dish": "beans", "question_age": 17, "question_born": "2009-02-28"}
    made(event, segment="students", answers=answers)
    sign_in(client, Role.ORGANIZER)

    text = client.get("/en/organise/events/asking/registrations.csv").data.decode("utf-8-sig")

    head, row = csv.reader(io.StringIO(text))
    assert head[10:] == [LABELS["meal"], LABELS["dish"], "Age", "Born", "consent_contact"]
    assert row[10:] == ["Yes", "Beans", "17", "2009-02-28", "no"]


# ── approval, and once more ──


@pytest.fixture
def chosen(app: Flask):
    app.test_client_class = Apart
    with app.app_context():
        role = {"key": "role", "label": {"en": "Which role?"}, "decides": True}
        yield make_event(
            key="chosen", registration_mode="approval", capacity=2, questions=[role, FEAR], ask=["motivation"]
        )


def changed(registered: Any, **answers: Any) -> None:
    told = services.Changed(name="Person 1", party=1, answers={f"question_{k}": v for k, v in answers.items()})
    services.change(registered.registration_id, told)


def test_answer_that_decides_brings_a_new_look_and_takes_no_seat(chosen: Event, client: FlaskClient) -> None:
    registered = made(chosen, answers={"question_role": "cook"})
    services.approve(registered.registration_id, by=organizer())

    changed(registered, role="cook", fear="dogs")
    same = of(registered).reopened_at
    changed(registered, role="captain", fear="dogs")
    row = of(registered)
    own = client.get(f"/en/registrations/{link_of(registered.registration_id)}").text
    sign_in(client, Role.ORGANIZER)

    assert (same, row.status, row.reopened_at) == (None, Status.CONFIRMED, clock.now())
    assert "The organizer looks again" in own
    assert "If you change what decides (why you want to come, Which role?)" in own
    assert "1 party changed an answer that decides: look again" in client.get("/en/organise/today").text
    assert "To be looked at again" in client.get("/en/organise/events/chosen/approvals").text


def test_new_look_ends_with_yes_or_with_a_freed_seat(chosen: Event) -> None:
    first, second, third = (made(chosen, number, answers={"question_role": "cook"}) for number in (1, 2, 3))
    for registered in (first, second, third):
        services.approve(registered.registration_id, by=organizer())
    changed(first, role="captain")
    changed(second, role="captain")

    services.approve(first.registration_id, by=organizer(), note="Fine.")
    services.decline(second.registration_id, by=organizer(), note="There is one captain.")

    assert (of(first).reopened_at, of(first).organizer_note) == (None, "Fine.")
    assert statuses(chosen) == ["confirmed", "declined", "confirmed"]
    with pytest.raises(Refused):
        services.decline(first.registration_id, by=organizer())


def test_several_are_answered_at_once_and_get_the_message(chosen: Event, client: FlaskClient) -> None:
    rows = [of(made(chosen, number, answers={"question_role": "cook"})) for number in (1, 2, 3)]
    codes = [row.code for row in rows]
    sign_in(client, Role.ORGANIZER)
    address = "/en/organise/events/chosen/approvals"

    nobody = post(client, address, {"do": "approve", "note": "Kept <b>words</b>"})
    yes = post(client, address, {"do": "approve", "code": codes[:2], "note": "Welcome https://example.org"})
    no = post(client, address, {"do": "decline", "code": codes[2:], "note": ""})

    assert (nobody.status_code, yes.status_code, no.status_code) == (422, 303, 303)
    assert "Kept &lt;b&gt;words&lt;/b&gt;" in nobody.text
    assert statuses(chosen) == ["confirmed", "confirmed", "declined"]
    assert noted().count("registration.approved") == 2
    own = client.get(f"/en/registrations/{link_of(rows[0].id)}").text
    assert "Welcome https://example.org" in own
    assert 'href="https://example.org"' not in own


def test_one_that_cannot_be_approved_leaves_the_others_approved(chosen: Event, client: FlaskClient) -> None:
    rows = [of(made(chosen, number, answers={"question_role": "cook"})) for number in (1, 2)]
    services.approve(rows[0].id, by=organizer())

    outcome = services.decide_several(chosen.id, [row.code for row in rows], services.Decision.APPROVE, by=organizer())

    assert (outcome.done, list(outcome.refused)) == (1, [rows[0].code])


def test_strangers_cannot_decide(chosen: Event) -> None:
    row = of(made(chosen, answers={"question_role": "cook"}))

    with pytest.raises(NotAllowed):
        services.decide_several(chosen.id, [row.code], services.Decision.APPROVE, by=ANONYMOUS)
