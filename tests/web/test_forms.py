"""Forms clean what is typed, limit it, say what is wrong in the reader's language and keep what was typed."""

import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from wtforms import Form as PlainForm

from cag_events import clock
from cag_events.domain.errors import N_, Refused
from cag_events.web import language
from cag_events.web.fields import clean_line, clean_text
from cag_events.web.forms import (
    DateField,
    Email,
    EmailField,
    Form,
    FormField,
    Length,
    PublicForm,
    Required,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    WallTimeField,
    WholeNumberField,
)
from tests.conftest import NOW


class Part(PlainForm):
    permit = StringField(N_("Name"), [Length(max=3)])


class Sample(Form):
    name = StringField(N_("Name"), [Required()])
    email = EmailField(N_("E-mail"), [Email()])
    text = TextAreaField("Text")
    day = DateField("Day")
    hour = TimeField("Hour")
    moment = WallTimeField("Moment")
    party = WholeNumberField("Party", least=1, most=9)
    kind = SelectField("Kind", choices=[("a", N_("Name")), ("b", "B")])
    part = FormField(Part)


class Public(PublicForm):
    name = StringField("Name")


def typed(app: Flask, values: dict[str, Any], lang: str = "en") -> Any:
    """A form as it stands after it was sent."""
    good = {"name": "A", "email": "a@example.org", "kind": "a"}
    with app.test_request_context(f"/{lang}/account/login", method="POST", data={**good, **values}):
        language.use(lang)
        form = Sample(meta={"csrf": False})
        form.right = form.validate()  # type: ignore[attr-defined]
        return form


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  A\tB\r\nC ", "A B C"),
        ("Åsa", "Åsa"),
        ("A\u202eB\u2066C\x07\u2028D", "ABC D"),
        ("Үлгүбаев Нурай", "Үлгүбаев Нурай"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("O\u02bbzbekiston", "O\u02bbzbekiston"),
        ("a\ufffeb\uffffc", "abc"),
        ("a\ud800b", "ab"),
    ],
)
def test_clean_line_keeps_letters_and_drops_what_hides(raw: str, clean: str) -> None:
    assert clean_line(raw) == clean


@given(st.text())
def test_clean_line_is_one_normal_line_and_stays_so(raw: str) -> None:
    once = clean_line(raw)

    assert clean_line(once) == once == unicodedata.normalize("NFC", once)
    assert not set(once) & set("\r\n\t\0\u2028\u2029\u202e\ufffe")


@given(st.text())
def test_clean_text_stays_as_it_is(raw: str) -> None:
    assert clean_text(clean_text(raw)) == clean_text(raw)


def test_clean_text_keeps_lines() -> None:
    assert clean_text("a\r\nb\rc\u2028d\n\n\te\0 ") == "a\nb\nc\nd\n\n\te"


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"name": " "}, "name", "Fill this in."),
        ({"name": "x" * 201}, "name", "At most 200 characters, please; this is 201."),
        ({"text": "x" * 20_001}, "text", "At most 20000 characters, please; this is 20001."),
        ({"email": "a@b@example.org"}, "email", "Enter an e-mail address, for example name@example.org."),
        ({"email": "a@example.org, b@example.org"}, "email", "Enter an e-mail address, for example name@example.org."),
        ({"email": "A <a@example.org>"}, "email", "Enter an e-mail address, for example name@example.org."),
        ({"email": "a" * 250 + "@example.org"}, "email", "Enter an e-mail address, for example name@example.org."),
        ({"day": "2026-02-30"}, "day", "Enter a date, for example 2026-12-03."),
        ({"day": "0026-12-03"}, "day", "Enter a date, for example 2026-12-03."),
        ({"day": "9999-12-31"}, "day", "Enter a date, for example 2026-12-03."),
        ({"hour": "25:00"}, "hour", "Enter a time, for example 18:00."),
        ({"moment": "x"}, "moment", "Enter a date and a time, for example 2026-12-03 18:00."),
        ({"party": "10"}, "party", "Enter a whole number from 1 to 9."),
        ({"party": "٣"}, "party", "Enter a whole number from 1 to 9."),
        ({"party": "1" * 5000}, "party", "Enter a whole number from 1 to 9."),
    ],
)
def test_validate_says_what_is_wrong_at_the_field(app: Flask, values: dict[str, str], field: str, message: str) -> None:
    form = typed(app, values)

    assert not form.right
    assert form.errors == {field: [message]}


def test_messages_and_labels_are_in_the_readers_language(app: Flask) -> None:
    with app.test_request_context("/sv/account/login", method="POST", data={}):
        language.use("sv")
        form = Sample(meta={"csrf": False})
        form.validate()

        assert form.name.label.text == form.part.form.permit.label.text == "Namn"
        assert [choice.label for choice in form.kind.choices] == ["Namn", "B"]
        assert form.name.errors == ["Fyll i det här."]


