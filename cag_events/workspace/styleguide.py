"""What the style guide shows: a form with every kind of field, a month, the icons. Nothing here is real."""

import re
from pathlib import Path
from typing import Any

from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Email
from wtforms.widgets import CheckboxInput, ListWidget

SPRITE = Path(__file__).parent.parent / "static" / "img" / "icons.svg"


class SampleForm(Form):
    """One field of each sort, worded in English only: the guide is for the people who build the program."""

    mode = RadioField(
        "How do you come?",
        choices=[SelectChoice("on", "On site"), SelectChoice("online", "Online")],
        validators=[DataRequired()],
    )
    name = StringField("Name", validators=[DataRequired()], render_kw={"autocomplete": "name"})
    email = EmailField(
        "E-mail",
        validators=[DataRequired(), Email("Enter an e-mail address, for example name@example.org.")],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    day = DateField("Date")
    time = TimeField("Time")
    party = IntegerField("People", default=1)
    segment = SelectField(
        "I come as",
        choices=[
            SelectChoice("rather", "Rather not say"),
            SelectChoice("student", "Student"),
            SelectChoice("media", "Media"),
        ],
    )
    needs = TextAreaField("Needs", description="Hearing loop, interpreter, wheelchair seat …")
    consent = BooleanField("You may write to me about other events", validators=[DataRequired("Tick the box.")])
    title_sv = StringField("Title", default="Våld är inte tradition")
    title_en = StringField("Title")
    picture = FileField("Picture")
    themes = SelectMultipleField(
        "Themes",
        choices=[
            SelectChoice("environment", "Environment"),
            SelectChoice("gender", "Gender"),
            SelectChoice("youth", "Youth"),
            SelectChoice("conflict", "Conflict"),
        ],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        default=["gender"],
    )
    website = StringField("Website")

    def hidden_tag(self) -> Markup:
        """Return nothing: the guide's forms are never sent."""
        return Markup()


def _day(
    number: int, *, month: int = 11, today: bool = False, entries: tuple[dict[str, str | None], ...] = ()
) -> dict[str, Any]:
    return {
        "iso": f"2026-{month:02}-{number:02}",
        "number": number,
        "label": f"{number} {'November' if month == 11 else 'December'}",
        "outside": month != 11,
        "today": today,
        "url": "#calendar",
        "entries": entries,
        "more_text": "2 more" if len(entries) > 1 else "",
        "more_url": "#calendar",
        "note": "",
    }


def _entry(title: str, time: str, token: str, status: str = "") -> dict[str, str | None]:
    return {
        "url": "#calendar",
        "title": title,
        "title_lang": None,
        "time": time,
        "token": token,
        "kind_label": "",
        "status": status,
    }


def sample_month() -> list[dict[str, Any]]:
    """Return two weeks in the shape that the month table takes."""
    evening = (_entry("Violence is not tradition", "18:00", "gen"), _entry("Film evening", "19:30", "you"))
    hearing = (_entry("Hearing on civic space", "13:00", "con", "cancelled"),)
    run = {"url": "#calendar", "title": "Mellan sjö och öken", "title_lang": "sv", "token": "env"}
    return [
        {
            "number": 48,
            "bars": [{**run, "start": 2, "span": 6, "starts": True, "ends": False}],
            "days": [
                _day(n, today=n == 24, entries=evening if n == 25 else hearing if n == 26 else ())
                for n in range(23, 30)
            ],
        },
        {
            "number": 49,
            "bars": [{**run, "start": 1, "span": 7, "starts": False, "ends": True}],
            "days": [_day(30), *(_day(n, month=12) for n in range(1, 7))],
        },
    ]


def sample_page(number: int) -> str:
    """Return the address of a page of the sample list."""
    return f"#page-{number}"


def context() -> dict[str, Any]:
    """Return what templates/styleguide.html needs beside the shell's own names."""
    wrong = SampleForm(formdata=None, prefix="wrong", data={"email": "nora@"})
    wrong.validate()
    return {
        "form": SampleForm(formdata=None),
        "wrong_form": wrong,
        "weeks": sample_month(),
        "url_for_page": sample_page,
        "icons": re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")),
    }
