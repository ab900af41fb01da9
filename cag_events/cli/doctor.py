"""doctor: checks this installation, a line for each thing."""

import datetime as dt
import smtplib
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
from sqlalchemy import text

from cag_events import clock
from cag_events.audit.queries import verify
from cag_events.cli._app import application
from cag_events.cli._failing import reported
from cag_events.config import BadSettings, Settings, read_settings
from cag_events.db import db
from cag_events.domain import when
from cag_events.domain.calendar import StaleZoneData, require_current_zone_data
from cag_events.events.queries import programme_version
from cag_events.replies.mailbox import Mailbox, MailboxClosed
from cag_events.schema import current_revision, newest_revision

TIMEOUT_SECONDS: Final = 5
TOLERANCE: Final = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class Finding:
    """What a check found: `is_right` None for a warning."""

    name: str
    what: str
    is_right: bool | None = True

    def __str__(self) -> str:
        mark = {True: "ok", False: "WRONG", None: "note"}[self.is_right]
        return f"{mark:<6} {self.name:<12} {self.what}"


@click.command()
def doctor() -> None:
    """Check this installation: settings, database, migrations, mail, clock, time-zone data, file rights.

    A line for each; ends with 1 if something is wrong.
    """
    findings = list(check())
    for finding in findings:
        click.echo(str(finding))
    if any(finding.is_right is False for finding in findings):
        sys.exit(1)


def check() -> Iterator[Finding]:
    """Yield what each check finds; the first that fails ends those that need it."""
    try:
        settings = read_settings()
    except BadSettings as fault:
        yield Finding("settings", str(fault), is_right=False)
        return
    yield Finding("settings", f"read; the site is {settings.base_url}")
    yield from _database(settings)
    for found in (_mail, _mailbox, _rights):
        yield from found(settings)
    yield _zones()


def _database(settings: Settings) -> Iterator[Finding]:
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.database_url.startswith("sqlite:///") and not path.exists():
        yield Finding("database", f"{path} is not there: cag-events init begins a new installation", is_right=False)
        return
    shown = settings.database_url.rpartition("@")[2] if "@" in settings.database_url else settings.database_url
    try:
        with reported(), application(settings, migrated=False):
            db.session.execute(text("SELECT 1"))
            is_sqlite = db.engine.dialect.name == "sqlite"
            if is_sqlite:
                verdict = db.session.execute(text("PRAGMA quick_check(1)")).scalar()
                yield Finding("database", f"{shown}: {verdict}", is_right=verdict == "ok")
            else:
                yield Finding("database", f"{shown} answers")
            current, newest = current_revision(), newest_revision()
            if current == newest:
                yield Finding("migrations", f"at {current}, the newest")
            else:
                help_ = "cag-events init" if current is None else "cag-events migrate"
                yield Finding("migrations", f"at {current or 'none'}, the newest is {newest}: {help_}", is_right=False)
            if current == newest:
                yield _clock(is_sqlite=is_sqlite)
                yield _log()
    except click.ClickException as fault:
        yield Finding("database", fault.message, is_right=False)


def _clock(*, is_sqlite: bool) -> Finding:
    """Compare this machine's clock with the database's, or with what was last written."""
    now = clock.now()
    if is_sqlite:
        _, written = programme_version()
        if written > now + TOLERANCE:
            return Finding("clock", f"{now:%Y-%m-%d %H:%M} UTC is before the last change ({written})", is_right=False)
        return Finding("clock", f"{now:%Y-%m-%d %H:%M} UTC")
    there = db.session.execute(text("SELECT now()")).scalar_one()
    apart = abs(there - now)
    return Finding("clock", f"{apart.total_seconds():.0f} s from the database's", is_right=apart <= TOLERANCE)


def _log() -> Finding:
    """Follow the chain of the log of acts."""
    verdict = verify()
    if not verdict.holds:
        return Finding("log", f"somebody has changed it: entry {verdict.broken_at} does not follow", is_right=False)
    if not verdict.entries:
        return Finding("log", "has no entries yet")
    return Finding("log", f"{verdict.entries} entries, whole; the last, no. {verdict.last}, is {verdict.fingerprint}")


def _mail(settings: Settings) -> Iterator[Finding]:
    if not settings.smtp_url:
        yield Finding("mail", f"kept as files in {settings.instance / 'mail'}; CAG_SMTP_URL is not set", is_right=None)
        return
    parts = urlsplit(settings.smtp_url)
    host, port = parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 587)
    try:
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        with kind(host, port, timeout=TIMEOUT_SECONDS) as server:
            code, _ = server.ehlo()
        yield Finding("mail", f"{host}:{port} answers", is_right=code == 250)
    except (OSError, smtplib.SMTPException) as fault:
        yield Finding("mail", f"{host}:{port} does not answer: {fault}", is_right=False)


def _mailbox(settings: Settings) -> Iterator[Finding]:
    """Look whether the mailbox that calendars answer to can be read; nothing in it is read or marked."""
    if not settings.imap_url:
        text = "CAG_IMAP_URL is not set: answers of calendars come by `cag-events replies`, or not at all"
        yield Finding("answers", text, is_right=None)
        return
    mailbox = Mailbox(settings.imap_url)
    try:
        with mailbox.open():
            yield Finding("answers", f"{mailbox.place} can be read")
    except MailboxClosed as fault:
        yield Finding("answers", str(fault), is_right=False)
    if not settings.mail_authserv:
        text = "CAG_MAIL_AUTHSERV is not set: an answer counts by the address that it was sent to"
        yield Finding("answers", text, is_right=None)


def _rights(settings: Settings) -> Iterator[Finding]:
    folder = settings.instance
    if not folder.is_dir():
        yield Finding("files", f"{folder} is not there yet", is_right=None)
        return
    probe = folder / ".doctor"
    try:
        probe.write_text("")
        probe.unlink()
        yield Finding("files", f"{folder} can be written")
    except OSError as fault:
        yield Finding("files", f"{folder} cannot be written: {fault.strerror}", is_right=False)
    open_to_others = [
        path.name
        for path in sorted(folder.iterdir())
        if path.suffix in (".key", ".keys", ".sqlite") and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        yield Finding("keys", f"{', '.join(open_to_others)} can be read by others: chmod 600", is_right=False)
    elif any(folder.glob("*.key")):
        yield Finding("keys", "readable by their owner alone")
    if not settings.backup_key:
        yield Finding("backups", "CAG_BACKUP_KEY is not set: backups are not encrypted", is_right=None)


def _zones() -> Finding:
    release = when.zone_release()
    try:
        require_current_zone_data()
    except StaleZoneData as fault:
        return Finding("time zones", f"tzdata {release}: {fault}", is_right=False)
    if _is_old(release, clock.now()):
        text = f"tzdata {release} is more than a year old, and countries change their clocks: pip install -U tzdata"
        return Finding("time zones", text, is_right=None)
    return Finding("time zones", f"tzdata {release}, {len(when.zone_names())} zones")


def _is_old(release: str, now: dt.datetime) -> bool:
    """Tell whether zone data are older than a year, as far as their number tells: 2026.6 is the sixth of its year.

    There are four to eight a year, so the number stands for about two months.
    """
    year, _point, number = release.partition(".")
    if not (year.isdigit() and number.isdigit()):
        return True
    released = dt.datetime(int(year), min(12, max(1, 2 * int(number))), 1, tzinfo=dt.UTC)
    return now - released > dt.timedelta(days=365)