def test_messages_in_parts_of_a_form_are_in_the_readers_language(app: Flask) -> None:
    form = typed(app, {"part-permit": "Ripa"}, "sv")

    assert form.part.errors == {"permit": ["Högst 3 tecken, tack. Det här är 4."]}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("day", "2026-12-03", date(2026, 12, 3)),
        ("day", "3.12.2026", date(2026, 12, 3)),
        ("hour", "18.00", time(18)),
        ("hour", "18:30:15", time(18, 30)),
        ("moment", "2026-12-03T18:00", datetime(2026, 12, 3, 18)),
        ("party", " 3 ", 3),
        ("email", "Anna@EXAMPLE.org", "Anna@example.org"),
        ("name", " A  B ", "A B"),
        ("part-permit", " A\u202e7 ", None),
    ],
)
def test_fields_read_what_people_type(app: Flask, field: str, text: str, value: object) -> None:
    form = typed(app, {field: text})

    assert form.right, form.errors
    if field == "part-permit":
        assert form.part.form.permit.data == "A7"
    else:
        assert form[field].data == value


def test_wrong_moments_stay_as_they_were_typed(app: Flask) -> None:
    form = typed(app, {"day": "31/31/2026", "hour": "noon", "party": "many"})

    assert 'value="31/31/2026"' in form.day()
    assert 'value="noon"' in form.hour()
    assert 'value="many"' in form.party()


def test_refusals_become_messages_at_their_field_or_above_the_form(app: Flask) -> None:
    with app.test_request_context("/en/account/login"):
        language.use("en")
        form = Sample(formdata=None)
        with form.refusals():
            raise Refused("a", N_("Only %(seats)s left."), field="name", seats=2)
        with form.refusals():
            raise Refused("b", "In a part.", field="part.permit")
        with form.refusals():
            raise Refused("c", "Above.", field="unknown")

        assert form.name.errors == ["Only 2 left."]
        assert form.part.form.permit.errors == ["In a part."]
        assert form.form_errors == ["Above."]


def send(app: Flask, later: timedelta, **changes: str) -> tuple[bool, Any, dict[str, str]]:
    """Open a public form, wait, send it; returns whether it is right, the form, and its hidden fields now."""
    with app.test_request_context("/en/account/login"):
        opened = Public(formdata=None)
        hidden = {"issued": opened.issued.data, "idempotency_key": opened.idempotency_key.data, "website": ""}
    with app.test_request_context("/en/account/login", method="POST", data={**hidden, "name": "A", **changes}):
        language.use("en")
        with clock.fixed(NOW + later):
            form = Public(meta={"csrf": False})
            return form.validate(), form, {**hidden, "issued": form.issued.data}


@pytest.fixture
def same_session(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Flask:
    """An application whose requests all come from one browser."""
    app.session_interface.open_session = lambda app, _request: type(app.session_interface).open_session(  # type: ignore[method-assign]
        app.session_interface, app, _WithCookie()
    )
    return app


class _WithCookie:
    """A request with a session of its own."""

    cookies = {"session": "S" * 43}


@pytest.mark.parametrize(
    ("later", "right"),
    [
        (timedelta(seconds=3), True),
        (timedelta(hours=12), True),
        (timedelta(seconds=2), False),
        (timedelta(hours=13), False),
    ],
)
def test_public_forms_have_an_age(same_session: Flask, later: timedelta, right: bool) -> None:
    assert send(same_session, later)[0] is right


def test_public_forms_sent_too_quickly_pass_at_the_second_press(same_session: Flask) -> None:
    first, form, hidden = send(same_session, timedelta(seconds=1))
    key = form.key
    with same_session.test_request_context("/en/", method="POST", data={**hidden, "name": "A"}):
        with clock.fixed(NOW + timedelta(seconds=1)):
            again = Public(meta={"csrf": False})
            second = again.validate()

    assert (first, second) == (False, True)
    assert again.key == key
    assert form.form_errors == ["That was quick. Press the button once more, nothing is lost."]


@pytest.mark.parametrize("stamp", ["", "0.x", "1.2.3", "99999999999999999999.x"])
def test_public_forms_with_a_forged_age_are_shown_again(same_session: Flask, stamp: str) -> None:
    right, form, _hidden = send(same_session, timedelta(seconds=30), issued=stamp)

    assert not right
    assert form.name.data == "A"


def test_public_forms_refuse_who_fills_what_nobody_sees(same_session: Flask) -> None:
    assert not send(same_session, timedelta(seconds=30), website="https://example.org")[0]


def test_public_forms_keep_their_key_and_refuse_a_forged_one(same_session: Flask) -> None:
    _right, kept, hidden = send(same_session, timedelta(seconds=30))
    _right, forged, _hidden = send(same_session, timedelta(seconds=30), idempotency_key="chosen.by-me")

    assert kept.key == hidden["idempotency_key"].partition(".")[0]
    assert forged.key != "chosen"
