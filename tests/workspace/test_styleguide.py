"""The style guide renders every macro, strictly: a name that a macro needs and does not get fails here."""

import re
from types import SimpleNamespace

from flask import Flask, render_template

from cag_events.workspace import styleguide

SHELL = {
    "site": SimpleNamespace(name="Organisation", short="ORG", notice="Nothing here is real."),
    "home_url": "/en/",
    "nav_public": [("Programme", "/en/", True)],
    "nav_workspace": [("Today", "/en/organise/today", True, "today"), ("Calendar", "/c", False, "calendar")],
    "footer_links": [("Privacy", "/en/privacy")],
    "account_links": [("My page", "/en/me/")],
    "logout_url": "/en/account/logout",
    "me": SimpleNamespace(name="Orvar Exempelsson"),
}


def _guide(app: Flask) -> str:
    with app.test_request_context("/en/"):
        return render_template("styleguide.html", **{**SHELL, **styleguide.context()})


def test_styleguide_renders_every_component(app: Flask) -> None:
    page = _guide(app)

    blocks = (
        "event-row",
        "event-card",
        "field",
        "pair",
        "summary",
        "table",
        "pager",
        "banner",
        "toast",
        "empty",
        "meter",
    )
    missing = [name for name in blocks if f'class="{name}' not in page]
    assert missing == []


def test_styleguide_obeys_the_content_security_policy(app: Flask) -> None:
    page = _guide(app)

    forbidden = re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page)
    assert forbidden == []


def test_styleguide_has_each_id_once(app: Flask) -> None:
    ids = re.findall(r'\sid="([^"]+)"', _guide(app))

    assert sorted({name for name in ids if ids.count(name) > 1}) == []


def test_field_points_to_its_error_and_its_hint(app: Flask) -> None:
    tag = next(tag for tag in re.findall(r"<input[^>]*>", _guide(app)) if 'id="wrong-email"' in tag)

    assert re.findall(r'aria-(?:describedby|invalid)="([^"]+)"', tag) == ["wrong-email-error wrong-email-hint", "true"]


def test_error_summary_links_to_the_first_choice_of_a_radio_group(app: Flask) -> None:
    page = _guide(app)

    assert ('href="#wrong-mode-0"' in page, 'id="wrong-mode-0"' in page) == (True, True)
