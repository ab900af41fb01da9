"""Who may do what: the table itself, then every address of the program for every role, from the URL map."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cag_events.app import create_app
from cag_events.domain.disclosure import Viewer
from cag_events.domain.event import Circle
from cag_events.permissions import ANONYMOUS, GRANTS, SYSTEM, Actor, Permission, Role, may
from cag_events.web.access import access_of, public, require_declared
from cag_events.web.settings import settings_of
from tests.factories import csrf_token, sign_in
from tests.house.world import NOTHING, World, make_world, rules_of

P = Permission
ADM, ORG, EDI, REP, CHE, MEM = Role
TABLE: dict[Permission, set[Role | None]] = {
    P.WORKSPACE: {ADM, ORG, EDI, REP},
    P.EVENT_SEE: {ADM, ORG, EDI},
    P.EVENT_EDIT: {ADM, ORG, EDI},
    P.EVENT_PUBLISH: {ADM, ORG},
    P.VENUE_EDIT: {ADM, ORG, EDI},
    P.CONTACT_SEE: {ADM, ORG},
    P.CONTACT_EDIT: {ADM, ORG},
    P.SEGMENT_EDIT: {ADM, ORG},
    P.THEME_EDIT: {ADM, ORG},
    P.ATTENDEES_SEE: {ADM, ORG},
    P.ATTENDEES_EDIT: {ADM, ORG},
    P.ATTENDEES_EXPORT: {ADM, ORG},
    P.CARE_GIVE: {ADM},
    P.COUNTS_SEE: {ADM, ORG, EDI, REP},
    P.DOOR_OPEN: {CHE},
    P.MAIL_SEE: {ADM},
    P.ACCOUNT_INVITE: {ADM, ORG},
    P.ACCOUNT_EDIT: {ADM},
    P.SETTINGS_EDIT: {ADM},
    P.LOG_SEE: {ADM},
    P.MEMBERS_SEE: {ADM, ORG, EDI, REP, MEM},
    P.REGISTER: {ADM, ORG, EDI, REP, CHE, MEM, None},
}
EVERYBODY: tuple[Role | None, ...] = (None, *Role)


@pytest.mark.parametrize("permission", Permission)
def test_grants_are_those_of_the_table(permission: Permission) -> None:
    assert {role for role in EVERYBODY if permission in GRANTS[role]} == TABLE[permission]


def test_system_may_do_everything_and_strangers_register_only() -> None:
    assert [permission for permission in Permission if not may(SYSTEM, permission)] == []
    assert [permission for permission in Permission if may(ANONYMOUS, permission)] == [P.REGISTER]


@pytest.mark.parametrize(
    ("role", "circle"),
    [
        (ADM, "team"),
        (ORG, "team"),
        (EDI, "team"),
        (REP, "members"),
        (MEM, "members"),
        (CHE, "public"),
        (None, "public"),
    ],
)
def test_roles_see_events_in_their_circle(role: Role | None, circle: str) -> None:
    assert Actor(account_id=1, role=role).viewer == Viewer(circle=Circle(circle))


def test_applications_with_a_silent_view_do_not_start(app: Flask) -> None:
    app.add_url_rule("/silent", "silent", lambda: "")

    with pytest.raises(RuntimeError, match="silent"):
        require_declared(app)
    app.view_functions["silent"] = public(app.view_functions["silent"])
    require_declared(app)


def test_every_address_leads_to_one_view(app: Flask) -> None:
    found = [(method, rule.rule) for method in ("GET", "POST") for rule in rules_of(app, method)]

    assert [one for one in found if found.count(one) > 1] == []


def test_the_application_asks_every_view(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    asked: list[Flask] = []
    monkeypatch.setattr("cag_events.app.require_declared", asked.append)

    made = create_app(settings_of(app))

    assert asked == [made]


@pytest.fixture
def world(app: Flask) -> World:
    """A small world."""
    return make_world(app)


def browser(app: Flask, role: Role | None) -> FlaskClient:
    client = app.test_client()
    if role is not None:
        sign_in(client, role)
    return client


def expected(access: str | None, role: Role | None) -> str:
    """What the declaration of a view promises to a role: login, refused, or allowed."""
    if access == "public":
        return "allowed"
    if role is None:
        return "login"
    if access == "signed_in" or Permission(access or "") in GRANTS[role]:
        return "allowed"
    return "refused"


def happened(status: int, location: str) -> str:
    if status == 303 and urlsplit(location).path.endswith("/account/login"):
        return "login"
    if status >= 500 or status == 401:
        return f"fault {status}"
    return "refused" if status == 403 else "allowed"


def answers(app: Flask, world: World, role: Role | None) -> Iterator[tuple[str, str, str | None, str]]:
    """Yield method, rule, declared access and what happened, for all addresses."""
    for method in ("GET", "POST"):
        for rule in rules_of(app, method):
            client = browser(app, role)
            values = {"csrf_token": csrf_token(client, "/en/account/forgot")} if method == "POST" else None
            with client.open(world.address(rule), method=method, data=values) as response:
                what = happened(response.status_code, response.headers.get("Location", ""))
            if rule.endpoint == "site.readyz":
                what = "allowed"  # no worker lives here, which it says
            yield method, rule.rule, access_of(app, rule.endpoint), what


@pytest.mark.parametrize("role", EVERYBODY, ids=str)
def test_what_a_view_declares_is_what_happens(app: Flask, world: World, role: Role | None) -> None:
    signs_out = {"/<lang>/account/logout", "/<lang>/account/everywhere"}  # their answer is the way to the login
    wrong = [
        (method, rule, access, what)
        for method, rule, access, what in answers(app, world, role)
        if what != expected(access, role) and rule not in signs_out and not (access == "public" and what == "login")
    ]

    assert wrong == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.MEMBER, None], ids=str)
def test_what_does_not_exist_is_not_found(app: Flask, world: World, role: Role | None, method: str) -> None:
    client = browser(app, role)
    found = []
    for rule in rules_of(app, method):
        if (
            not any(f"{name}>" in rule.rule for name in NOTHING)
            or expected(access_of(app, rule.endpoint), role) != "allowed"
        ):
            continue
        token = csrf_token(client, "/en/account/forgot")
        values = {"csrf_token": token, "name": "A", "email": "a@example.org"} if method == "POST" else None
        with client.open(
            world.wrong_address(rule).replace("house", "no-house"), method=method, data=values
        ) as response:
            if response.status_code != 404:
                found.append((rule.rule, response.status_code))

    assert found == []


def test_a_token_of_one_kind_opens_nothing_else(app: Flask, world: World) -> None:
    client = app.test_client()
    opened = []
    for rule in rules_of(app, "GET"):
        if "token" in rule.arguments:
            address = rule.rule.replace("<lang>", "en").replace("<token>", world.reset_token)
            with client.get(address) as response:
                opened.append((rule.endpoint, response.status_code))

    assert [endpoint for endpoint, status in opened if status != 404] == ["accounts.reset"]


ONE_CLICK = "registrations.stop"  # mail programs press it themselves (RFC 8058); its address is the secret


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.ADMIN], ids=str)
def test_every_form_needs_its_token(app: Flask, world: World, role: Role | None) -> None:
    client = browser(app, role)
    taken = []
    for rule in rules_of(app, "POST"):
        for values in ({}, {"csrf_token": "forged"}):
            with client.post(world.address(rule), data=values) as response:
                if response.status_code != 400 and rule.endpoint != ONE_CLICK:
                    taken.append((rule.rule, response.status_code))

    assert taken == []
