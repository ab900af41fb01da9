"""Accounts: who may make whom, one-time links, rights that change."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cag_events import clock
from cag_events.accounts import queries, services
from cag_events.accounts.models import Account, AccountToken
from cag_events.accounts.services import NewAccount
from cag_events.db import db, transaction
from cag_events.domain.errors import NotAllowed, NotFound, Refused
from cag_events.permissions import INVITABLE, SYSTEM, Actor, Role
from tests.conftest import NOW
from tests.factories import make_account

PASSWORD = "four words for a test"
ADMIN = Actor(account_id=1, role=Role.ADMIN)


def new(role: Role = Role.MEMBER, email: str = "New@Example.org") -> NewAccount:
    return NewAccount(email=email, name="Ny Person", role=role)


def actor_of(account: Account) -> Actor:
    return Actor(account_id=account.id, role=account.role)


def token_of(account: Account, purpose: str = "reset") -> str:
    return services.make_token(account.id, purpose)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("given", Role)
def test_add_account_gives_only_roles_one_may_give(app_ctx: Flask, role: Role, given: Role) -> None:
    by = Actor(account_id=1, role=role)

    try:
        made: Role | None = services.add_account(new(given), by=by).role
    except NotAllowed:
        made = None

    assert made == (given if given in INVITABLE.get(role, ()) else None)


def test_add_account_keeps_addresses_in_lower_case_once(any_ctx: Flask) -> None:
    services.add_account(new(email=" New@Example.org "), by=SYSTEM)

    with pytest.raises(Refused) as caught:
        services.add_account(new(email="new@example.ORG"), by=SYSTEM)

    assert caught.value.code == "account.known"
    assert db.session.scalars(select(Account.email)).all() == ["new@example.org"]


def test_add_account_takes_a_password_from_the_command_line(app_ctx: Flask) -> None:
    services.add_account(new(), by=SYSTEM, password=PASSWORD)

    found = services.check_password("NEW@example.org", PASSWORD)

    assert found is not None
    assert found.email == "new@example.org"


@pytest.mark.parametrize(
    ("email", "password"), [("a@example.org", "wrong"), ("b@example.org", PASSWORD), ("", ""), ("a@example.org", "")]
)
def test_check_password_finds_nobody_else(app_ctx: Flask, email: str, password: str) -> None:
    make_account(Role.MEMBER, email="a@example.org")
    services.set_password("a@example.org", PASSWORD)

    assert services.check_password(email, password) is None


def test_check_password_refuses_disabled_accounts_and_those_without_one(app_ctx: Flask) -> None:
    make_account(Role.MEMBER, email="a@example.org", is_disabled=True)
    make_account(Role.MEMBER, email="b@example.org")
    services.set_password("a@example.org", PASSWORD)

    assert services.check_password("a@example.org", PASSWORD) is None
    assert services.check_password("b@example.org", "") is None


def test_use_token_sets_the_password_once(any_ctx: Flask) -> None:
    account = make_account(Role.MEMBER, email="a@example.org")
    token, other = token_of(account, "invite"), token_of(account)

    services.use_token(token, PASSWORD)

    assert services.check_password("a@example.org", PASSWORD) is not None
    for spent in (token, other):
        with pytest.raises(NotFound):
            services.use_token(spent, PASSWORD)


@pytest.mark.parametrize(
    ("purpose", "later", "works"),
    [
        ("reset", timedelta(minutes=61), True),
        ("reset", timedelta(minutes=63), False),
        ("invite", timedelta(days=7), True),
        ("invite", timedelta(days=7, minutes=3), False),
    ],
)
def test_tokens_end(app_ctx: Flask, purpose: str, later: timedelta, works: bool) -> None:
    account = make_account(Role.MEMBER)
    token = token_of(account, purpose)

    with clock.fixed(NOW + later):
        try:
            services.account_of_token(token)
            found = True
        except NotFound:
            found = False

    assert found is works


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_tokens_that_never_were_are_not_found(app_ctx: Flask, token: str) -> None:
    with pytest.raises(NotFound):
        services.account_of_token(token)


def test_tokens_are_stored_as_hashes(app_ctx: Flask) -> None:
    token = token_of(make_account(Role.MEMBER))

    row = db.session.scalars(select(AccountToken)).one()
    assert len(row.token_hash) == 32
    assert token.encode() not in row.token_hash


def test_a_weak_password_leaves_the_link_alive(app_ctx: Flask) -> None:
    account = make_account(Role.MEMBER)
    token = token_of(account)

    with pytest.raises(Refused):
        services.use_token(token, "short")

    assert services.account_of_token(token).id == account.id


def test_change_password_wants_the_old_one(app_ctx: Flask) -> None:
    account = make_account(Role.MEMBER, email="a@example.org")
    services.set_password("a@example.org", PASSWORD)

    with pytest.raises(Refused) as caught:
        services.change_password(account.id, "wrong", "another four words here")

    assert (caught.value.code, caught.value.field) == ("password.wrong", "old")


def test_change_account_keeps_one_administrator(any_ctx: Flask) -> None:
    admin = make_account(Role.ADMIN, password_hash="x")
    other = make_account(Role.ADMIN, password_hash="x", is_disabled=True)

    with pytest.raises(Refused) as caught:
        services.change_by_email(admin.email, role=Role.MEMBER)
    services.change_by_email(other.email, is_disabled=False)
    services.change_by_email(admin.email, is_disabled=True)

    assert caught.value.code == "account.last_admin"
    assert queries.count_admins() == 1


def test_change_account_refuses_ones_own_rights(app_ctx: Flask) -> None:
    admin = make_account(Role.ADMIN, password_hash="x")
    make_account(Role.ADMIN, password_hash="x")

    with pytest.raises(Refused) as caught:
        services.change_account(admin.row_id, name="A", role=Role.MEMBER, is_disabled=False, by=actor_of(admin))

    assert caught.value.code == "account.self"


def test_change_account_is_for_administrators(app_ctx: Flask) -> None:
    member = make_account(Role.MEMBER)

    with pytest.raises(NotAllowed):
        services.change_account(
            member.row_id, name="A", role=Role.EDITOR, is_disabled=False, by=Actor(account_id=9, role=Role.ORGANIZER)
        )


def test_list_accounts_shows_those_one_may_look_after(app_ctx: Flask) -> None:
    for role in Role:
        make_account(role, name=role.value)

    shown = {
        role: [account.name for account in queries.list_accounts(Actor(account_id=99, role=role))]
        for role in (Role.ADMIN, Role.ORGANIZER, Role.MEMBER)
    }

    assert shown == {
        Role.ADMIN: ["admin", "checkin", "editor", "member", "organizer", "reporter"],
        Role.ORGANIZER: ["checkin", "editor", "member"],
        Role.MEMBER: [],
    }


def test_list_accounts_takes_percent_signs_as_they_are(app_ctx: Flask) -> None:
    make_account(Role.MEMBER, name="100 % Anna")
    make_account(Role.MEMBER, name="Bo")

    assert [account.name for account in queries.list_accounts(ADMIN, "%")] == ["100 % Anna"]
    assert [account.name for account in queries.list_accounts(ADMIN, "bo")] == ["Bo"]


def test_sweep_tokens_forgets_those_that_are_over(app_ctx: Flask) -> None:
    account = make_account(Role.MEMBER)
    token_of(account)
    with clock.fixed(NOW - timedelta(days=1)):
        token_of(account)

    with transaction():
        assert services.sweep_tokens() == 1
