"""retention: deletes what is due, or counts it."""

import click

from cag_events import retention as due
from cag_events import serving
from cag_events.cli._app import application
from cag_events.cli._failing import Failed
from cag_events.config import read_settings


@click.command()
@click.option("--dry-run", is_flag=True, help="Only count what is due.")
def retention(*, dry_run: bool) -> None:
    """Delete personal data that is due now, and print how much of each table; the worker does it every day."""
    settings = read_settings()
    with application(settings):
        receipt = due.run(serving.mail_folder(settings), dry_run=dry_run)
    verb = "would be deleted or emptied" if dry_run else "deleted or emptied"
    for table, number in sorted(receipt.counts.items()):
        click.echo(f"{number:>8}  {table}")
    click.echo(f"{receipt.counts.total():>8}  {verb} in all")
    if receipt.faults:
        raise Failed(f"{receipt.faults} parts failed and were left as they are; the log says why")
