"""load · export."""

import datetime as dt
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cag_events.cli._app import application
from cag_events.cli._failing import Failed
from cag_events.cli._progress import Shown
from cag_events.config import read_settings
from cag_events.exchange import files, services
from cag_events.exchange.services import Receipt
from cag_events.feeds import calendars


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--anchor", metavar="DATE", help="The Monday from which weeks count, instead of the file's own.")
def load(sources: tuple[Path, ...], dry_run: bool, anchor: str | None) -> None:
    """Load programme files, TOML or JSON: rows are inserted, or updated by their key. All, or nothing.

    Rows that the files do not name stay as they are, and so do fields that a row does not name.
    """
    monday = _monday(anchor) if anchor else None
    read = [files.read_source(path) for path in sources]
    progress = Shown()
    with _hoarding(), application():
        try:
            receipt = services.load(read, anchor=monday, dry_run=dry_run, progress=progress)
        finally:
            progress.close()
    click.echo(describe(receipt, would=dry_run))


@contextmanager
def _hoarding() -> Iterator[None]:
    """Look for no garbage for a while: the rows stay all the same, and looking takes a tenth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _monday(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as fault:
        raise click.BadParameter(f"{text} is not a date like 2027-03-08", param_hint="--anchor") from fault
    if day.weekday() != 0:
        raise click.BadParameter(f"{text} is not a Monday", param_hint="--anchor")
    return day


def describe(receipt: Receipt, *, would: bool = False) -> str:
    """Return a receipt in words, one line a table."""
    lines = []
    for table in dict.fromkeys([*receipt.new, *receipt.changed, *receipt.same]):
        counts = [
            f"{number} {word}"
            for word, number in (
                ("new", receipt.new.get(table, 0)),
                ("changed", receipt.changed.get(table, 0)),
                ("as before", receipt.same.get(table, 0)),
            )
            if number
        ]
        lines.append(f"{table}: {', '.join(counts)}")
    if would:
        lines.append("Nothing was written.")
    return "\n".join(lines) or "The files name no rows."


@click.command()
@click.argument("target", required=False, metavar="[FILE]", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format", "form", type=click.Choice(["json", "toml", "ics"]), help="Default: by the file's name, else JSON."
)
@click.option("--language", help="Of calendar entries; the site's first unless named.")
def export(target: Path | None, form: str | None, language: str | None) -> None:
    """Write the whole programme as a file, or to standard output; loading it changes nothing. Registrations never.

    As ics: every public entry, no cap.
    """
    suffix = target.suffix.removeprefix(".") if target is not None else ""
    form = form or (suffix if suffix in ("toml", "ics") else "json")
    settings = read_settings()
    if language is not None and language not in settings.languages:
        raise click.BadParameter(f"the site speaks {', '.join(settings.languages)}", param_hint="--language")
    with application(settings):
        octets, count = _calendar(language or settings.languages[0]) if form == "ics" else _tables(form)
    if target is None:
        sys.stdout.buffer.write(octets)
    else:
        _write(target, octets)
        click.echo(f"{target}: {count}", err=True)


def _calendar(language: str) -> tuple[bytes, str]:
    octets = calendars.whole_calendar(language)
    return octets, f"{octets.count(b'BEGIN:VEVENT')} entries"


def _tables(form: str) -> tuple[bytes, str]:
    tables = services.export()
    text = files.to_toml(tables) if form == "toml" else files.to_json(tables)
    return text.encode(), f"{len(tables['events'])} events"


def _write(target: Path, octets: bytes) -> None:
    """Write beside the target, then put in its place: a file is whole or not there."""
    if not target.parent.is_dir():
        raise Failed(f"{target.parent} is no folder")
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(target)
