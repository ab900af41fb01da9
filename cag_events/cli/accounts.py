"""user add · list · password · role · disable."""

import click
from sqlalchemy import select

from cag_events.accounts import services
from cag_events.accounts.models import Account
from cag_events.cli._app import application
from cag_events.cli._failing import Failed
from cag_events.cli.starting import read_password
from cag_events.db import db
from cag_events.domain.errors import NotFound
from cag_events.exchange.fields import EMAIL
from cag_events.permissions import SYSTEM, Role

ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Accounts: people who sign in. A password is never an argument."""


@user.command()
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, type=ROLES)
@click.option("--language", default="sv", show_default=True, type=click.Choice(["sv", "en"]), help="Of mails to them.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option("--invite", is_flag=True, help="Send a link by mail to choose a password.")
def add(*, email: str, name: str, role: str, language: str, password_stdin: bool, invite: bool) -> None:
    """Make an account."""
    if password_stdin == invite:
        raise click.UsageError("give either --password-stdin or --invite")
    if not EMAIL.pattern.fullmatch(email):
        raise click.BadParameter(f"{email} is not an e-mail address", param_hint="EMAIL")
    with application():
        password = None if invite else read_password(from_stdin=True)
        new = services.NewAccount(email=email, name=name, role=Role(role), language=language)
        services.add_account(new, by=SYSTEM, password=password)
    click.echo(f"{email} is {role}; " + ("an invitation goes out by mail." if invite else "the password is set."))


@user.command()
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def password(email: str, password_stdin: bool) -> None:
    """Set an account's password, and sign it out everywhere."""
    with application():
        _require(email)
        services.set_password(email, read_password(from_stdin=password_stdin))
    click.echo(f"{email} has a new password.")


@user.command("list")
def list_() -> None:
    """List all accounts: e-mail, role, name."""
    with application():
        for account in db.session.scalars(select(Account).order_by(Account.role, Account.email)):
            state = " (disabled)" if account.is_disabled else "" if account.password_hash else " (no password yet)"
            click.echo(f"{account.email}\t{account.role}\t{account.name}{state}")


@user.command()
@click.argument("email")
@click.argument("name", metavar="ROLE", type=ROLES)
def role(email: str, name: str) -> None:
    """Give an account another role."""
    with application():
        _require(email)
        services.change_by_email(email, role=Role(name))
    click.echo(f"{email} is {name}.")


@user.command()
@click.argument("email")
@click.option("--undo", is_flag=True, help="Let the account sign in again.")
def disable(email: str, undo: bool) -> None:
    """Keep an account from signing in, and sign it out everywhere."""
    with application():
        _require(email)
        services.change_by_email(email, is_disabled=not undo)
    click.echo(f"{email} {'may sign in again' if undo else 'is disabled'}.")


def _require(email: str) -> None:
    """Fail where there is no such account, naming it."""
    if db.session.scalar(select(Account.id).where(Account.email == email.strip().lower())) is None:
        raise Failed(f"there is no account {email}") from NotFound()
