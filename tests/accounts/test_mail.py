"""The mails of accounts: a link to choose a password, to the account's own address alone."""

from flask import Flask
from sqlalchemy import select

from cag_events.accounts import services
from cag_events.accounts.services import NewAccount
from cag_events.db import db
from cag_events.outbox.delivery import follow_up
from cag_events.outbox.messages import DAILY_BUDGET
from cag_events.outbox.models import Fact, Message
from cag_events.permissions import SYSTEM, Role
from tests.factories import make_account
from tests.outbox.conftest import queued


def mails() -> list[Message]:
    """All messages after the facts so far were followed up."""
    follow_up()
    return list(db.session.scalars(select(Message).order_by(Message.id)))


def token(mail: Message) -> str:
    """The secret of the link in a mail."""
    return (mail.text or "").partition("/account/reset/")[2].split()[0]


def test_invite_sends_a_link_that_sets_the_first_password(app_ctx: Flask) -> None:
    new = NewAccount(email="ny@example.org", name="Ny", role=Role.EDITOR, language="sv")
    services.add_account(new, by=SYSTEM)

    (mail,) = mails()
    services.use_token(token(mail), "lagom långa lösenord 7")

    assert mail.to == "ny@example.org"
    assert services.check_password("ny@example.org", "lagom långa lösenord 7") is not None


def test_invite_leaves_no_secret_in_what_is_kept(app_ctx: Flask) -> None:
    services.add_account(NewAccount(email="ny@example.org", name="Ny", role=Role.EDITOR), by=SYSTEM)
    (mail,) = mails()

    facts = db.session.execute(select(Fact.name, Fact.facts)).all()
    keys = db.session.execute(select(Message.key, Message.kind)).all()

    assert token(mail) not in repr((facts, keys))


def test_reset_is_sent_in_the_account_s_language(app_ctx: Flask) -> None:
    make_account(email="eva@example.org", language="en")

    services.ask_reset("eva@example.org")

    assert [(mail.to, (mail.subject or "").startswith("Choose a new password")) for mail in mails()] == [
        ("eva@example.org", True)
    ]


def test_reset_sends_nothing_to_an_unknown_or_disabled_account(app_ctx: Flask) -> None:
    make_account(email="gone@example.org", is_disabled=True)

    services.ask_reset("nobody@example.org")
    services.ask_reset("gone@example.org")

    assert mails() == []


def test_reset_does_not_wait_behind_mails_that_others_have_caused(app_ctx: Flask) -> None:
    make_account(email="eva@example.org")
    for number in range(DAILY_BUDGET):
        queued(number, to="eva@example.org")

    services.ask_reset("eva@example.org")

    last = mails()[-1]
    assert last.kind == "account.reset_asked"
    assert last.due_at == last.created_at
