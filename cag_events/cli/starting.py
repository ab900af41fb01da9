"""init · migrate."""

import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import click

from cag_events import clock
from cag_events.accounts import services as accounts
from cag_events.cli._app import application
from cag_events.cli._failing import Failed
from cag_events.config import Settings, read_settings
from cag_events.domain import when
from cag_events.events.catching_up import write_missing
from cag_events.events.services.clocks import follow_zone_data
from cag_events.exchange import services as exchange
from cag_events.exchange.fields import EMAIL
from cag_events.exchange.files import Source
from cag_events.permissions import SYSTEM, Role
from cag_events.schema import current_revision, newest_revision
from cag_events.schema import migrate as migrate_database


@click.command()
@click.option("--organisation", prompt="Name of the organisation", help="As visitors shall read it.")
@click.option("--timezone", default=when.HOME, show_default=True, help="Where the organisation is at home.")
@click.option("--email", prompt="E-mail of the first administrator")
@click.option("--name", prompt="Name of the first administrator")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def init(*, organisation: str, timezone: str, email: str, name: str, password_stdin: bool) -> None:
    """Begin a new installation: keys, database, the organisation and its first administrator.

    The site's languages are a setting, CAG_LANGUAGES.
    """
    if timezone not in when.zone_names():
        raise click.BadParameter(f"there is no time zone called {timezone}", param_hint="--timezone")
    if not EMAIL.pattern.fullmatch(email):
        raise click.BadParameter(f"{email} is not an e-mail address", param_hint="--email")
    settings = read_settings()
    with application(settings, migrated=False):
        if current_revision() is not None and exchange.export().get("organisation"):
            raise Failed(f"{settings.instance} holds an installation already")
        password = read_password(from_stdin=password_stdin)
        migrate_database()
        names = dict.fromkeys(settings.languages, organisation)
        key = re.sub(r"[^a-z0-9]+", "-", organisation.lower()).strip("-") or "organisation"
        tables = {
            "meta": {"timezone": timezone, "locales": list(settings.languages)},
            "organisation": {"key": key[:100], "name": names, "email": email},
        }
        accounts.add_account(
            accounts.NewAccount(email=email, name=name, role=Role.ADMIN, language=settings.languages[0]),
            by=SYSTEM,
            password=password,
        )
        exchange.load([Source("init", tables)])
    click.echo(f"{settings.instance} is ready. `cag-events serve` serves it; {email} signs in.")


def read_password(*, from_stdin: bool) -> str:
    """Return a password from standard input, else ask for it twice; it is never shown."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt="Once more")
    return password


@click.command()
def migrate() -> None:
    """Bring the database to the current revision; an SQLite file is copied first."""
    settings = read_settings()
    with application(settings, migrated=False):
        before, newest = current_revision(), newest_revision()
        if before == newest:
            click.echo(f"The database is at revision {before} already.")
            return
        if before is not None and (copy := _copy(settings, before)) is not None:
            click.echo(f"A copy is in {copy}.")
        migrate_database()
        write_missing()
        follow_zone_data()
        click.echo(f"The database is at revision {current_revision()}.")


def _copy(settings: Settings, revision: str) -> Path | None:
    """Copy an SQLite database, consistent also while it is in use; None for another database."""
    if not settings.database_url.startswith("sqlite:///"):
        return None
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if not path.exists():
        return None
    stamp = f"{clock.now():%Y%m%d-%H%M%S}"
    copy = path.with_name(f"{path.stem}.{revision}-{stamp}{path.suffix}")
    copy.touch(mode=0o600, exist_ok=False)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        verdict = target.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise Failed(f"the copy {copy} is not sound ({verdict}); nothing was migrated")
    return copy
