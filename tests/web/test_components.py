"""The macros of templates/components print what readers and keyboards need."""

import re

from flask import Flask, render_template_string

from cag_events.web.forms import Email, EmailField, Form, RadioField, Required

FIELD = '{% from "components/form.html" import field %}{{ field(form.email, hint="We write only about this event.") }}'
SUMMARY = '{% from "components/form.html" import error_summary %}{{ error_summary(form) }}'


class Sample(Form):
    mode = RadioField("How do you come?", [Required()], choices=[("on", "On site"), ("online", "Online")])
    email = EmailField("E-mail", [Required(), Email()])


def printed(app: Flask, template: str) -> str:
    """A template with a form that was sent empty."""
    with app.test_request_context("/en/", method="POST", data={}):
        form = Sample()
        form.validate()
        return render_template_string(template, form=form)


def test_field_points_to_its_error_and_its_hint(app: Flask) -> None:
    tag = next(tag for tag in re.findall(r"<input[^>]*>", printed(app, FIELD)) if 'id="email"' in tag)

    assert re.findall(r'aria-(?:describedby|invalid)="([^"]+)"', tag) == ["email-error email-hint", "true"]


def test_error_summary_links_to_the_first_choice_of_a_radio_group(app: Flask) -> None:
    assert re.findall(r'href="(#[^"]+)"', printed(app, SUMMARY)) == ["#mode-0", "#email"]
