"""The log: one line of JSON a request, by route pattern; nothing that anybody typed."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.accounts import services
from cag_events.permissions import Role
from cag_events.web.access import public
from tests.factories import make_account, make_event, post, sign_in, sign_in_by_form

CANARY = "Kanarie7731"
MAIL = "kanarie7731@example.org"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_requests_are_logged_by_pattern(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    sign_in(client, Role.EDITOR)
    client.get("/sv/me/?secret=1")

    [line] = lines(capsys)
    assert set(line) == {"time", "level", "message", "request_id", "method", "route", "status", "ms", "role"}
    assert (line["route"], line["status"], line["role"], line["level"]) == ("/<lang>/me/", 200, "editor", "info")


def test_requests_without_a_route_are_logged_without_their_path(
    client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(f"/sv/{CANARY}/{CANARY}")

    assert [(line["route"], line["status"]) for line in lines(capsys)] == [(None, 404)]


def test_nothing_typed_is_ever_logged(app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        key = make_event().key
        make_account(Role.MEMBER, email=MAIL, name=CANARY)
        services.set_password(MAIL, f"four {CANARY} words")

    @public
    def fail(word: str) -> str:
        typed = {"name": CANARY}
        raise ValueError(word, typed)

    app.add_url_rule("/<lang>/fail/<word>", "fail", fail)
    post(client, f"/sv/events/{key}", {"name": CANARY, "email": MAIL})
    post(client, "/sv/registrations", {"email": MAIL})
    post(client, "/sv/account/forgot", {"email": MAIL})
    sign_in_by_form(client, MAIL, CANARY)
    signed_in = sign_in_by_form(client, MAIL, f"four {CANARY} words")
    post(client, "/sv/account/password", {"old": CANARY, "password": CANARY}, page="/sv/account/")
    statuses = [
        client.get(path, headers={"User-Agent": CANARY, "Referer": f"https://{CANARY}.example.org/"}).status_code
        for path in (
            f"/sv/search?q={CANARY}",
            f"/sv/?theme={CANARY}",
            f"/sv/registrations/{CANARY}",
            f"/sv/account/reset/{CANARY}",
            f"/feeds/private/{CANARY}.ics",
            f"/sv/fail/{CANARY}",
            f"/sv/account/login?next=/{CANARY}",
        )
    ]

    said = capsys.readouterr()
    assert signed_in.status_code == 303
    assert 500 in statuses
    assert said.out.count('"message": "request"') > 15
    assert CANARY.lower() not in (said.out + said.err).lower()
